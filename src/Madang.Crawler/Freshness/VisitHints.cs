namespace Madang.Crawler.Freshness;

/// <summary>What others say of a page's changes.</summary>
internal readonly record struct VisitHints
{
    /// <summary><c>unavailable_after</c> of meta robots or X-Robots-Tag.</summary>
    public DateTimeOffset? UnavailableAfter { get; init; }

    /// <summary>The sitemap's changefreq, in lower case.</summary>
    public string? ChangeFrequency { get; init; }
}
