namespace Madang.Feeds.Timelines;

/// <summary>
/// The places of an author's warm followers in one shard, 4 bytes each. A walk over it may pause while others come and go: who comes is appended, who goes
/// leaves a hole, and holes are closed only when nobody walks.
/// </summary>
internal sealed class SlotList
{
    public const int Hole = -1;

    private int[] _slots = new int[2];
    private int _length;
    private int _holes;
    private int _walks;

    /// <summary>How many followers.</summary>
    public int Count => _length - _holes;

    /// <summary>Places to walk, holes included.</summary>
    public ReadOnlySpan<int> Places => _slots.AsSpan(0, _length);

    public int Bytes => 64 + (4 * _slots.Length);

    public void Add(int slot)
    {
        if (_length == _slots.Length)
        {
            Array.Resize(ref _slots, _length < 16 ? _length * 2 : _length + (_length / 2));
        }

        _slots[_length++] = slot;
    }

    public void Remove(int slot)
    {
        var place = Places.IndexOf(slot);
        if (place < 0)
        {
            return;
        }

        if (_walks == 0)
        {
            _slots[place] = _slots[--_length];
            return;
        }

        _slots[place] = Hole;
        _holes++;
    }

    public void BeginWalk() => _walks++;

    public void EndWalk()
    {
        if (--_walks > 0 || _holes == 0)
        {
            return;
        }

        var kept = 0;
        foreach (var slot in Places)
        {
            if (slot != Hole)
            {
                _slots[kept++] = slot;
            }
        }

        (_length, _holes) = (kept, 0);
    }
}
