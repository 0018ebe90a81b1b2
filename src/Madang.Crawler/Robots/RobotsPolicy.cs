namespace Madang.Crawler.Robots;

/// <summary>
/// What the answer to <c>GET /robots.txt</c> means (RFC 9309 §2.3 and §2.4), as a rule without I/O. 429 departs from "4xx allows everything": a host that asks for patience
/// is treated like one that cannot be reached.
/// </summary>
public static class RobotsPolicy
{
    /// <summary>Redirects that are followed, also to other hosts (§2.3.1.2); after more the file counts as unavailable.</summary>
    public const int MaxRedirects = 5;

    /// <summary>How long an answer is used (§2.4), at most.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    /// <summary>A server that wants its file read at every request is not obeyed to the second.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromMinutes(10);

    /// <summary>After so long without an answer the file counts as unavailable (§2.3.1.4).</summary>
    public static readonly TimeSpan UnreachableLimit = TimeSpan.FromDays(30);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromHours(6);

    /// <summary>Judges one fetch.</summary>
    /// <param name="status">The HTTP status, of the last hop; 0 when there was no answer (network, timeout, refused by a limit).</param>
    /// <param name="redirects">How many redirects were met.</param>
    /// <param name="maxAge">The answer's freshness by Cache-Control or Expires.</param>
    /// <param name="retryAfter">The answer's Retry-After.</param>
    /// <param name="known">What was known of this host's file before.</param>
    public static RobotsRuling Judge(int status, int redirects, TimeSpan? maxAge, TimeSpan? retryAfter, RobotsStanding known, DateTimeOffset now)
    {
        var expires = now + Clamp(maxAge ?? MaxAge, MinAge, MaxAge);
        if (redirects > MaxRedirects)
        {
            return new(RobotsMeaning.AllowAll, expires, null);
        }

        if (status is >= 200 and < 300)
        {
            return new(RobotsMeaning.Body, expires, null);
        }

        if (status == 304 && known.HasBody)
        {
            return new(RobotsMeaning.Known, expires, null);
        }

        if (status is >= 300 and < 500 and not 429)
        {
            return new(RobotsMeaning.AllowAll, expires, null);
        }

        var since = known.UnreachableSince ?? now;
        var retry = now + Clamp(retryAfter ?? Backoff(now - since), FirstRetry, MaxAge);
        return known.HasBody ? new(RobotsMeaning.Known, retry, since)
            : now - since >= UnreachableLimit ? new(RobotsMeaning.AllowAll, retry, since)
            : new(RobotsMeaning.DisallowAll, retry, since);
    }

    /// <summary>The next try comes after as long as the trouble has lasted: 1 min, 2, 4 … 6 h.</summary>
    private static TimeSpan Backoff(TimeSpan lasted) => Clamp(lasted, FirstRetry, MaxRetry);

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}

/// <summary>What is kept of a host's file between fetches.</summary>
/// <param name="HasBody">Whether an earlier answer's body is at hand.</param>
/// <param name="UnreachableSince">Since when every fetch has failed.</param>
public readonly record struct RobotsStanding(bool HasBody, DateTimeOffset? UnreachableSince);

/// <summary>Which rules hold now, until when, and since when the file cannot be reached.</summary>
/// <param name="FetchAgainAt">The file is asked for again at the first need after this.</param>
public readonly record struct RobotsRuling(RobotsMeaning Meaning, DateTimeOffset FetchAgainAt, DateTimeOffset? UnreachableSince);

public enum RobotsMeaning
{
    /// <summary>The rules of the body that came.</summary>
    Body,

    /// <summary>The rules of the body that was known.</summary>
    Known,

    /// <summary>There is no file: <see cref="RobotsRules.AllowAll"/>.</summary>
    AllowAll,

    /// <summary>There may be one that forbids it: <see cref="RobotsRules.DisallowAll"/>.</summary>
    DisallowAll,
}
