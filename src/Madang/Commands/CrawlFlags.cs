using System.CommandLine;
using System.Globalization;
using System.Net;
using Madang.Crawler;

namespace Madang.Commands;

/// <summary>The flags of <c>madang crawl</c> and the settings that they make.</summary>
internal sealed class CrawlFlags
{
    public Argument<string[]> Seeds { get; } = new("URL") { Description = "Where to begin: one or several http or https URLs.", Arity = ArgumentArity.ZeroOrMore };

    public Option<string> Out { get; } = new("--out") { Description = "The folder of this crawl: its books and its WARC files.", HelpName = "DIR", DefaultValueFactory = _ => "madang-crawl" };

    public Option<bool> Resume { get; } = new("--resume") { Description = "Go on with the crawl in that folder." };

    public Option<bool> Json { get; } = new("--json") { Description = "Tell the progress as JSON lines on standard output." };

    private readonly Option<long?> _maxPages = new("--max-pages") { Description = "End after so many pages.", HelpName = "N" };
    private readonly Option<int?> _depth = new("--depth") { Description = "Links from a seed at most.", HelpName = "N" };
    private readonly Option<string?> _scope = new("--scope") { Description = "host (default), domain, prefix or any." };
    private readonly Option<int?> _delay = new("--delay") { Description = "Milliseconds between the end of a response and the next request to a host (default 1000). 0 is for your own servers.", HelpName = "MS" };
    private readonly Option<int?> _domainDelay = new("--domain-delay") { Description = "Between two requests to one registrable domain (default: half of --delay).", HelpName = "MS" };
    private readonly Option<int?> _addressDelay = new("--address-delay") { Description = "Between two requests to one address (default: a quarter of --delay).", HelpName = "MS" };
    private readonly Option<string[]> _allow = new("--allow") { Description = "A private range that may be crawled, such as 10.0.0.0/8.", HelpName = "CIDR" };
    private readonly Option<string?> _agent = new("--agent") { Description = "The product token that robots.txt is read for.", HelpName = "NAME" };
    private readonly Option<int?> _concurrency = new("--concurrency") { Description = "Requests at once, until what came of them is durable (default 256).", HelpName = "N" };
    private readonly Option<bool> _noArchive = new("--no-archive") { Description = "Write no WARC files." };
    private readonly Option<bool> _search = new("--search") { Description = "Build a search index of the pages, which takes about as long again as the crawl." };
    private readonly Option<bool> _recrawl = new("--recrawl") { Description = "Keep visiting pages to see what changed, until stopped." };

    public void AddTo(Command crawl)
    {
        crawl.Add(Seeds);
        foreach (var option in new Option[] { Out, _maxPages, _depth, _scope, _delay, _domainDelay, _addressDelay, _allow, _agent, _concurrency, _noArchive, _search, _recrawl, Resume, Json })
        {
            crawl.Add(option);
        }

        _scope.AcceptOnlyFromAmong("host", "domain", "prefix", "any");
        foreach (var number in new[] { _depth, _delay, _domainDelay, _addressDelay })
        {
            number.Validators.Add(result => Refuse(result, result.GetValue(number) < 0, "is 0 or more"));
        }

        _maxPages.Validators.Add(result => Refuse(result, result.GetValue(_maxPages) < 1, "is 1 or more"));
        _concurrency.Validators.Add(result => Refuse(result, result.GetValue(_concurrency) is < 1 or > 4096, "is 1 to 4096"));
        _allow.Validators.Add(result => Refuse(result, result.GetValue(_allow)?.Any(range => !IPNetwork.TryParse(range, out _) && !IPAddress.TryParse(range, out _)) == true, "is an address or a range such as 10.0.0.0/8"));
    }

    /// <summary>What a new crawl is told; a crawl that goes on keeps what it was told before where no flag says otherwise.</summary>
    public CrawlSettings Read(ParseResult parsed, CrawlSettings? before)
    {
        var settings = before ?? new CrawlSettings { Seeds = parsed.GetValue(Seeds) ?? [], Search = false };
        return settings with
        {
            MaxPages = parsed.GetValue(_maxPages) ?? settings.MaxPages,
            MaxDepth = parsed.GetValue(_depth) ?? settings.MaxDepth,
            Scope = parsed.GetValue(_scope) is { } scope ? Enum.Parse<CrawlScope>(scope, ignoreCase: true) : settings.Scope,
            DelayMs = parsed.GetValue(_delay) ?? settings.DelayMs,
            DomainDelayMs = parsed.GetValue(_domainDelay) ?? settings.DomainDelayMs,
            AddressDelayMs = parsed.GetValue(_addressDelay) ?? settings.AddressDelayMs,
            Allow = parsed.GetValue(_allow) is { Length: > 0 } allow ? allow : settings.Allow,
            Agent = parsed.GetValue(_agent) ?? settings.Agent,
            Concurrency = parsed.GetValue(_concurrency) ?? settings.Concurrency,
            Archive = settings.Archive && !parsed.GetValue(_noArchive),
            Search = settings.Search || parsed.GetValue(_search),
            Recrawl = settings.Recrawl || parsed.GetValue(_recrawl),
        };
    }

    private static void Refuse(System.CommandLine.Parsing.OptionResult result, bool isWrong, string rule)
    {
        if (isWrong)
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{result.Option.Name} {rule}."));
        }
    }
}
