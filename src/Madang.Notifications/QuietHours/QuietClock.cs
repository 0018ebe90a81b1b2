namespace Madang.Notifications.QuietHours;

/// <summary>
/// When somebody's quiet hours end. A span begins when the clock on the wall shows its beginning for the first time and ends when it shows its end for the last:
/// an hour that comes twice is quiet both times. A time that the clock leaves out is the moment at which it jumps, so that a span inside the gap is none.
/// </summary>
internal static class QuietClock
{
    // Whoever is quiet all week is looked at again in a week.
    private static readonly TimeSpan s_horizon = TimeSpan.FromDays(7);

    /// <summary>The zone of this IANA name; UTC for one that this machine does not know.</summary>
    public static TimeZoneInfo Zone(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>Null when <paramref name="now"/> is not quiet. Spans that touch are one; at most a week ahead.</summary>
    public static DateTimeOffset? EndOf(QuietWeek week, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (week.Spans.Count == 0)
        {
            return null;
        }

        DateTimeOffset? end = null;
        for (var at = now; at - now < s_horizon && SpanEnd(week, zone, at) is { } later; at = later)
        {
            end = later;
        }

        return end;
    }

    /// <summary>The latest end of the spans that hold this moment.</summary>
    private static DateTimeOffset? SpanEnd(QuietWeek week, TimeZoneInfo zone, DateTimeOffset at)
    {
        var today = TimeZoneInfo.ConvertTime(at, zone).Date;
        DateTimeOffset? end = null;

        // A span may have begun yesterday, and one of the hour that comes twice at midnight tomorrow by the wall.
        for (var day = -1; day <= 1; day++)
        {
            var date = today.AddDays(day);
            foreach (var span in week.Spans)
            {
                if (span.Day != date.DayOfWeek)
                {
                    continue;
                }

                var until = InstantOf(date.AddMinutes(span.To > span.From ? span.To : span.To + QuietSpan.MinutesOfDay), zone, isLast: true);
                if (at < until && at >= InstantOf(date.AddMinutes(span.From), zone, isLast: false) && (end is null || until > end))
                {
                    end = until;
                }
            }
        }

        return end;
    }

    /// <summary>The moment at which the wall shows <paramref name="local"/>: the first or the last of two, or the jump that leaves it out.</summary>
    internal static DateTimeOffset InstantOf(DateTime local, TimeZoneInfo zone, bool isLast)
    {
        if (zone.IsInvalidTime(local))
        {
            return JumpOver(local, zone);
        }

        if (!zone.IsAmbiguousTime(local))
        {
            return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
        }

        var offsets = zone.GetAmbiguousTimeOffsets(local);
        // The greater offset is the earlier moment.
        return new DateTimeOffset(local, isLast ? offsets.Min() : offsets.Max()).ToUniversalTime();
    }

    /// <summary>Minutes suffice: no zone has jumped within one since quiet hours are kept.</summary>
    private static DateTimeOffset JumpOver(DateTime local, TimeZoneInfo zone)
    {
        var before = local.AddMinutes(-1);
        while (zone.IsInvalidTime(before))
        {
            before = before.AddMinutes(-1);
        }

        // The minute before the gap, and one more: there the clock jumps.
        return new DateTimeOffset(before, zone.GetUtcOffset(before)).ToUniversalTime().AddMinutes(1);
    }
}
