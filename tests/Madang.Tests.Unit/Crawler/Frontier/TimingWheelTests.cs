using Madang.Crawler.Frontier;

namespace Madang.Tests.Unit.Crawler.Frontier;

public sealed class TimingWheelTests
{
    [Fact]
    public void Hosts_leave_at_their_millisecond_and_never_before()
    {
        var random = new Random(7);
        var wheel = new TimingWheel(1_000_000);
        var waiting = new List<HostSlot>();
        var now = 1_000_000L;
        var left = 0;
        for (var step = 0; step < 5_000; step++)
        {
            if (random.Next(3) == 0)
            {
                var host = Slot(step);
                waiting.Add(host);
                wheel.Add(host, now + 1 + random.NextInt64(1L << random.Next(1, 26)));
            }

            now += random.NextInt64(1, 1L << random.Next(1, 12));
            var ready = new Queue<HostSlot>();
            wheel.Advance(now, ready);
            var expected = waiting.Where(host => host.Due <= now).OrderBy(host => host.Due).Select(host => host.Due).ToList();
            Assert.Equal(expected, ready.Select(host => host.Due));
            left += ready.Count;
            waiting.RemoveAll(host => host.Due <= now);
            Assert.Equal(waiting.Count, wheel.Count);
        }

        Assert.True(left > 800);
    }

    [Fact]
    public void The_next_look_is_never_later_than_the_first_host()
    {
        var random = new Random(11);
        for (var run = 0; run < 100; run++)
        {
            var start = random.NextInt64(1, 1L << 40);
            var wheel = new TimingWheel(start);
            var due = start + 1 + random.NextInt64(1L << random.Next(1, 24));
            wheel.Add(Slot(run), due);
            var ready = new Queue<HostSlot>();
            var looks = 0;
            while (ready.Count == 0)
            {
                var next = wheel.Next()!.Value;
                Assert.True(next <= due);
                wheel.Advance(next, ready);
                looks++;
            }

            Assert.True(looks < 70_000);
            Assert.Equal(due, ready.Dequeue().Due);
        }
    }

    [Fact]
    public void A_host_that_was_taken_out_does_not_come()
    {
        var wheel = new TimingWheel(0);
        var (stays, goes) = (Slot(1), Slot(2));
        wheel.Add(stays, 500);
        wheel.Add(goes, 500);
        wheel.Remove(goes);
        var ready = new Queue<HostSlot>();
        wheel.Advance(10_000, ready);
        Assert.Same(stays, Assert.Single(ready));
        Assert.Null(wheel.Next());
    }

    private static HostSlot Slot(int id) => new(new HostRow { Id = id, Origin = "http://a.example", Domain = "a.example" }, "Madang");
}
