using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Madang.Tests.Integration.Commands;

/// <summary><c>madang crawl robots|url|page|sitemap</c> as a script runs them: pipes, files, a server.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CrawlToolTests : IDisposable
{
    private readonly string _folder = MadangHost.NewFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Robots_answers_each_line_and_goes_on_after_a_bad_one()
    {
        var answers = await LinesAsync(
            ["robots"],
            """{"robots":"User-agent: *\nDisallow: /x\nAllow: /x/y$","agent":"FooBot","url":"http://a.example/x/z"}""",
            """{"robots":"User-agent: *\nDisallow: /x\nAllow: /x/y$","agent":"FooBot","url":"/x/y"}""",
            "not json",
            """{"robots":"","agent":"FooBot"}""",
            """{"robots":"","agent":"FooBot","url":"http://"}""",
            """{"robots":"","agent":"FooBot","url":"http://a.example"}""");

        Assert.Equal(
            ["""{"allowed":false,"line":2}""", """{"allowed":true,"line":3}""", "bad_json", "missing_field", "bad_url", """{"allowed":true}"""],
            answers.Select(answer => answer.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : answer.GetRawText()));
    }

    [Fact]
    public async Task Url_answers_nothing_for_what_is_no_url()
    {
        var answers = await LinesAsync(
            ["url"],
            """{"input":"../b?utm_source=x&id=1#f","base":"https://www.Example.co.uk:443/a/a/"}""",
            """{"input":"http://a b/"}""",
            """{"input":"/a","base":"nonsense"}""",
            """{"input":"http://x/\ud800y"}""");

        Assert.Equal(
            [
                """{"href":"https://www.example.co.uk/a/b?utm_source=x&id=1#f","normalized":"https://www.example.co.uk/a/b?id=1","host":"www.example.co.uk","registrable_domain":"example.co.uk"}""",
                "{}",
                "{}",
                """{"href":"http://x/%EF%BF%BDy","normalized":"http://x/%EF%BF%BDy","host":"x","registrable_domain":"x"}""",
            ],
            answers.Select(answer => answer.GetRawText()));
    }

    [Fact]
    public async Task Page_reads_text_and_bytes_and_lists_tokens()
    {
        const string Html = "<title>마당</title><base href=/b/><meta name=robots content='noindex,nofollow'><link rel=canonical href=c><a href=x rel='nofollow ugc'>링크</a><p>글";
        var bytes = Convert.ToBase64String(CodePagesEncodingProvider.Instance.GetEncoding("euc-kr")!.GetBytes("<meta charset=euc-kr>" + Html));
        var answers = await LinesAsync(
            ["page", "--tokens"],
            JsonSerializer.Serialize(new { html = Html, url = "http://a.example/d" }),
            JsonSerializer.Serialize(new { html_base64 = bytes, url = "http://a.example/d" }),
            """{"html_base64":"*"}""");

        Assert.All(answers[..2], page =>
        {
            Assert.Equal("마당", page.GetProperty("title").GetString());
            Assert.Equal("http://a.example/b/c", page.GetProperty("canonical").GetString());
            Assert.Equal(["noindex", "nofollow"], page.GetProperty("robots").EnumerateArray().Select(one => one.GetString()));
            Assert.Equal("""[{"href":"http://a.example/b/x","rel":"nofollow ugc","text":"링크"}]""", page.GetProperty("links").GetRawText());
            Assert.Contains("글", page.GetProperty("text").GetString());
            Assert.Matches("^[0-9a-f]{16}$", page.GetProperty("simhash").GetString());
            Assert.Contains(page.GetProperty("tokens").EnumerateArray(), token => token.GetProperty("type").GetString() == "text" && token.GetProperty("text").GetString() == "링크");
        });
        Assert.Equal(["UTF-8", "EUC-KR"], answers[..2].Select(page => page.GetProperty("charset").GetString()));
        var query = Convert.ToBase64String(CodePagesEncodingProvider.Instance.GetEncoding("euc-kr")!.GetBytes("<meta charset=euc-kr><a href='?q=한'>x</a>"));
        Assert.Equal(
            "http://a.example/d?q=%C7%D1",
            (await LinesAsync(["page"], JsonSerializer.Serialize(new { html_base64 = query, url = "http://a.example/d" })))[0].GetProperty("links")[0].GetProperty("href").GetString());
        Assert.Equal("bad_base64", answers[2].GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Page_extracts_article_and_metadata_and_says_why_it_could_not()
    {
        var paragraph = string.Concat(Enumerable.Repeat("Many words, one after the other, make a paragraph. ", 4)).Trim();
        var answers = await LinesAsync(
            ["page", "--extract"],
            JsonSerializer.Serialize(new { html = $"<meta property=og:site_name content=Here><article><h1>Head</h1><p>{paragraph}</p></article>", url = "http://a.example/d" }),
            JsonSerializer.Serialize(new { html = string.Concat(Enumerable.Repeat("<div>", 600)) }));
        var extracted = answers[0].GetProperty("extracted");
        Assert.Equal(("Head", $"Head\n\n{paragraph}"), (extracted.GetProperty("article").GetProperty("title").GetString(), extracted.GetProperty("article").GetProperty("text").GetString()));
        Assert.Equal("Here", extracted.GetProperty("metadata").GetProperty("open_graph").GetProperty("site_name").GetString());
        Assert.Equal("too_deep", answers[1].GetProperty("extraction_refused").GetString());
    }

    [Fact]
    public async Task Sitemap_names_its_kind_and_resolves_addresses()
    {
        var answers = await LinesAsync(
            ["sitemap"],
            """{"sitemap":"<urlset><url><loc>/1</loc><lastmod>2026-11-22</lastmod></url></urlset>","url":"http://a.example/s/sitemap.xml"}""",
            """{"sitemap":"<sitemapindex><sitemap><loc>2.xml</loc></sitemap></sitemapindex>","url":"http://a.example/s/sitemap.xml"}""",
            """{"sitemap":"<rss><channel><item><link>http://a.example/3</link></item></channel></rss>"}""",
            """{"sitemap":"hello"}""");

        Assert.Equal(["urlset", "sitemapindex", "rss", "unknown"], answers.Select(answer => answer.GetProperty("kind").GetString()));
        Assert.Equal("""["http://a.example/1"]""", answers[0].GetProperty("urls").GetRawText());
        Assert.Equal("2026-11-22T00:00:00.000Z", answers[0].GetProperty("entries")[0].GetProperty("lastmod").GetString());
        Assert.Equal("""["http://a.example/s/2.xml"]""", answers[1].GetProperty("sitemaps").GetRawText());
        Assert.Equal("""["http://a.example/3"]""", answers[2].GetProperty("urls").GetRawText());
    }

    [Fact]
    public async Task Thousands_of_lines_take_a_moment()
    {
        var began = TimeProvider.System.GetTimestamp();
        var lines = Enumerable.Range(0, 50_000).Select(n => $$"""{"input":"/page/{{n}}?b=2","base":"http://a.example/x/"}""").ToArray();

        Assert.Equal("http://a.example/page/49999?b=2", (await LinesAsync(["url"], lines))[^1].GetProperty("href").GetString());
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task One_file_or_one_url_is_answered_once()
    {
        var robots = Path.Combine(_folder, "robots.txt");
        await File.WriteAllTextAsync(robots, "User-agent: *\nDisallow: /private\n", TestContext.Current.CancellationToken);

        var forbidden = await MadangProcess.RunAsync(["crawl", "robots", robots, "/private/x", "/open"]);
        Assert.Equal(1, forbidden.ExitCode);
        Assert.Matches("forbidden +/private/x +2 +Disallow: /private", forbidden.Output);
        Assert.Matches("allowed +/open +no rule matches", forbidden.Output);
        Assert.Equal(0, (await MadangProcess.RunAsync(["crawl", "robots", robots, "/open", "--json"])).ExitCode);

        Assert.Equal("http://a.example/b", Json(await MadangProcess.RunAsync(["crawl", "url", "b", "--base", "http://a.example/a"])).GetProperty("href").GetString());
        Assert.Equal(1, (await MadangProcess.RunAsync(["crawl", "url", "http://a b"])).ExitCode);
        var missing = await MadangProcess.RunAsync(["crawl", "page", Path.Combine(_folder, "none.html")]);
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("no such file", missing.Error);
    }

    [Fact]
    public async Task A_url_is_fetched_through_the_door_out()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var site = builder.Build();
        site.Urls.Add("http://127.0.0.1:0");
        site.MapGet("/robots.txt", () => "User-agent: *\nDisallow: /secret\n");
        site.MapGet("/sitemap.xml", () => "<urlset><url><loc>/1</loc></url></urlset>");
        site.MapGet("/page", (HttpContext http) => Results.Content("<title>Here</title><a href=x>y</a>", "text/html"));
        await site.StartAsync(TestContext.Current.CancellationToken);
        var address = site.Urls.First();

        var refused = await MadangProcess.RunAsync(["crawl", "page", address + "/page"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("address_refused", refused.Error);

        string[] allow = ["--allow", "127.0.0.0/8"];
        var page = Json(await MadangProcess.RunAsync(["crawl", "page", address + "/page", .. allow]));
        Assert.Equal(("Here", address + "/x"), (page.GetProperty("title").GetString(), page.GetProperty("links")[0].GetProperty("href").GetString()));
        Assert.Equal(address + "/1", Json(await MadangProcess.RunAsync(["crawl", "sitemap", address + "/sitemap.xml", .. allow])).GetProperty("urls")[0].GetString());
        Assert.Equal(1, (await MadangProcess.RunAsync(["crawl", "robots", address + "/secret/x", .. allow])).ExitCode);
        Assert.Equal(2, (await MadangProcess.RunAsync(["crawl", "page", address, "--allow", "everything"])).ExitCode);

        await File.WriteAllTextAsync(Path.Combine(_folder, "madang.json"), """{"Madang":{"Outbound":{"Allow":"127.0.0.0/8"}}}""", TestContext.Current.CancellationToken);
        var bySetting = await MadangProcess.RunAsync(["crawl", "page", address + "/page", "--data", _folder]);
        Assert.True(bySetting.ExitCode == 0, bySetting.Error);
    }

    private static async Task<JsonElement[]> LinesAsync(string[] arguments, params string[] lines)
    {
        var answer = await MadangProcess.RunAsync(["crawl", .. arguments], input: string.Join('\n', lines));
        Assert.True(answer.ExitCode == 0, answer.Error);
        var answers = answer.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(lines.Length, answers.Length);
        return answers;
    }

    private static JsonElement Json(MadangProcess.Answer answer)
    {
        Assert.True(answer.ExitCode == 0, answer.Error);
        return JsonDocument.Parse(answer.Output).RootElement;
    }
}
