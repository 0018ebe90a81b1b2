using Madang.Realtime.Reading;

namespace Madang.Realtime.Delivery;

/// <summary>
/// Where a reader stands in its inbox. It is <em>live</em>, then entries are taken as they are hinted, in the order of their positions, or <em>behind</em>, then
/// they are read from the store, and what is hinted meanwhile leaves a mark, so that going live leaves no gap and repeats nothing.
/// Not safe by itself: the connection's lock guards it.
/// </summary>
internal struct Place(long? since)
{
    /// <summary>How long live entries wait for one before them that has not come.</summary>
    public const long HoleMs = 300;

    /// <summary>Live entries kept while they wait for the ones before them; more are read from the store.</summary>
    public const int MostHeld = 64;

    private List<ReadEntry>? _held;
    private long _hinted;

    /// <summary>The position that comes next; null until the store has been asked where the inbox stands.</summary>
    public long? Next { get; private set; } = since + 1;

    public bool IsBehind { get; private set; } = true;

    /// <summary>Since when entries wait for one before them; <see cref="long.MaxValue"/> when none do.</summary>
    public long HoleSince { get; private set; } = long.MaxValue;

    /// <summary>The newest position that was ever hinted.</summary>
    public readonly long Hinted => _hinted;

    /// <summary>This entry has committed. An empty tail says that it must be read from the store.</summary>
    public void Hint(ReadEntry entry)
    {
        if (entry.Pos < Next)
        {
            return;
        }

        _hinted = Math.Max(_hinted, entry.Pos);
        _held ??= [];
        var at = _held.FindLastIndex(held => held.Pos <= entry.Pos);
        if ((at < 0 || _held[at].Pos != entry.Pos) && _held.Count < MostHeld)
        {
            _held.Insert(at + 1, entry);
        }
    }

    /// <summary>The store is known to hold this position; what was hinted of it may have got lost.</summary>
    public void HintHead(long head)
    {
        if (head >= Next && head > _hinted)
        {
            _hinted = head;
            IsBehind = true;
        }
    }

    /// <summary>The fast way of <see cref="Hint(ReadEntry)"/> and <see cref="TryTake"/> for the usual case: the next one, and nobody waits.</summary>
    public bool TryPass(ReadEntry entry)
    {
        if (IsBehind || _held is not null || entry.Pos != Next || entry.Tail.IsEmpty)
        {
            return false;
        }

        _hinted = Math.Max(_hinted, entry.Pos);
        Next = entry.Pos + 1;
        return true;
    }

    /// <summary>The next entry to send, if it is here. Falls behind when it has to be read, or when too many wait.</summary>
    public bool TryTake(out ReadEntry entry)
    {
        entry = default;
        if (IsBehind || _held is not { } held)
        {
            return false;
        }

        var next = Next;
        held.RemoveAll(one => one.Pos < next);
        if (held.Count > 0 && held[0].Pos == next && !held[0].Tail.IsEmpty)
        {
            entry = held[0];
            held.RemoveAt(0);
            Next = entry.Pos + 1;
            Tidy();
            return true;
        }

        IsBehind = held.Count >= MostHeld || (held.Count > 0 && held[0].Pos == next);
        Tidy();
        return false;
    }

    /// <summary>Notes that a hole has opened or closed; answers when it opens.</summary>
    public bool WatchHole(long now)
    {
        if (IsBehind || _hinted < Next)
        {
            HoleSince = long.MaxValue;
            return false;
        }

        if (HoleSince != long.MaxValue)
        {
            return false;
        }

        HoleSince = now;
        return true;
    }

    /// <summary>Gives up waiting for what did not come; whether there was such a hole.</summary>
    public bool PassHole(long now)
    {
        if (now - HoleSince < HoleMs)
        {
            return false;
        }

        HoleSince = long.MaxValue;
        IsBehind = true;
        return true;
    }

    /// <summary>Entries from this position on are to be read from the store after all.</summary>
    public void FallBehind(long from) => (Next, IsBehind) = (from, true);

    /// <summary>A page has been read. <paramref name="hinted"/>: <see cref="Hinted"/> before the reading.</summary>
    public void TakePage(ReadPage page, long hinted)
    {
        Next = page.Through + 1;
        // A hint that the store knows nothing of, asked after it was given, was none (a database put back to an earlier day).
        if (_hinted == hinted && hinted > page.Through && !page.IsLimited)
        {
            _hinted = page.Through;
        }

        _held?.RemoveAll(entry => entry.Pos <= page.Through);
        Tidy();
        // What was hinted while we read but not kept is in the store by now.
        IsBehind = page.IsLimited || (_hinted >= Next && _held is null);
    }

    public void Forget() => _held = null;

    private void Tidy()
    {
        if (_held is { Count: 0 })
        {
            _held = null;
        }
    }
}
