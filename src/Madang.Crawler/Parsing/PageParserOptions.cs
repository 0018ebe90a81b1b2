namespace Madang.Crawler.Parsing;

/// <summary>Limits and choices of <see cref="PageParser"/>. What goes beyond a limit is left out; a page is never refused.</summary>
public sealed record PageParserOptions
{
    /// <summary>The product token for which <c>&lt;meta name="…"&gt;</c> and X-Robots-Tag may speak besides "robots".</summary>
    public string Agent { get; init; } = "Madang";

    /// <summary>A longer body is cut here, in bytes.</summary>
    public int MaxBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Real pages hold more than ten thousand: SQLite's list of requirements is one.</summary>
    public int MaxLinks { get; init; } = 50_000;

    /// <summary>A link with a longer href is left out, in bytes.</summary>
    public int MaxHref { get; init; } = 8 * 1024;

    /// <summary>Anchor text is cut here, in bytes.</summary>
    public int MaxAnchor { get; init; } = 256;

    /// <summary>Visible text is cut here, in bytes.</summary>
    public int MaxText { get; init; } = 1024 * 1024;

    /// <summary>All hrefs, titles and other strings of a page together, in bytes.</summary>
    public int MaxStrings { get; init; } = 4 * 1024 * 1024;

    /// <summary>Whether images are links, too.</summary>
    public bool Images { get; init; }
}

/// <summary>What the response's headers say about the page.</summary>
public readonly record struct PageHeaders
{
    public string? ContentType { get; init; }

    /// <summary>Content-Language.</summary>
    public string? ContentLanguage { get; init; }

    /// <summary>Link headers; several are joined with commas.</summary>
    public string? Link { get; init; }

    /// <summary>X-Robots-Tag, one entry per header.</summary>
    public IReadOnlyList<string>? RobotsTags { get; init; }
}
