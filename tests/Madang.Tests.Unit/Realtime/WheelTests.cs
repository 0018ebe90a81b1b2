using Madang.Realtime.Delivery;

namespace Madang.Tests.Unit.Realtime;

public sealed class WheelTests
{
    [Fact]
    public void Everything_comes_up_at_its_time_and_no_timer_runs_when_nothing_waits()
    {
        var time = new FakeTime();
        using var wheel = new Wheel(time);
        Assert.Equal(0, time.Timers);
        var (soon, later, far) = (new Bell(wheel), new Bell(wheel), new Bell(wheel));
        wheel.Wake(soon, 300);
        wheel.Wake(later, 25_000);
        wheel.Wake(far, 100_000);
        time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.Empty(soon.Rang);
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.InRange(soon.Rang.Single(), 300, 350);
        Assert.InRange(later.Rang.Single(), 25_000, 25_050);
        Assert.InRange(far.Rang.Single(), 100_000, 100_050);
        Assert.Equal(0, time.Timers);
    }

    [Fact]
    public void An_earlier_time_wins_and_a_later_one_is_left_to_who_is_woken()
    {
        var time = new FakeTime();
        using var wheel = new Wheel(time);
        var bell = new Bell(wheel);
        wheel.Wake(bell, 20_000);
        wheel.Wake(bell, 500);
        wheel.Wake(bell, 30_000);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(bell.Rang.Single(), 500, 550);
    }

    [Fact]
    public void Who_answers_with_a_time_comes_up_again()
    {
        var time = new FakeTime();
        using var wheel = new Wheel(time);
        var bell = new Bell(wheel) { Every = 1000 };
        wheel.Wake(bell, 1000);
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.InRange(bell.Rang.Count, 55, 60);
    }

    private sealed class Bell(Wheel wheel) : Timed
    {
        public List<long> Rang { get; } = [];

        public long? Every { get; init; }

        internal override long Tick(long now)
        {
            Rang.Add(wheel.Now);
            return Every is { } every ? now + every : long.MaxValue;
        }
    }
}
