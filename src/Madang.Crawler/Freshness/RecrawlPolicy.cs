using System.Numerics;
using Madang.Crawler.Frontier;
using Madang.Outbound;

namespace Madang.Crawler.Freshness;

/// <summary>
/// Where a URL goes after a visit. Failures are tried again a little later, three times in all. A page that was there once is given up only after three visits, each a day apart, that found nothing
/// (404, 410); other failures leave it as it was. In a crawl that goes on, the interval between visits halves when a page has changed and grows by half when it has not, and what robots.txt
/// keeps back, or cannot be asked about, is looked at again with it.
/// </summary>
internal static class RecrawlPolicy
{
    public const int MostAttempts = 3;

    /// <summary>Visits that must find nothing before a page is gone.</summary>
    public const int MostMissing = 3;

    private const long DayMs = 86_400_000;
    private const int DaySeconds = 86_400;
    private const int FirstRetryMs = 10_000;
    private const int RetryFactor = 4;

    /// <summary>SimHashes so near are the same text with another date or counter in it.</summary>
    private const int MinorBits = 3;

    private const double Grows = 1.5;
    private const double Shrinks = 0.5;
    private const double ShrinksLittle = 0.95;

    /// <param name="url">With what the last visit left.</param>
    /// <param name="page">What this visit found; its place afterwards is not yet filled in.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <returns>The page with <see cref="PageRow.Next"/> and what goes with it.</returns>
    public static PageRow Settle(CrawlSettings settings, WaitingUrl url, PageRow page, in VisitHints hints, long now)
    {
        var last = url.Last;
        page = page with { Fetches = (last?.Fetches ?? 0) + 1, Changes = last?.Changes ?? 0 };
        if (page.Fault == OutboundFaults.AddressRefused)
        {
            return page with { Next = UrlState.Refused, Reason = RefusalReason.AddressRefused };
        }
        if (page.Status is 0 or 408 or 429 or >= 500)
        {
            return Fail(settings, url, Keep(page, last), now);
        }
        if (page.Status is 404 or 410)
        {
            return Miss(settings, url, page, now);
        }
        page = Compare(settings, last, page, hints);
        if (hints.UnavailableAfter is { } end && end.ToUnixTimeMilliseconds() <= now)
        {
            return page with { Next = UrlState.Done, NoIndex = true };
        }
        if (!settings.Recrawl)
        {
            return page with { Next = UrlState.Done };
        }
        var due = now + Scattered(page.IntervalSeconds, page.Key);
        return page with { Next = UrlState.Resting, DueAt = Math.Min(due, hints.UnavailableAfter?.ToUnixTimeMilliseconds() ?? long.MaxValue) };
    }

    /// <summary>Where a URL goes that may not be fetched now.</summary>
    /// <param name="robotsAt">When the host's robots.txt is asked for again, Unix milliseconds.</param>
    public static UrlMove Refuse(CrawlSettings settings, WaitingUrl url, RefusalReason reason, long robotsAt, long now)
    {
        // A site that is down for an hour, or forbids for a day, is not lost to a crawl that goes on. What robots.txt forbids and nobody has seen or named stays refused.
        var comesBack = settings.Recrawl && (reason == RefusalReason.RobotsUnreachable || (reason == RefusalReason.Robots && (url.Last is not null || url.Depth == 0)));
        return comesBack
            ? new UrlMove(url.Key, UrlState.Resting, reason, url.Class, Math.Max(robotsAt, now + Scattered(Least(settings), url.Key)), url.Attempts)
            : new UrlMove(url.Key, reason.IsParking() ? UrlState.Parked : UrlState.Refused, reason, url.Class, 0, url.Attempts);
    }

    /// <summary>A sitemap or feed says that a page has changed: when to visit it now.</summary>
    /// <param name="due">As it stands, Unix milliseconds.</param>
    /// <returns>Never later than <paramref name="due"/> and never sooner than the least interval after the last visit. Who has cried wolf is believed half.</returns>
    public static long Pull(CrawlSettings settings, LastVisit last, long due, DateTimeOffset modified, long now)
    {
        var at = modified.ToUnixTimeMilliseconds();
        // A date ahead of time is a wrong clock or a trick.
        if (at <= last.FetchedAt || at > now + DayMs)
        {
            return due;
        }
        var wait = (long)Least(settings);
        if (last.Fetches >= 5 && last.Changes * 5 <= last.Fetches)
        {
            wait = Math.Max(wait, last.IntervalSeconds / 2);
        }
        return Math.Min(due, Math.Max(now, last.FetchedAt + (wait * 1_000)));
    }

    /// <summary>How many times a fault is worth a try.</summary>
    public static int Attempts(string? fault) => fault switch
    {
        OutboundFaults.InvalidRequest or OutboundFaults.PortRefused or OutboundFaults.TooCompressed or OutboundFaults.BadRedirect => 1,
        OutboundFaults.TlsFailed or OutboundFaults.BadEncoding or OutboundFaults.ProtocolError or OutboundFaults.TooLarge => 2,
        _ => MostAttempts,
    };

    private static PageRow Fail(CrawlSettings settings, WaitingUrl url, PageRow page, long now)
    {
        // No place for a connection is our own trouble.
        var attempts = page.Fault == OutboundFaults.NoPlace ? url.Attempts : url.Attempts + 1;
        if (attempts < Attempts(page.Fault))
        {
            var wait = FirstRetryMs * Math.Pow(RetryFactor, Math.Max(0, attempts - 1));
            return page with { Next = UrlState.Resting, Attempts = attempts, DueAt = now + (long)(wait * Scatter(url.Key)) };
        }
        // A seed is there because somebody said so.
        if (!WasThere(url.Last) && !(settings.Recrawl && url.Depth == 0 && Attempts(page.Fault) == MostAttempts))
        {
            return page with { Next = UrlState.Gone, Reason = RefusalReason.Failed, Attempts = attempts };
        }
        var interval = Math.Clamp((int)Math.Min(page.IntervalSeconds * Grows, int.MaxValue), Least(settings), Most(settings));
        return settings.Recrawl
            ? page with { Next = UrlState.Resting, IntervalSeconds = interval, DueAt = now + Scattered(interval, url.Key) }
            : page with { Next = UrlState.Done };
    }

    private static PageRow Miss(CrawlSettings settings, WaitingUrl url, PageRow page, long now)
    {
        if (!WasThere(url.Last) || url.Last is not { } last)
        {
            return page with { Next = UrlState.Gone, Reason = RefusalReason.NotFound };
        }
        var missing = last.Missing == 0 || now - last.FetchedAt >= DayMs ? last.Missing + 1 : last.Missing;
        page = Keep(page, last) with { Missing = missing };
        return missing >= MostMissing
            ? page with { Next = UrlState.Gone, Reason = RefusalReason.NotFound }
            : page with { Next = UrlState.Resting, DueAt = now + Scattered(Math.Max(DaySeconds, last.IntervalSeconds), url.Key) + (DayMs / 10) };
    }

    /// <summary>What changed, and the interval that follows from it.</summary>
    private static PageRow Compare(CrawlSettings settings, LastVisit? last, PageRow page, in VisitHints hints)
    {
        if (!WasThere(last) || last is null)
        {
            return page with { Changed = page.BodyHash != 0, IntervalSeconds = Math.Clamp(First(page.ContentType, hints.ChangeFrequency), Least(settings), Most(settings)) };
        }
        var isSame = page.Status == 304 || page.BodyHash == last.BodyHash || page.Status is >= 300 and < 400;
        var isMinor = !isSame && page.SimHash != 0 && last.SimHash != 0 && BitOperations.PopCount((ulong)(page.SimHash ^ last.SimHash)) <= MinorBits;
        var factor = isSame ? Grows : isMinor ? ShrinksLittle : Shrinks;
        var before = last.IntervalSeconds > 0 ? last.IntervalSeconds : First(page.ContentType, hints.ChangeFrequency);
        var interval = Math.Clamp((int)Math.Min(before * factor, int.MaxValue), Least(settings), Most(settings));
        page = page.Status == 304 ? Keep(page, last) : page;
        return page with { IntervalSeconds = interval, Changed = !isSame, Changes = last.Changes + (isSame || isMinor ? 0 : 1) };
    }

    /// <summary>A visit that brought no body leaves what was known of it.</summary>
    private static PageRow Keep(PageRow page, LastVisit? last) => last is null ? page : page with
    {
        BodyHash = last.BodyHash,
        SimHash = last.SimHash,
        Etag = page.Etag ?? last.Etag,
        LastModified = page.LastModified ?? last.LastModified,
        IntervalSeconds = last.IntervalSeconds,
        Missing = page.Status == 304 ? 0 : last.Missing,
    };

    private static bool WasThere(LastVisit? last) => last is not null && (last.BodyHash != 0 || last.Missing > 0);

    // A feed is made to be looked at often, a picture or paper hardly changes, a page stands between them.
    private static int First(string? contentType, string? changeFrequency) => changeFrequency switch
    {
        "always" or "hourly" => 3_600,
        "daily" => DaySeconds,
        "weekly" => 7 * DaySeconds,
        "monthly" => 30 * DaySeconds,
        "yearly" or "never" => 365 * DaySeconds,
        _ => contentType switch
        {
            not null when Has(contentType, "html") => DaySeconds,
            not null when Has(contentType, "xml") || Has(contentType, "json") => 3_600,
            not null when contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) => DaySeconds,
            null => DaySeconds,
            _ => 7 * DaySeconds,
        },
    };

    private static bool Has(string contentType, string part) => contentType.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static int Least(CrawlSettings settings) => Math.Max(settings.MinRecrawlSeconds, 1);

    private static int Most(CrawlSettings settings) => Math.Max(settings.MaxRecrawlSeconds, Least(settings));

    // 0.9 to 1.1, the same for a URL: what was found together is not visited together for ever.
    private static double Scatter(UrlKey key) => 0.9 + ((ulong)key.Hash % 1_000 / 5_000.0);

    private static long Scattered(int seconds, UrlKey key) => (long)(seconds * 1_000.0 * Scatter(key));
}
