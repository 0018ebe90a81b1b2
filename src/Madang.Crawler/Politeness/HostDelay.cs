using Madang.Crawler.Frontier;

namespace Madang.Crawler.Politeness;

/// <summary>What came of one request to a host, and what was known of the host before.</summary>
internal readonly record struct HostTurn
{
    /// <summary>When the response ended or failed, Unix milliseconds.</summary>
    public required long Now { get; init; }

    /// <summary><see cref="HostRow.LatencyMs"/>, 0 for a host that was never asked.</summary>
    public required double LatencyMs { get; init; }

    /// <summary><see cref="HostRow.Errors"/>.</summary>
    public required int Errors { get; init; }

    /// <summary>As robots.txt asks of us.</summary>
    public TimeSpan? CrawlDelay { get; init; }

    /// <summary>HTTP status; 0 when there was no answer.</summary>
    public required int Status { get; init; }

    /// <summary>Until the headers, or until the failure.</summary>
    public required double HeadersMs { get; init; }

    /// <summary>The header as it came.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>0 to 1, to scatter what failed together.</summary>
    public double Random { get; init; }
}

/// <param name="NextAt">Not before this, Unix milliseconds.</param>
/// <param name="Block">Why that is further away than a delay (<see cref="HostBlocks"/>); null as a rule.</param>
/// <param name="LatencyMs">The new mean, milliseconds, not rounded: the pause is a multiple of it and must not come out shorter.</param>
/// <param name="Errors">Failures in a row, this one with them.</param>
/// <param name="Refusal"><see cref="RefusalReason.CrawlDelayTooLong"/> when the host asks for a longer delay than the crawl will wait: it is left out, never asked sooner.</param>
internal readonly record struct HostPause(long NextAt, string? Block, double LatencyMs, int Errors, RefusalReason Refusal);

/// <summary>The codes of <see cref="HostRow.Block"/>.</summary>
internal static class HostBlocks
{
    public const string RetryAfter = "retry_after";
    public const string Errors = "errors";
    public const string RobotsUnreachable = "robots_unreachable";
}

/// <summary>
/// When a host may be asked again. The longest of: the delay of the crawl, the Crawl-delay of its robots.txt, its latency times a factor; beyond that what Retry-After says (RFC 9110, 10.2.3;
/// RFC 6585, 4) and a pause that doubles with each failure in a row. Whatever a host sends, it is never asked sooner than the delay and never forgotten for more than a day.
/// </summary>
internal static class HostDelay
{
    public const long MostRetryAfterMs = 24 * 3_600_000L;

    /// <summary>The longest pause after failures, before the scatter.</summary>
    public const long MostBackoffMs = 3_600_000;

    // The mean follows the last ten answers or so; one of a minute or more counts as a minute.
    private const int Weight = 5;
    private const int MostLatencyMs = 60_000;

    // What a pause after failures begins with where the delay is shorter.
    private const int LeastBackoffMs = 1_000;

    // A host that says "too many requests" or "unavailable" without a time is left alone for longer than one that stumbles.
    private const int LeastOverloadMs = 10_000;

    public static HostPause Next(CrawlSettings settings, in HostTurn turn)
    {
        var latency = Latency(turn.LatencyMs, turn.HeadersMs);
        var delay = Delay(settings, turn.CrawlDelay, latency);
        var (wait, block, errors) = ((long)delay, (string?)null, 0);
        if (IsTrouble(turn.Status))
        {
            errors = Math.Min(Math.Max(turn.Errors, 0) + 1, 1_000);
            var pause = Backoff(delay, errors, turn.Status, turn.Random);
            if (pause > wait)
            {
                (wait, block) = (pause, HostBlocks.Errors);
            }
        }
        if (turn.Status >= 400 && RetryAfter.Parse(turn.RetryAfter, turn.Now) is { } asked)
        {
            // The host has named its time: that replaces our guess, but not the delay.
            var named = Math.Min(asked, MostRetryAfterMs);
            (wait, block) = named > delay ? (named, HostBlocks.RetryAfter) : (delay, null);
        }
        return new HostPause(turn.Now + wait, block, latency, errors, Refusal(settings, turn.CrawlDelay));
    }

    /// <summary>Between the end of a response and the next request, in whole milliseconds: rounded up.</summary>
    /// <param name="latencyMs">The mean.</param>
    public static int Delay(CrawlSettings settings, TimeSpan? crawlDelay, double latencyMs)
    {
        var own = Math.Max(settings.DelayMs, 0);
        var slow = own == 0 || !double.IsFinite(settings.LatencyFactor) ? 0 : Math.Ceiling(Math.Min(Math.Max(latencyMs, 0) * Math.Max(settings.LatencyFactor, 0), settings.MaxDelayMs));
        return (int)Math.Max(Math.Max(own, slow), Math.Min(Asked(crawlDelay), int.MaxValue));
    }

    /// <summary>Whether robots.txt asks for more patience than this crawl has.</summary>
    public static RefusalReason Refusal(CrawlSettings settings, TimeSpan? crawlDelay) =>
        Asked(crawlDelay) > Math.Max(settings.MaxDelayMs, settings.DelayMs) ? RefusalReason.CrawlDelayTooLong : RefusalReason.None;

    /// <summary>Whether an answer says that the host, not the page, is in trouble: none at all, 408, 429 and 5xx.</summary>
    /// <param name="status">0 for no answer.</param>
    public static bool IsTrouble(int status) => status is 0 or 408 or 429 or >= 500;

    private static double Asked(TimeSpan? crawlDelay) => Math.Max(Math.Ceiling(crawlDelay?.TotalMilliseconds ?? 0), 0);

    private static double Latency(double mean, double sample)
    {
        var now = Math.Clamp(sample, 1, MostLatencyMs);
        return mean <= 0 ? now : Math.Max(1, mean + ((now - mean) / Weight));
    }

    // One server error costs nothing but the delay: a broken page is not a broken host. Two in a row, no answer, or a word about overload do.
    private static long Backoff(int delay, int errors, int status, double random)
    {
        var isOverload = status is 429 or 503;
        var doublings = isOverload || status == 0 ? errors - 1 : errors - 2;
        if (doublings < 0)
        {
            return delay;
        }
        var first = Math.Max(delay, isOverload ? LeastOverloadMs : LeastBackoffMs);
        var pause = Math.Min(MostBackoffMs, first * Math.Pow(2, Math.Min(doublings, 32)));
        return (long)Math.Max(delay, pause * (1 + (Math.Clamp(random, 0, 1) / 4)));
    }
}
