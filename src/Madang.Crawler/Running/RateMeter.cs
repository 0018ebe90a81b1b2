namespace Madang.Crawler.Running;

/// <summary>Events per second over the last ten.</summary>
internal sealed class RateMeter(CrawlClock clock)
{
    private const int Seconds = 10;

    private readonly Lock _gate = new();
    private readonly (long Second, long Count)[] _slots = new (long, long)[Seconds + 1];
    private readonly long _began = clock.Now;

    public void Add(int count)
    {
        lock (_gate)
        {
            var second = clock.Now / 1000;
            ref var slot = ref _slots[second % _slots.Length];
            slot = slot.Second == second ? (second, slot.Count + count) : (second, count);
        }
    }

    public double PerSecond
    {
        get
        {
            lock (_gate)
            {
                var now = clock.Now;
                var whole = _slots.Where(slot => slot.Second >= (now / 1000) - Seconds).Sum(slot => slot.Count);
                return whole * 1000.0 / Math.Clamp(now - _began, 1000, Seconds * 1000);
            }
        }
    }
}
