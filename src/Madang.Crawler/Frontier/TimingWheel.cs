namespace Madang.Crawler.Frontier;

/// <summary>
/// Hosts by the millisecond at which they are due: a hierarchical timing wheel (Varghese and Lauck 1987) of four levels with 256 slots each, which reaches 49 days ahead.
/// Adding and removing are O(1), and nothing leaves before its time. Used by the selector's loop alone.
/// </summary>
internal sealed class TimingWheel(long now)
{
    private const int Bits = 8;
    private const int Slots = 1 << Bits;
    private const int Levels = 4;
    private const long Reach = (1L << (Bits * Levels)) - 1;

    private readonly HostSlot?[] _heads = new HostSlot?[Levels * Slots];
    private long _tick = now;

    public int Count { get; private set; }

    /// <summary>The host leaves at <paramref name="due"/> or, when that is past, with the next turn.</summary>
    public void Add(HostSlot host, long due)
    {
        host.Due = Math.Clamp(due, _tick + 1, _tick + Reach);
        Link(host);
        Count++;
    }

    public void Remove(HostSlot host)
    {
        Unlink(host);
        Count--;
    }

    /// <summary>Moves to <paramref name="now"/> and hands out what is due, earliest first.</summary>
    public void Advance(long now, Queue<HostSlot> ready)
    {
        if (Count == 0)
        {
            _tick = Math.Max(_tick, now);
            return;
        }

        while (_tick < now)
        {
            _tick++;
            Cascade();
            ref var head = ref _heads[_tick & (Slots - 1)];
            while (head is { } host)
            {
                Remove(host);
                host.Place = HostPlace.Ready;
                ready.Enqueue(host);
            }
        }
    }

    /// <summary>A moment at which <see cref="Advance"/> is worth a call; null when the wheel is empty. Never later than the first host's time.</summary>
    public long? Next()
    {
        if (Count == 0)
        {
            return null;
        }

        for (var tick = _tick + 1; ; tick++)
        {
            // The lowest level ends here: what comes next stands in a higher one and must cascade first.
            if (_heads[tick & (Slots - 1)] is not null || (tick & (Slots - 1)) == 0)
            {
                return tick;
            }
        }
    }

    private void Cascade()
    {
        for (var level = 1; level < Levels && (_tick & ((1L << (Bits * level)) - 1)) == 0; level++)
        {
            ref var head = ref _heads[(level * Slots) + (int)((_tick >> (Bits * level)) & (Slots - 1))];
            while (head is { } host)
            {
                Unlink(host);
                Link(host);
            }
        }
    }

    private void Link(HostSlot host)
    {
        var ahead = host.Due - _tick;
        var level = 0;
        while (level < Levels - 1 && ahead >= 1L << (Bits * (level + 1)))
        {
            level++;
        }

        var slot = (level * Slots) + (int)((host.Due >> (Bits * level)) & (Slots - 1));
        host.Slot = slot;
        host.Previous = null;
        host.Following = _heads[slot];
        if (host.Following is { } next)
        {
            next.Previous = host;
        }

        _heads[slot] = host;
    }

    private void Unlink(HostSlot host)
    {
        if (host.Previous is { } previous)
        {
            previous.Following = host.Following;
        }
        else
        {
            _heads[host.Slot] = host.Following;
        }

        if (host.Following is { } next)
        {
            next.Previous = host.Previous;
        }

        host.Previous = host.Following = null;
    }
}
