using System.Globalization;
using Madang.Crawler.Frontier;
using Madang.Crawler.Sitemaps;

namespace Madang.Crawler.Sinks;

/// <summary>What a visit brought.</summary>
public enum PageNews
{
    /// <summary>Seen for the first time.</summary>
    New,

    /// <summary>Its content is not what it was.</summary>
    Changed,

    Unchanged,

    /// <summary>It leads to another URL.</summary>
    Redirected,

    /// <summary>It was there, and is gone for good.</summary>
    Gone,

    /// <summary>This visit brought nothing; what was known of it stands.</summary>
    Failed,
}

/// <summary>A page as sinks see it.</summary>
public sealed record CrawledPage
{
    /// <summary>Position in the crawl's page log.</summary>
    public required long Log { get; init; }

    public required string Url { get; init; }

    public required PageNews News { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public required int Status { get; init; }

    public required DateTimeOffset FetchedAt { get; init; }

    /// <summary>Links from a seed.</summary>
    public int Depth { get; init; }

    public string? ContentType { get; init; }

    public string? Title { get; init; }

    public string? Language { get; init; }

    /// <summary>Where a redirect led, or the canonical URL.</summary>
    public string? Target { get; init; }

    /// <summary>16 hexadecimal digits of the body's SHA-256; null without a body.</summary>
    public string? BodyHash { get; init; }

    public int Words { get; init; }

    public long Bytes { get; init; }

    /// <summary>The page asks not to be found by search.</summary>
    public bool NoIndex { get; init; }

    /// <summary>0 (fine) to 100.</summary>
    public int Noise { get; init; }

    /// <summary>The share of the crawl's importance it held.</summary>
    public double Importance { get; init; }

    /// <summary>The beginning of the visible text as UTF-8; null when it has none or the sink does not want it.</summary>
    public ReadOnlyMemory<byte>? Text { get; init; }

    /// <summary>What the feed at this URL holds, as far as the crawl keeps it (<see cref="CrawlSettings.Items"/>) and the sink wants text; the newest of a page come first as a rule.</summary>
    public IReadOnlyList<FeedItem> Items { get; init; } = [];

    internal UrlKey Key { get; init; }

    internal DuplicateKind Duplicate { get; init; }

    internal static CrawledPage Of(StoredPage stored, byte[]? text)
    {
        var page = stored.Page;

        // What was read as a feed has no words.
        var isFeed = text is [(byte)'[', ..] && page.Words == 0 && page.SimHash == 0;
        return new CrawledPage
        {
            Log = stored.Log,
            Url = stored.Url,
            News = Kind(page),
            Status = page.Status,
            FetchedAt = DateTimeOffset.FromUnixTimeMilliseconds(page.FetchedAt),
            Depth = stored.Depth,
            ContentType = page.ContentType,
            Title = page.Title,
            Language = page.Language,
            Target = page.Target,
            BodyHash = page.BodyHash == 0 ? null : page.BodyHash.ToString("x16", CultureInfo.InvariantCulture),
            Words = page.Words,
            Bytes = page.Bytes,
            NoIndex = page.NoIndex,
            Noise = page.Noise,
            Importance = page.Importance,
            // Without the cast null would become an empty text.
            Text = text is null || isFeed ? (ReadOnlyMemory<byte>?)null : text,
            Items = isFeed ? FeedItems.Read(text) : [],
            Key = page.Key,
            Duplicate = page.Duplicate,
        };
    }

    private static PageNews Kind(PageRow page) => page.Status switch
    {
        304 => PageNews.Unchanged,
        >= 200 and < 300 => page.Fetches <= 1 ? PageNews.New : page.Changed ? PageNews.Changed : PageNews.Unchanged,
        >= 300 and < 400 => PageNews.Redirected,
        _ when page.Next == UrlState.Gone && page.Fetches > 1 => PageNews.Gone,
        _ => PageNews.Failed,
    };
}
