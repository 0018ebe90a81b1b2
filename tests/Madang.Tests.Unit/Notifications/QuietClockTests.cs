using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications.QuietHours;

namespace Madang.Tests.Unit.Notifications;

/// <summary>Quiet hours by the clock on the wall, in zones that jump and zones that do not.</summary>
public sealed class QuietClockTests
{
    private static readonly QuietWeek s_nights = new([.. Enum.GetValues<DayOfWeek>().Select(day => new QuietSpan(day, 22 * 60, 7 * 60))]);

    [Theory]
    // Seoul knows no summer time; the night from Monday to Tuesday.
    [InlineData("Asia/Seoul", "2026-06-01T12:59:00Z", null)]
    [InlineData("Asia/Seoul", "2026-06-01T13:00:00Z", "2026-06-01T22:00:00Z")]
    [InlineData("Asia/Seoul", "2026-06-01T21:59:59Z", "2026-06-01T22:00:00Z")]
    [InlineData("Asia/Seoul", "2026-06-01T22:00:00Z", null)]
    // New York jumps at 02:00 on 2026-03-08: that night is an hour shorter.
    [InlineData("America/New_York", "2026-03-08T03:00:00Z", "2026-03-08T11:00:00Z")]
    [InlineData("America/New_York", "2026-03-07T03:00:00Z", "2026-03-07T12:00:00Z")]
    // Berlin turns back on 2026-10-25: that night is an hour longer.
    [InlineData("Europe/Berlin", "2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z")]
    [InlineData("Europe/Berlin", "2026-10-23T20:00:00Z", "2026-10-24T05:00:00Z")]
    // Lord Howe moves by half an hour: back on 2026-04-05, forth on 2026-10-04.
    [InlineData("Australia/Lord_Howe", "2026-04-04T11:00:00Z", "2026-04-04T20:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2026-10-03T11:30:00Z", "2026-10-03T20:00:00Z")]
    public void A_night_ends_by_the_wall_however_long_it_is(string zone, string now, string? end) => Assert.Equal(At(end), QuietClock.EndOf(s_nights, QuietClock.Zone(zone), At(now)!.Value));

    [Theory]
    // The hour from 01:00 comes twice in New York on 2026-11-01: quiet until it ends for the last time, from when it begins for the first.
    [InlineData("America/New_York", DayOfWeek.Sunday, 60, 90, "2026-11-01T05:00:00Z", "2026-11-01T06:30:00Z")]
    [InlineData("America/New_York", DayOfWeek.Sunday, 60, 90, "2026-11-01T05:45:00Z", "2026-11-01T06:30:00Z")]
    [InlineData("America/New_York", DayOfWeek.Sunday, 60, 90, "2026-11-01T06:30:00Z", null)]
    // 02:00 to 03:00 is left out on 2026-03-08: a span inside is none, one that begins inside begins at the jump, one that ends inside ends there.
    [InlineData("America/New_York", DayOfWeek.Sunday, 125, 175, "2026-03-08T07:00:00Z", null)]
    [InlineData("America/New_York", DayOfWeek.Sunday, 150, 200, "2026-03-08T07:00:00Z", "2026-03-08T07:20:00Z")]
    [InlineData("America/New_York", DayOfWeek.Sunday, 60, 150, "2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z")]
    // Lord Howe leaves out 02:00 to 02:30 and repeats 01:30 to 02:00.
    [InlineData("Australia/Lord_Howe", DayOfWeek.Sunday, 130, 180, "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z")]
    [InlineData("Australia/Lord_Howe", DayOfWeek.Sunday, 90, 105, "2026-04-04T14:40:00Z", "2026-04-04T15:15:00Z")]
    public void Gaps_and_overlaps_are_kept_whole(string zone, DayOfWeek day, int from, int to, string now, string? end) =>
        Assert.Equal(At(end), QuietClock.EndOf(new([new(day, from, to)]), QuietClock.Zone(zone), At(now)!.Value));

    [Fact]
    public void Spans_that_touch_are_one_and_a_week_without_end_is_looked_at_again()
    {
        var touching = new QuietWeek([new(DayOfWeek.Monday, 0, 600), new(DayOfWeek.Monday, 600, 720)]);
        Assert.Equal(At("2026-06-01T12:00:00Z"), QuietClock.EndOf(touching, TimeZoneInfo.Utc, At("2026-06-01T01:00:00Z")!.Value));
        var always = new QuietWeek([.. Enum.GetValues<DayOfWeek>().Select(day => new QuietSpan(day, 0, 0))]);
        var now = At("2026-06-01T01:00:00Z")!.Value;
        Assert.InRange(QuietClock.EndOf(always, TimeZoneInfo.Utc, now)!.Value, now.AddDays(7), now.AddDays(8));
    }

    [Fact]
    public void Far_from_a_change_of_clocks_it_is_what_the_wall_says_minute_by_minute()
    {
        var spans = from day in Gen.Choose(0, 6) from start in Gen.Choose(0, 1_439) from end in Gen.Choose(0, 1_439) select new QuietSpan((DayOfWeek)day, start, end);
        var cases = from week in Gen.ListOf(spans).Select(list => new QuietWeek([.. list.Take(4)]))
                    from zone in Gen.Elements("Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
                    from minute in Gen.Choose(0, 14 * 1_440)
                    select (week, zone, now: At("2026-06-01T00:00:00Z")!.Value.AddMinutes(minute));
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var end = QuietClock.EndOf(one.week, QuietClock.Zone(one.zone), one.now);
            var wall = TimeZoneInfo.ConvertTime(one.now, QuietClock.Zone(one.zone)).DateTime;
            return (end is not null) == IsQuiet(one.week, wall)
                && (end is not { } until || until - one.now >= TimeSpan.FromDays(7) || !IsQuiet(one.week, TimeZoneInfo.ConvertTime(until, QuietClock.Zone(one.zone)).DateTime));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_week_is_read_as_it_was_written() => Assert.Equal(s_nights.Spans, QuietWeek.Of(s_nights.Text).Spans);

    /// <summary>The naive rule: this minute lies in a span of today, or in what is left of one of yesterday.</summary>
    private static bool IsQuiet(QuietWeek week, DateTime wall)
    {
        var minute = (wall.Hour * 60) + wall.Minute;
        return week.Spans.Any(span => span.To > span.From
            ? span.Day == wall.DayOfWeek && minute >= span.From && minute < span.To
            : (span.Day == wall.DayOfWeek && minute >= span.From) || (span.Day == wall.AddDays(-1).DayOfWeek && minute < span.To));
    }

    private static DateTimeOffset? At(string? text) => text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
