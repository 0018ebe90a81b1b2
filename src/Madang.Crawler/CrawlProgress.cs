namespace Madang.Crawler;

/// <summary>Where a crawl stands. Counts are exact and durable, but for the last moment's; rates are of the last seconds.</summary>
public sealed record CrawlProgress
{
    /// <summary>URLs that were visited, whatever the answer.</summary>
    public long Fetched { get; init; }

    /// <summary>Visits per second, over the last ten.</summary>
    public double PerSecond { get; init; }

    /// <summary>Hosts that this process has leased.</summary>
    public int Hosts { get; init; }

    /// <summary>Requests begun whose outcome is not durable yet: what a kill at this moment would let be made again. At most <see cref="CrawlSettings.Concurrency"/>.</summary>
    public int InFlight { get; init; }

    public long Waiting { get; init; }

    public long Resting { get; init; }

    public long Parked { get; init; }

    public long Done { get; init; }

    public long Gone { get; init; }

    public long Refused { get; init; }

    /// <summary>Of bodies, decoded.</summary>
    public long Bytes { get; init; }

    /// <summary>Of bodies, as transferred.</summary>
    public long WireBytes { get; init; }

    /// <summary>By class: <c>2xx</c> … <c>5xx</c>, and <c>none</c> where there was no answer.</summary>
    public required IReadOnlyDictionary<string, long> Statuses { get; init; }

    /// <summary>By Outbound's code.</summary>
    public required IReadOnlyDictionary<string, long> Faults { get; init; }

    /// <summary>Links that were not taken up, by reason.</summary>
    public required IReadOnlyDictionary<string, long> RefusedBy { get; init; }

    /// <summary>By layer: <c>canonical</c>, <c>body</c>, <c>near</c>.</summary>
    public required IReadOnlyDictionary<string, long> Duplicates { get; init; }

    /// <summary>How long the waiting URLs take at the present rate; null when there is none.</summary>
    public long? EtaMs { get; init; }

    /// <summary>Since this process took up the crawl.</summary>
    public long ElapsedMs { get; init; }
}
