namespace Madang.Realtime.Delivery;

/// <summary>
/// One timer for every connection: a wheel of 512 slots of 50 ms. Whoever waits for a moment lies in the slot of that moment, and decides
/// when it comes up what is due; nothing lies in the wheel but references, and the timer rests when there are none.
/// </summary>
internal sealed class Wheel : IDisposable
{
    public const int TickMs = 50;
    private const int Slots = 512;

    private readonly List<Timed>?[] _slots = new List<Timed>?[Slots];
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _started;
    private long _tick;
    private int _count;
    private bool _turning;

    public Wheel(TimeProvider time)
    {
        _time = time;
        _started = time.GetTimestamp();
        _timer = time.CreateTimer(static wheel => ((Wheel)wheel!).Turn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Milliseconds since start on a clock that never steps.</summary>
    public long Now => (long)_time.GetElapsedTime(_started).TotalMilliseconds;

    /// <summary>Wakes <paramref name="timed"/> at <paramref name="due"/> or within a tick after it; an earlier time that was asked for before stays.</summary>
    public void Wake(Timed timed, long due)
    {
        lock (_lock)
        {
            if (due >= timed.Due)
            {
                return;
            }

            if (_count == 0)
            {
                _tick = Now / TickMs;
                if (!_turning)
                {
                    Arm();
                }
            }

            var tick = Math.Max(TickOf(due), _tick + 1);
            timed.Due = tick * TickMs;
            (_slots[tick % Slots] ??= []).Add(timed);
            _count++;
        }
    }

    private static long TickOf(long due) => (due + TickMs - 1) / TickMs;

    private void Arm() => _timer.Change(TimeSpan.FromMilliseconds(TickMs), Timeout.InfiniteTimeSpan);

    private void Turn()
    {
        List<Timed> due = [];
        lock (_lock)
        {
            _turning = true;
            var now = Now / TickMs;
            // A pause longer than a turn of the wheel passes every slot once, not once for each turn missed.
            for (_tick = Math.Max(_tick, now - Slots); _tick < now;)
            {
                _tick++;
                Collect(_slots[_tick % Slots], now, due);
            }
        }

        foreach (var timed in due)
        {
            var next = timed.Tick(Now);
            if (next < long.MaxValue)
            {
                Wake(timed, next);
            }
        }

        lock (_lock)
        {
            _turning = false;
            if (_count > 0)
            {
                Arm();
            }
        }
    }

    private void Collect(List<Timed>? slot, long now, List<Timed> due)
    {
        if (slot is null)
        {
            return;
        }

        var kept = 0;
        for (var i = 0; i < slot.Count; i++)
        {
            var timed = slot[i];
            var tick = timed.Due / TickMs;
            if (timed.Due == long.MaxValue || tick % Slots != _tick % Slots)
            {
                // Superseded by an earlier time that has already come up.
                continue;
            }

            if (tick > now)
            {
                slot[kept++] = timed;
                continue;
            }

            timed.Due = long.MaxValue;
            due.Add(timed);
        }

        _count -= slot.Count - kept;
        slot.RemoveRange(kept, slot.Count - kept);
        if (kept == 0 && slot.Capacity > 64)
        {
            slot.Capacity = 0;
        }
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Something that waits in the <see cref="Wheel"/>.</summary>
internal abstract class Timed
{
    /// <summary>When it comes up next; written by the wheel alone.</summary>
    internal long Due { get; set; } = long.MaxValue;

    /// <summary>Does what is due; answers when to come up next, <see cref="long.MaxValue"/> for not by itself.</summary>
    internal abstract long Tick(long now);
}
