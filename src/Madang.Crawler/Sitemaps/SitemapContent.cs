namespace Madang.Crawler.Sitemaps;

/// <summary>What a document that lists URLs turned out to be.</summary>
public enum SitemapKind
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary><c>urlset</c> of sitemaps.org 0.9.</summary>
    UrlSet,

    /// <summary><c>sitemapindex</c>: it names other sitemaps.</summary>
    Index,

    /// <summary>One URL a line.</summary>
    Text,

    /// <summary>RSS 0.9x, 1.0 or 2.0.</summary>
    Rss,

    /// <summary>RFC 4287.</summary>
    Atom,

    /// <summary>jsonfeed.org 1 and 1.1.</summary>
    JsonFeed,
}

/// <summary>What was read. Locations are as they stand in the document: trimmed, perhaps relative, perhaps no URLs at all.</summary>
/// <param name="Title">The feed's.</param>
/// <param name="IsCut">Whether something is missing: a limit was met, or the document is broken or ends too early. What came before is here.</param>
public sealed record SitemapContent(
    SitemapKind Kind, IReadOnlyList<SitemapUrl> Urls, IReadOnlyList<SitemapReference> Sitemaps, IReadOnlyList<FeedItem> Items, string? Title, bool IsCut);

/// <summary>A page of a sitemap.</summary>
public sealed record SitemapUrl(string Location)
{
    public DateTimeOffset? LastModified { get; init; }

    /// <summary><c>always</c>, <c>hourly</c> … <c>never</c>, in lower case; unchecked.</summary>
    public string? ChangeFrequency { get; init; }

    /// <summary>0 to 1, against the other pages of the site.</summary>
    public double? Priority { get; init; }

    /// <summary>image:loc.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>video:content_loc and video:player_loc.</summary>
    public IReadOnlyList<string> Videos { get; init; } = [];

    /// <summary>The same page in other languages, by xhtml:link.</summary>
    public IReadOnlyList<SitemapAlternate> Alternates { get; init; } = [];

    public SitemapNews? News { get; init; }
}

/// <param name="Language">hreflang: a BCP 47 tag or <c>x-default</c>.</param>
public sealed record SitemapAlternate(string Language, string Location);

/// <summary>The news extension.</summary>
public sealed record SitemapNews(string? Title, DateTimeOffset? PublishedAt, string? Publication, string? Language);

/// <summary>A sitemap that an index names.</summary>
public sealed record SitemapReference(string Location, DateTimeOffset? LastModified);

/// <summary>One item of a feed.</summary>
/// <param name="Id">guid, atom:id or id; the URL when there is none.</param>
/// <param name="Summary">As it stands: plain text or HTML, cut at <see cref="SitemapReader.MaxText"/> characters.</param>
public sealed record FeedItem(
    string? Id, string? Url, string? Title, string? Summary, DateTimeOffset? PublishedAt, DateTimeOffset? UpdatedAt, string? Author, string? Image);
