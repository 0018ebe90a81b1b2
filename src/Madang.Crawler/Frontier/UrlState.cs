namespace Madang.Crawler.Frontier;

/// <summary>Where a URL stands. Stored as its number.</summary>
internal enum UrlState
{
    /// <summary>In its host's queue.</summary>
    Waiting = 0,

    /// <summary>Due at a time: a retry, or a visit that looks for changes.</summary>
    Resting = 1,

    /// <summary>Fetched, and not visited again.</summary>
    Done = 2,

    /// <summary>Kept back by a budget (<see cref="RefusalReason"/>); comes back when the budget grows.</summary>
    Parked = 3,

    /// <summary>Gone for good, or failed as often as a URL may.</summary>
    Gone = 4,

    /// <summary>Not to be fetched: robots.txt, or the address check.</summary>
    Refused = 5,
}

internal static class UrlStates
{
    private static readonly string[] Counts = ["state.waiting", "state.resting", "state.done", "state.parked", "state.gone", "state.refused"];

    /// <summary>The name of the count of URLs in this state.</summary>
    public static string Count(this UrlState state) => Counts[(int)state];
}
