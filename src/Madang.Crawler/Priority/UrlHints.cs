namespace Madang.Crawler.Priority;

/// <summary>What the place of a URL among those that wait is decided by, its importance apart.</summary>
internal readonly record struct UrlHints
{
    public UrlHints()
    {
    }

    /// <summary>Links from a seed.</summary>
    public int Depth { get; init; }

    /// <summary>Changes per visit, 0 to 1; null before the second visit.</summary>
    public double? ChangeRate { get; init; }

    /// <summary>As its sitemap says, 0 to 1; null without.</summary>
    public double? SitemapPriority { get; init; }

    /// <summary>How long ago its sitemap or feed says that it changed; null without, negative for the future, which counts as nothing.</summary>
    public TimeSpan? ModifiedAgo { get; init; }

    /// <summary><see cref="BoostRules.Of"/>: positive is sooner.</summary>
    public int Boost { get; init; }
}
