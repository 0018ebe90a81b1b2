using Madang.Api;

namespace Madang.Crawler;

/// <summary>What a crawl is doing. Stored as its number.</summary>
public enum CrawlState
{
    /// <summary>Asked to run: a node that starts takes it up again.</summary>
    Running = 0,

    /// <summary>Waits for somebody to let it go on.</summary>
    Paused = 1,

    /// <summary>Ended by somebody; what it has is kept.</summary>
    Stopped = 2,

    /// <summary>Nothing is left to fetch.</summary>
    Finished = 3,

    /// <summary>Ended by <see cref="Crawl.Failure"/>.</summary>
    Failed = 4,
}

public static class CrawlStates
{
    /// <summary>Whether nothing more comes of it by itself.</summary>
    public static bool IsEnd(this CrawlState state) => state is CrawlState.Stopped or CrawlState.Finished or CrawlState.Failed;
}

/// <summary>A crawl as the catalogue knows it. What it found stands in its own books.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="CreatedBy">Who asked for it; null for the program itself.</param>
/// <param name="FinishedAt">When it came to an end.</param>
/// <param name="Failure">Why it failed, or paused by itself: a sentence.</param>
/// <param name="Counts">As they were when it last changed its state; a running crawl's own are newer.</param>
public sealed record Crawl(
    CrawlId Id, string? Name, CrawlSettings Settings, CrawlState State, UserId? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? Failure,
    IReadOnlyDictionary<string, long> Counts);
