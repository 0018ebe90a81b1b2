using Madang.Notifications.Planning;

namespace Madang.Tests.Unit.Notifications.Planning;

/// <summary>How long a broadcast rests between its chunks.</summary>
public sealed class PaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Chunk = TimeSpan.FromMilliseconds(2);

    [Fact]
    public void A_million_people_at_3600_a_second_take_less_than_five_minutes_and_not_less_than_four_and_a_half()
    {
        var (pace, now) = (new Pace(3_600, 1), Start);
        for (var people = 0; people < 1_000_000; people += 40)
        {
            now += Chunk;
            now += pace.Rest(40, Chunk, now);
        }

        Assert.InRange(now - Start, TimeSpan.FromMinutes(4.5), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public void A_timer_that_wakes_late_costs_nothing_of_the_rate()
    {
        var (pace, now) = (new Pace(3_600, 1), Start);
        for (var people = 0; people < 36_000; people += 40)
        {
            now += Chunk;
            now += pace.Rest(40, Chunk, now) + TimeSpan.FromMilliseconds(2);
        }

        Assert.InRange((now - Start).TotalSeconds, 9.8, 10.2);
    }

    [Fact]
    public void What_is_too_slow_for_its_rate_leaves_half_of_the_time_to_others()
    {
        var pace = new Pace(3_600, 1);
        var took = TimeSpan.FromMilliseconds(20);
        for (var now = Start; now < Start.AddSeconds(10); now += took)
        {
            Assert.Equal(took, pace.Rest(10, took, now += took));
        }
    }

    [Fact]
    public void A_stall_is_followed_by_no_burst()
    {
        var (pace, now) = (new Pace(1_000, 0), Start);
        pace.Rest(1, Chunk, now);
        now += TimeSpan.FromMinutes(1);
        var people = 0;
        for (var until = now.AddSeconds(1); now < until; people += 10)
        {
            now += Chunk;
            now += pace.Rest(10, Chunk, now);
        }

        Assert.InRange(people, 1_000, 1_120);
    }

    [Fact]
    public void Without_a_rate_it_rests_as_long_as_it_worked_but_never_long()
    {
        var pace = new Pace(0, 1);
        Assert.Equal(Chunk, pace.Rest(40, Chunk, Start));
        Assert.Equal(TimeSpan.FromMilliseconds(40), pace.Rest(40, TimeSpan.FromSeconds(3), Start));
    }
}
