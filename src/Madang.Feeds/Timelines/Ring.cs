namespace Madang.Feeds.Timelines;

/// <summary>
/// The newest ids of one timeline, ascending, each once, 8 bytes an entry. One writer at a time (who holds its shard); readers take no lock: they copy and
/// look whether what they copied moved meanwhile. It knows down to which id it is complete, and forgets the oldest when it is full.
/// </summary>
internal sealed class Ring
{
    private const int FirstCapacity = 32;

    private readonly int _most;
    private long[] _ids;
    private long _floor;

    // Places of the newest and the oldest id, counted from the beginning of time: the place in the array is the count modulo its length.
    private long _head;
    private long _tail;

    // Odd while ids move inside.
    private int _moves;

    /// <param name="most">How many ids it holds at most, a power of two.</param>
    public Ring(int most)
    {
        if (!System.Numerics.BitOperations.IsPow2(most))
        {
            throw new ArgumentOutOfRangeException(nameof(most));
        }

        _most = most;
        _ids = new long[Math.Min(most, FirstCapacity)];
    }

    public int Count => (int)(Volatile.Read(ref _head) - Volatile.Read(ref _tail));

    /// <summary>For the writer: how many ids ever came in, as the ring counts.</summary>
    public long Head => _head;

    /// <summary>For the writer: the newest id, or something else where there is none.</summary>
    public long Newest => _ids[(_head - 1) & (_ids.Length - 1)];

    /// <summary>Complete for ids from here on; 0 when nothing was ever left out.</summary>
    public long Floor => Volatile.Read(ref _floor);

    /// <summary>What it takes of memory, headers included.</summary>
    public int Bytes => 64 + 24 + (8 * _ids.Length);

    /// <summary>Whether it was new here. An id below the floor is left out: a pull finds it.</summary>
    public bool Insert(long id)
    {
        if (_head == _tail)
        {
            return id >= _floor && Append(id);
        }

        var last = _ids[(_head - 1) & (_ids.Length - 1)];
        return id > last ? Append(id) : id != last && id >= _floor && InsertInside(id);
    }

    /// <summary>
    /// Takes in what a pull found: all of it for a ring that was made before the pull began, or what belongs here anew. Below where the pull was complete
    /// nothing is kept.
    /// </summary>
    public void Merge(ReadOnlySpan<long> ids, long completeTo)
    {
        long[] all = [.. Ascending(), .. ids];
        Array.Sort(all);
        var count = Unique(all);
        Interlocked.Increment(ref _moves);
        var floor = Math.Max(_floor, completeTo);
        var from = 0;
        if (count > _most)
        {
            from = count - _most;
            floor = Math.Max(floor, all[from - 1] + 1);
        }

        while (from < count && all[from] < floor)
        {
            from++;
        }

        _ids = new long[Math.Min(_most, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(FirstCapacity, count - from)))];
        all.AsSpan(from, count - from).CopyTo(_ids);
        (_tail, _head, _floor) = (0, count - from, floor);
        Interlocked.Increment(ref _moves);
    }

    /// <summary>Copies the newest ids below <paramref name="below"/>, newest first; how many, and down to which id nothing is missing.</summary>
    public int CopyBelow(long below, Span<long> into, out long completeTo) => CopyBetween(0, below, into, out completeTo);

    /// <summary>The same, and no farther down than <paramref name="downTo"/>: for who needs nothing below it.</summary>
    public int CopyBetween(long downTo, long below, Span<long> into, out long completeTo)
    {
        var wait = new SpinWait();
        while (true)
        {
            var moves = Volatile.Read(ref _moves);
            if ((moves & 1) == 0 && TryCopy(downTo, below, into, moves, out var count, out completeTo))
            {
                return count;
            }

            wait.SpinOnce(-1);
        }
    }

    private bool TryCopy(long downTo, long below, Span<long> into, int moves, out int count, out long completeTo)
    {
        var ids = Volatile.Read(ref _ids);
        var mask = ids.Length - 1;
        var head = Volatile.Read(ref _head);
        var tail = Volatile.Read(ref _tail);
        var end = below == long.MaxValue ? head : FirstAtLeast(ids, tail, head, below);
        count = 0;
        while (count < into.Length && end - 1 - count >= tail && ids[(end - 1 - count) & mask] is var id && id >= downTo)
        {
            into[count++] = id;
        }

        // Before the tail: what falls out from here on was there when it was copied.
        var floor = Volatile.Read(ref _floor);
        Interlocked.MemoryBarrier();
        // What was overwritten while it was copied lies below the tail by now.
        var (tailNow, copied) = (Volatile.Read(ref _tail), count);
        count = (int)Math.Clamp(end - tailNow, 0, copied);
        completeTo = count == 0 ? floor : count == into.Length || count < copied ? into[count - 1] : Math.Min(floor, into[count - 1]);
        // A search over places that were being overwritten may have gone astray, and of what was overwritten whole nothing can be said.
        return Volatile.Read(ref _moves) == moves && (below == long.MaxValue || tailNow == tail) && (count > 0 || copied == 0);
    }

    private static long FirstAtLeast(long[] ids, long tail, long head, long id)
    {
        var mask = ids.Length - 1;
        while (tail < head)
        {
            var middle = tail + ((head - tail) / 2);
            if (ids[middle & mask] < id)
            {
                tail = middle + 1;
            }
            else
            {
                head = middle;
            }
        }

        return tail;
    }

    private bool Append(long id)
    {
        var count = (int)(_head - _tail);
        if (count == _ids.Length)
        {
            if (count < _most)
            {
                Grow();
            }
            else
            {
                // The floor and the tail go up before the place is taken, so that no reader trusts what is overwritten.
                Volatile.Write(ref _floor, _ids[_tail & (_ids.Length - 1)] + 1);
                Volatile.Write(ref _tail, _tail + 1);
            }
        }

        Volatile.Write(ref _ids[_head & (_ids.Length - 1)], id);
        Volatile.Write(ref _head, _head + 1);
        return true;
    }

    // Commits come almost in the order of ids: the place is near the end.
    private bool InsertInside(long id)
    {
        var mask = _ids.Length - 1;
        var place = _head;
        while (place > _tail && _ids[(place - 1) & mask] > id)
        {
            place--;
        }

        if (place > _tail && _ids[(place - 1) & mask] == id)
        {
            return false;
        }

        if (place == _tail && _head - _tail == _most)
        {
            // Full of newer ones.
            Volatile.Write(ref _floor, id + 1);
            return false;
        }

        var last = _ids[(_head - 1) & mask];
        Interlocked.Increment(ref _moves);
        for (var i = _head - 1; i > place; i--)
        {
            _ids[i & mask] = _ids[(i - 1) & mask];
        }

        // The newest one makes room and is appended again.
        if (place < _head)
        {
            _ids[place & mask] = id;
        }

        Append(last);
        Interlocked.Increment(ref _moves);
        return true;
    }

    private void Grow()
    {
        var larger = new long[_ids.Length * 2];
        var kept = Ascending();
        kept.CopyTo(larger, 0);
        var nested = (_moves & 1) == 1;
        if (!nested)
        {
            Interlocked.Increment(ref _moves);
        }

        _ids = larger;
        (_tail, _head) = (0, kept.Length);
        if (!nested)
        {
            Interlocked.Increment(ref _moves);
        }
    }

    private long[] Ascending()
    {
        var all = new long[_head - _tail];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = _ids[(_tail + i) & (_ids.Length - 1)];
        }

        return all;
    }

    private static int Unique(long[] ascending)
    {
        var count = 0;
        foreach (var id in ascending)
        {
            if (count == 0 || ascending[count - 1] != id)
            {
                ascending[count++] = id;
            }
        }

        return count;
    }
}
