namespace Madang.Crawler.Frontier;

/// <summary>How a page repeats another (four layers): by its URL it would not be here at all.</summary>
internal enum DuplicateKind
{
    None = 0,

    /// <summary>It redirects to, or names as canonical, another URL.</summary>
    Canonical = 1,

    /// <summary>The same bytes.</summary>
    Body = 2,

    /// <summary>A SimHash that differs in at most three bits.</summary>
    Near = 3,
}

/// <summary>What became of one visit. One row a URL; a later visit replaces it.</summary>
internal sealed record PageRow
{
    public required UrlKey Key { get; init; }

    /// <summary>HTTP status; 0 when there was no answer, with <see cref="Fault"/>.</summary>
    public required int Status { get; init; }

    /// <summary>Outbound's code: <c>header_timeout</c>.</summary>
    public string? Fault { get; init; }

    public required long FetchedAt { get; init; }

    public string? Etag { get; init; }

    public string? LastModified { get; init; }

    public string? ContentType { get; init; }

    public string? Title { get; init; }

    public string? Language { get; init; }

    /// <summary>Where a redirect led, or the canonical URL, absolute.</summary>
    public string? Target { get; init; }

    /// <summary>The first 64 bits of the SHA-256 of the decoded body; 0 without one.</summary>
    public long BodyHash { get; init; }

    /// <summary>0 where the text is too short to compare.</summary>
    public long SimHash { get; init; }

    public int Words { get; init; }

    public long Bytes { get; init; }

    public long WireBytes { get; init; }

    public int ElapsedMs { get; init; }

    public DuplicateKind Duplicate { get; init; }

    public UrlKey Original { get; init; }

    /// <summary>Noise: 0 (fine) to 100; the policy's verdict.</summary>
    public int Noise { get; init; }

    /// <summary>meta robots noindex or X-Robots-Tag: archived and followed as it says, never found by search.</summary>
    public bool NoIndex { get; init; }

    /// <summary>The share of the crawl's importance it held when it was fetched.</summary>
    public double Importance { get; init; }

    /// <summary>Adaptive recrawl.</summary>
    public int IntervalSeconds { get; init; }

    public int Fetches { get; init; } = 1;

    public int Changes { get; init; }

    /// <summary>Visits in a row that said it is gone; deleted after N.</summary>
    public int Missing { get; init; }

    public bool Changed { get; init; }

    /// <summary>WARC file of the response record, its offset and length; null when nothing was archived.</summary>
    public string? WarcFile { get; init; }

    public long WarcOffset { get; init; }

    public int WarcLength { get; init; }

    /// <summary>The keys of the distinct links, 16 bytes each (host, then hash, little-endian).</summary>
    public byte[]? Links { get; init; }

    /// <summary>The beginning of the visible text, for search and snippets; at most 64 KiB of UTF-8. Not kept in the page's row.</summary>
    public byte[]? Text { get; init; }

    /// <summary>Where the URL goes now.</summary>
    public required UrlState Next { get; init; }

    public RefusalReason Reason { get; init; }

    public long DueAt { get; init; }

    public int Attempts { get; init; }
}
