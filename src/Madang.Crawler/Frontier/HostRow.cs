namespace Madang.Crawler.Frontier;

/// <summary>What is kept of a host, which is an origin: <c>https://example.com:8443</c>. Times in Unix milliseconds, 0 for never.</summary>
internal sealed record HostRow
{
    /// <summary><see cref="UrlKey.Host"/>.</summary>
    public required long Id { get; init; }

    public required string Origin { get; init; }

    /// <summary>The registrable domain, or the address where the host is one.</summary>
    public required string Domain { get; init; }

    /// <summary>Not before this: delay, Retry-After and back-off together.</summary>
    public long NextAt { get; init; }

    /// <summary>Why <see cref="NextAt"/> lies further away than a delay: <c>retry_after</c>, <c>errors</c>, <c>robots_unreachable</c>; null as a rule.</summary>
    public string? Block { get; init; }

    /// <summary>Exponentially weighted mean of the time to the headers.</summary>
    public int LatencyMs { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Errors { get; init; }

    /// <summary>When robots.txt was fetched; <see cref="RobotsStatus"/> is its HTTP status, or 0 when there was no answer.</summary>
    public long RobotsAt { get; init; }

    public int RobotsStatus { get; init; }

    /// <summary>Since when robots.txt has been unreachable.</summary>
    public long RobotsFailingSince { get; init; }

    /// <summary>The body of the last successful fetch, at most 500 KiB.</summary>
    public byte[]? Robots { get; init; }

    /// <summary>The address that the last request went to.</summary>
    public string? Address { get; init; }

    /// <summary>The region whose nodes lease this host first; null is any.</summary>
    public string? Region { get; init; }

    /// <summary>URLs in its queue. Kept by the store.</summary>
    public long Waiting { get; init; }

    /// <summary>Its URLs that were visited at least once. Kept by the store, as <see cref="Parked"/> is.</summary>
    public long Fetched { get; init; }

    public long Parked { get; init; }
}

/// <summary>What changed about a host that this node holds: written with the batch that made it change. A null address, connect time or robots answer leaves what was known.</summary>
/// <param name="ConnectMs">A new connection's time from this node's region, for locality.</param>
internal sealed record HostClock(
    long Id, long NextAt, string? Block, int LatencyMs, int Errors, string? Address, int? ConnectMs, RobotsAnswer? Robots);

/// <param name="Body">Null leaves what was known.</param>
internal sealed record RobotsAnswer(long At, int Status, long FailingSince, byte[]? Body);

/// <summary>A host that may be new.</summary>
internal sealed record NewHost(long Id, string Origin, string Domain, string? Region);
