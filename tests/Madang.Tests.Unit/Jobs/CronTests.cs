using FsCheck;
using FsCheck.Fluent;
using Madang.Jobs.Scheduling;

namespace Madang.Tests.Unit.Jobs;

public sealed class CronTests
{
    private static readonly string[] Zones = ["Etc/UTC", "Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"];

    [Theory]
    [InlineData("* * * * *", "2026-06-01T00:00:30Z", "2026-06-01T00:01:00Z")]
    [InlineData("*/15 * * * *", "2026-06-01T00:45:00Z", "2026-06-01T01:00:00Z")]
    [InlineData("5/20 * * * *", "2026-06-01T00:05:00Z", "2026-06-01T00:25:00Z")]
    [InlineData("10-30/10,55 * * * *", "2026-06-01T00:30:00Z", "2026-06-01T00:55:00Z")]
    [InlineData("0 9 * * mon-fri", "2026-06-05T09:00:00Z", "2026-06-08T09:00:00Z")]
    [InlineData("0 0 * * 7", "2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z")]
    [InlineData("0 0 * * 5-7", "2026-06-06T00:00:00Z", "2026-06-07T00:00:00Z")]
    [InlineData("0 0 1 JAN *", "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("0 0 29 2 *", "2026-06-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-06-01T00:00:00Z", "2026-06-05T00:00:00Z")] // either day field
    [InlineData("0 0 */2 * 1", "2026-06-02T00:00:00Z", "2026-06-15T00:00:00Z")] // both, since one starts with *
    [InlineData("@hourly", "2026-06-01T00:00:00Z", "2026-06-01T01:00:00Z")]
    [InlineData("@daily", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")]
    [InlineData("@weekly", "2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z")]
    [InlineData("@monthly", "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z")]
    [InlineData("@yearly", "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void The_next_time_is_what_crontab_says(string cron, string after, string next) =>
        Assert.Equal(At(next), Cron.Parse(cron).Next(At(after), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("30 9 * * *", "Asia/Seoul", "2026-06-01T00:00:00Z", "2026-06-01T00:30:00Z")]
    // New York springs from 02:00 to 03:00 on 8 March: what is skipped fires at the change, what follows the clock does not exist.
    [InlineData("30 2 * * *", "America/New_York", "2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z")]
    [InlineData("*/30 2 * * *", "America/New_York", "2026-03-07T07:30:00Z", "2026-03-09T06:00:00Z")]
    [InlineData("0 * * * *", "America/New_York", "2026-03-08T06:00:00Z", "2026-03-08T07:00:00Z")]
    // It falls back from 02:00 to 01:00 on 1 November: a fixed time fires the first time only, the clock runs through the hour twice.
    [InlineData("30 1 * * *", "America/New_York", "2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    [InlineData("*/30 * * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z")]
    [InlineData("0 * * * *", "America/New_York", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z")]
    // Lord Howe moves by half an hour, from 02:00 to 02:30.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z")]
    [InlineData("45 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-03T15:45:00Z")]
    // Casablanca changes its standard time for Ramadan: back at 03:00 on 15 February.
    [InlineData("26 2 * * *", "Africa/Casablanca", "2026-02-15T01:26:00Z", "2026-02-16T02:26:00Z")]
    [InlineData("*/26 2 * * *", "Africa/Casablanca", "2026-02-15T01:52:00Z", "2026-02-15T02:00:00Z")]
    public void Summer_time_skips_and_repeats_as_documented(string cron, string zone, string after, string next) =>
        Assert.Equal(At(next), Cron.Parse(cron).Next(At(after), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Theory]
    [InlineData("")]
    [InlineData("* * * *")]
    [InlineData("* * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("* 24 * * *")]
    [InlineData("* * 0 * *")]
    [InlineData("* * 32 * *")]
    [InlineData("* * * 13 *")]
    [InlineData("* * * * 8")]
    [InlineData("30-10 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("1,, * * * *")]
    [InlineData("-1 * * * *")]
    [InlineData("+1 * * * *")]
    [InlineData("* * * foo *")]
    [InlineData("@reboot")]
    [InlineData("0 0 30 2 *")] // never comes
    public void What_is_no_expression_is_refused(string cron) => Assert.Throws<FormatException>(() => Cron.Parse(cron));

    [Fact]
    public void The_next_time_equals_what_stepping_through_every_minute_finds() => Prop.ForAll(
        Cases().ToArbitrary(),
        tuple =>
        {
            var (text, zoneId, after) = tuple;
            var (cron, zone) = (Cron.Parse(text), TimeZoneInfo.FindSystemTimeZoneById(zoneId));
            var until = after.AddDays(4);
            var found = cron.Next(after, zone);
            var expected = Step(cron, zone, after, until);
            return expected is null ? found is null || found > until : found == expected;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    // The oracle knows no search: it walks the UTC minutes and looks at a clock on the wall.
    private static DateTimeOffset? Step(Cron cron, TimeZoneInfo zone, DateTimeOffset after, DateTimeOffset until)
    {
        var latest = DateTime.MinValue;
        for (var minute = after.AddDays(-1); minute <= until; minute = minute.AddMinutes(1))
        {
            var wall = TimeZoneInfo.ConvertTime(minute, zone).DateTime;
            var fires = cron.Matches(wall) && (cron.FollowsClock || wall > latest);
            for (var skipped = latest.AddMinutes(1); latest > DateTime.MinValue && !cron.FollowsClock && skipped < wall; skipped = skipped.AddMinutes(1))
            {
                fires |= cron.Matches(skipped);
            }

            latest = wall > latest ? wall : latest;
            if (fires && minute > after)
            {
                return minute;
            }
        }

        return null;
    }

    private static Gen<(string Cron, string Zone, DateTimeOffset After)> Cases()
    {
        // Days around the changes of 2026, where the mistakes live.
        string[] days = ["2026-03-07T12:00:00Z", "2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z", "2026-10-31T12:00:00Z", "2026-04-04T00:00:00Z", "2026-10-03T00:00:00Z", "2026-02-14T12:00:00Z"];
        var minute = Gen.Frequency((1, Gen.Elements("*", "*/7", "*/30")), (3, Gen.OneOf(Gen.Elements("0,30", "10-20/5"), Gen.Choose(0, 59).Select(Text))));
        var hour = Gen.Frequency((1, Gen.Elements("*", "*/2")), (3, Gen.OneOf(Gen.Elements("1-3", "0,1,2,3"), Gen.Choose(0, 4).Select(Text))), (1, Gen.Choose(0, 23).Select(Text)));
        var day = Gen.Frequency((4, Gen.Constant("*")), (1, Gen.Choose(1, 31).Select(Text)), (1, Gen.Constant("*/2")));
        var weekday = Gen.Frequency((4, Gen.Constant("*")), (1, Gen.Choose(0, 7).Select(Text)), (1, Gen.Constant("sat,sun")));
        return from m in minute
               from h in hour
               from d in day
               from w in weekday
               from zone in Gen.Elements(Zones)
               from start in Gen.Elements(days)
               from minutes in Gen.Choose(0, 2 * 24 * 60)
               select ($"{m} {h} {d} * {w}", zone, At(start).AddMinutes(minutes));
    }

    private static string Text(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
