using System.Text.Json.Serialization;
using Madang.Crawler.Priority;

namespace Madang.Crawler;

/// <summary>How far from its seeds a crawl goes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CrawlScope>))]
public enum CrawlScope
{
    /// <summary>The hosts of the seeds.</summary>
    [JsonStringEnumMemberName("host")]
    Host,

    /// <summary>The registrable domains of the seeds.</summary>
    [JsonStringEnumMemberName("domain")]
    Domain,

    /// <summary>What begins with a seed's URL up to its last slash.</summary>
    [JsonStringEnumMemberName("prefix")]
    Prefix,

    /// <summary>The whole web.</summary>
    [JsonStringEnumMemberName("any")]
    Any,
}

/// <summary>What a crawl was asked to do: the body of <c>POST /v1/crawls</c> and the flags of <c>madang crawl</c>, kept with the crawl.</summary>
public sealed record CrawlSettings
{
    public required IReadOnlyList<string> Seeds { get; init; }

    public CrawlScope Scope { get; init; } = CrawlScope.Host;

    /// <summary>The crawl ends after so many pages; null goes on to the end of what is reachable.</summary>
    public long? MaxPages { get; init; }

    /// <summary>Links from a seed; the seeds have depth 0.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Between the end of a response and the next request to the same host. 0 switches all three gates off; robots.txt's Crawl-delay holds even then.</summary>
    public int DelayMs { get; init; } = 1_000;

    /// <summary>Between two requests to the same registrable domain; null is half of <see cref="DelayMs"/>.</summary>
    public int? DomainDelayMs { get; init; }

    /// <summary>Between two requests to the same address; null is a quarter of <see cref="DelayMs"/>.</summary>
    public int? AddressDelayMs { get; init; }

    /// <summary>A host that answers slowly is asked less often: its delay is at least its latency times this. Unused with a delay of 0.</summary>
    public double LatencyFactor { get; init; } = 5;

    /// <summary>The longest delay that latency and robots.txt may ask for; a longer Crawl-delay leaves the host out rather than being cut short.</summary>
    public int MaxDelayMs { get; init; } = 60_000;

    /// <summary>The product token that robots.txt is read for, and the head of the User-Agent.</summary>
    public string Agent { get; init; } = "Madang";

    /// <summary>Private ranges that this crawl may enter, as CIDR, beside <c>Madang:Outbound:Allow</c>.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Whether rel=nofollow (and ugc, sponsored) links and pages with meta nofollow are left alone.</summary>
    public bool ObeyNofollow { get; init; } = true;

    /// <summary>Whether pages are visited again, at an interval that follows their changes.</summary>
    public bool Recrawl { get; init; }

    public int MinRecrawlSeconds { get; init; } = 3_600;

    public int MaxRecrawlSeconds { get; init; } = 14 * 86_400;

    /// <summary>A larger body is cut here.</summary>
    public int MaxPageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Whether requests and responses are archived as WARC 1.1.</summary>
    public bool Archive { get; init; } = true;

    /// <summary>Whether the pages can be searched.</summary>
    public bool Search { get; init; } = true;

    /// <summary>Whether it is made for the items of feeds: sinks get them (<see cref="Sinks.CrawledPage.Items"/>), and its seeds may change (<see cref="Crawls.Reseed"/>).</summary>
    public bool Items { get; init; }

    /// <summary>How many requests one process has begun for this crawl without having their outcome in the books; a kill costs no more than these.</summary>
    public int Concurrency { get; init; } = 256;

    /// <summary>Per registrable domain, before other domains vouch for it: URLs beyond wait in the car park.</summary>
    public int DomainBudget { get; init; } = 1_000_000;

    /// <summary>More URLs for a domain per distinct domain that links to it.</summary>
    public int BudgetPerReference { get; init; } = 1_000;

    /// <summary>Whether images, sound, films, archives, fonts, styles, scripts and programs are left out by the ending of their path.</summary>
    public bool DocumentsOnly { get; init; } = true;

    /// <summary>Whether what many pages link to is fetched sooner; otherwise all pages are equal.</summary>
    public bool FollowImportance { get; init; } = true;

    /// <summary>What is wanted sooner or later than the rest.</summary>
    public IReadOnlyList<BoostRule> Boosts { get; init; } = [];
}
