using FsCheck;
using FsCheck.Fluent;
using Madang.Notifications.Limits;

namespace Madang.Tests.Unit.Notifications;

/// <summary>Limits: never more within any hour or day, and open again soon after.</summary>
public sealed class TallyTests
{
    private static readonly DateTimeOffset s_start = new(2026, 6, 1, 9, 2, 0, TimeSpan.Zero);

    [Fact]
    public void However_they_come_no_hour_and_no_day_holds_more_than_the_limit_and_none_waits_longer_than_a_bucket()
    {
        var cases = from gaps in Gen.ListOf(Gen.Choose(0, 4_000)) from hour in Gen.Choose(1, 5) from day in Gen.Choose(1, 12) select (gaps, hour, day);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (allowance, tally, now) = (new Allowance(one.hour, one.day), Tally.Empty, s_start);
            var passed = new List<DateTimeOffset>();
            foreach (var gap in one.gaps)
            {
                now = now.AddSeconds(gap);
                if (tally.Allows(allowance, now))
                {
                    tally = Tally.Of(tally.Add(now).ToBytes());
                    passed.Add(now);
                }
                else if (passed.Count(at => now - at < TimeSpan.FromMinutes(66)) < one.hour && passed.Count(at => now - at < TimeSpan.FromHours(25.1)) < one.day)
                {
                    return false;
                }
            }

            return passed.All(at => passed.Count(other => other <= at && at - other <= TimeSpan.FromHours(1)) <= one.hour
                && passed.Count(other => other <= at && at - other <= TimeSpan.FromDays(1)) <= one.day);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void It_says_when_it_opens_again()
    {
        var tally = Tally.Empty.Add(s_start).Add(s_start.AddMinutes(20));
        var free = tally.FreeAt(new(2, null), s_start.AddMinutes(30));
        Assert.Equal(s_start.AddMinutes(63), free);
        Assert.True(tally.Allows(new(2, null), free));
        Assert.False(tally.Allows(new(2, null), free.AddMilliseconds(-1)));
        Assert.Equal(s_start, tally.FreeAt(new(null, null), s_start));
    }

    [Fact]
    public void A_clock_that_is_set_back_opens_nothing_and_strange_bytes_are_empty()
    {
        var tally = Tally.Empty.Add(s_start);
        Assert.Equal(1, tally.InHour(s_start.AddHours(-5)));
        Assert.Equal(2, tally.Add(s_start.AddHours(-5)).InHour(s_start));
        Assert.Equal(0, Tally.Of([1, 2, 3]).InDay(s_start));
    }
}
