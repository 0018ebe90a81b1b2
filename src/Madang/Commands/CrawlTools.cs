using System.CommandLine;
using Madang.Commands.Crawling;

namespace Madang.Commands;

/// <summary>
/// <c>madang crawl robots|url|page|sitemap</c>: what the crawler makes of a robots.txt, a URL, a page or a sitemap. With a file or a URL, one answer; without, JSON lines on
/// standard input, one JSON answer per line, in order. They need no data folder.
/// </summary>
internal static class CrawlTools
{
    private const string Lines = "Without it: JSON lines on standard input, one JSON answer per line.";

    private static readonly Option<string[]> Allow = new("--allow")
    {
        Description = "A private network that may be entered to fetch it, such as 10.0.0.0/8. Repeatable.",
        HelpName = "CIDR",
    };

    public static void AddTo(Command crawl)
    {
        crawl.Add(Robots());
        crawl.Add(Url());
        crawl.Add(Page());
        crawl.Add(Sitemap());
    }

    private static Command Robots()
    {
        var source = new Argument<string?>("source") { Description = $"A robots.txt: a file, or a URL whose host's robots.txt is fetched. {Lines} {{robots,agent,url}} → {{allowed,line?}}", Arity = ArgumentArity.ZeroOrOne };
        var urls = new Argument<string[]>("url") { Description = "URLs or paths to judge.", Arity = ArgumentArity.ZeroOrMore };
        var agent = new Option<string>("--agent") { Description = "The crawler's product token.", HelpName = "NAME", DefaultValueFactory = _ => "Madang" };
        var json = Flags.Json();
        var command = new Command("robots", "Say what a robots.txt allows, and which line decides.") { source, urls, agent, json, Allow };
        command.SetAction((parsed, cancellation) => parsed.GetValue(source) is { } named
            ? RobotsTool.OnceAsync(new ToolSource(named, parsed.GetValue(Allow), Flags.Settings(parsed)), parsed.GetValue(agent)!, parsed.GetValue(urls)!, parsed.GetValue(json), cancellation)
            : JsonLines.RunAsync(new RobotsTool().Answer, cancellation));
        return command;
    }

    private static Command Url()
    {
        var input = new Argument<string?>("input") { Description = $"A URL, relative with --base. {Lines} {{input,base?}} → {{href?,normalized?,host?,registrable_domain?}}", Arity = ArgumentArity.ZeroOrOne };
        var against = new Option<string?>("--base") { Description = "What the input is relative to.", HelpName = "URL" };
        var command = new Command("url", "Show how a URL is parsed and normalised.") { input, against };
        command.SetAction((parsed, cancellation) => parsed.GetValue(input) is { } text
            ? Task.FromResult(UrlTool.Once(text, parsed.GetValue(against)))
            : JsonLines.RunAsync(new UrlTool().Answer, cancellation));
        return command;
    }

    private static Command Page()
    {
        var source = new Argument<string?>("source")
        {
            Description = $"An HTML file or a URL. {Lines} {{html|html_base64,url,content_type?}} → {{charset,title,canonical?,robots,links:[{{href,rel,text}}],text,simhash}}",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var url = new Option<string?>("--url") { Description = "Where a file was found: links are resolved against it.", HelpName = "URL" };
        var type = new Option<string?>("--content-type") { Description = "The Content-Type that a file came with.", HelpName = "TYPE" };
        var tokens = new Option<bool>("--tokens") { Description = "Add the list of HTML tokens." };
        var extract = new Option<bool>("--extract") { Description = "Add the readable article and the metadata (Open Graph, Twitter cards, JSON-LD)." };
        var command = new Command("page", "Show what the crawler reads from a page.") { source, url, type, tokens, extract, Allow };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var tool = new PageTool(parsed.GetValue(tokens), parsed.GetValue(extract));
            return parsed.GetValue(source) is { } named
                ? await tool.OnceAsync(new ToolSource(named, parsed.GetValue(Allow), Flags.Settings(parsed)), parsed.GetValue(url), parsed.GetValue(type), cancellation)
                : await JsonLines.RunAsync(tool.Answer, cancellation);
        });
        return command;
    }

    private static Command Sitemap()
    {
        var source = new Argument<string?>("source")
        {
            Description = $"A sitemap or feed: a file or a URL. {Lines} {{sitemap|sitemap_base64,url}} → {{kind,urls|sitemaps}}",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var url = new Option<string?>("--url") { Description = "Where a file was found: relative addresses are resolved against it.", HelpName = "URL" };
        var command = new Command("sitemap", "Show what a sitemap or a feed lists.") { source, url, Allow };
        command.SetAction((parsed, cancellation) => parsed.GetValue(source) is { } named
            ? SitemapTool.OnceAsync(new ToolSource(named, parsed.GetValue(Allow), Flags.Settings(parsed)), parsed.GetValue(url), cancellation)
            : JsonLines.RunAsync(new SitemapTool().Answer, cancellation));
        return command;
    }
}
