namespace Madang.Crawler.Politeness;

/// <summary>What a robots.txt answer means for the host's URLs.</summary>
internal enum RobotsMeaning
{
    /// <summary>Its rules hold.</summary>
    Rules,

    /// <summary>There are none: everything may be fetched (RFC 9309, 2.3.1.3).</summary>
    AllowAll,

    /// <summary>It cannot be reached: nothing may be fetched (2.3.1.4).</summary>
    DisallowAll,
}

/// <param name="CheckAt">When robots.txt is asked for again, Unix milliseconds.</param>
/// <param name="FailingSince">For the host's row; 0 when it is reached.</param>
internal readonly record struct RobotsState(RobotsMeaning Meaning, long CheckAt, long FailingSince);

/// <summary>How long a robots.txt answer holds and what it means (RFC 9309, 2.3 and 2.4).</summary>
internal static class RobotsAge
{
    /// <summary>An answer is not used for longer than a day.</summary>
    public const long HoldsMs = 24 * 3_600_000L;

    /// <summary>After so long without an answer a host is taken to have no robots.txt, or what it last said still holds.</summary>
    public const long GivenUpMs = 30 * HoldsMs;

    private const long FirstRetryMs = 60_000;
    private const long LastRetryMs = 3_600_000;

    /// <param name="status">HTTP status after redirects; 0 for no answer, and for more than five redirects 404 (2.3.1.2).</param>
    /// <param name="failingSince">As it was before this answer; 0 for not.</param>
    /// <param name="hasBody">Whether rules from an earlier answer are kept.</param>
    /// <param name="now">Of the answer, Unix milliseconds.</param>
    public static RobotsState Next(int status, long failingSince, bool hasBody, long now)
    {
        if (status is >= 200 and < 300)
        {
            return new RobotsState(RobotsMeaning.Rules, now + HoldsMs, 0);
        }
        // 429 is an answer about us, not about the file: it counts as unreachable, which is the careful reading.
        if (status is >= 300 and < 500 and not 429)
        {
            return new RobotsState(RobotsMeaning.AllowAll, now + HoldsMs, 0);
        }
        var since = failingSince > 0 && failingSince <= now ? failingSince : now;
        var failing = now - since;
        if (failing >= GivenUpMs)
        {
            return new RobotsState(hasBody ? RobotsMeaning.Rules : RobotsMeaning.AllowAll, now + HoldsMs, since);
        }
        // As long again as it has failed so far: a minute at first, an hour at last.
        return new RobotsState(RobotsMeaning.DisallowAll, now + Math.Clamp(failing, FirstRetryMs, LastRetryMs), since);
    }
}
