using Madang.Api;

namespace Madang.Feeds.Timelines;

/// <summary>The readers of a shard, each at a number that followers' lists name, and that is given again when its reader is gone. Its shard's gate guards it.</summary>
internal sealed class ReaderSlots
{
    private const int First = 64;

    private readonly Stack<int> _free = new();
    private WarmReader?[] _readers = new WarmReader?[First];

    // Rings and ids of the readers once more: a walk goes straight there, since each step on the way is a wait for memory.
    private Ring?[] _rings = new Ring?[First];
    private UserId[] _users = new UserId[First];
    private byte[] _here = new byte[First];
    private int _used;

    // Written so that what Serve looks at beforehand is not taken for needless.
    private long _near;

    public int Count => _used - _free.Count;

    /// <summary>A number that nobody has.</summary>
    public int Take()
    {
        var slot = _free.Count > 0 ? _free.Pop() : _used++;
        if (slot == _readers.Length)
        {
            Array.Resize(ref _readers, slot * 2);
            Array.Resize(ref _rings, slot * 2);
            Array.Resize(ref _users, slot * 2);
            Array.Resize(ref _here, slot * 2);
        }

        return slot;
    }

    /// <summary>A reader with the number that was taken for it.</summary>
    public void Seat(WarmReader reader) => (_readers[reader.Slot], _rings[reader.Slot], _users[reader.Slot]) = (reader, reader.Ring, reader.User);

    public void Leave(int slot)
    {
        (_readers[slot], _rings[slot], _here[slot]) = (null, null, 0);
        _free.Push(slot);
    }

    /// <summary>Who is here is served first, and told. Without the gate: what is lost by it is a notice.</summary>
    public void Came(int slot) => _here[slot] = 1;

    public bool IsHere(int slot) => _here[slot] != 0;

    /// <summary>Those who have not read since <paramref name="since"/> are no longer here, unless they are connected.</summary>
    public void Forget(long since, Predicate<UserId> isConnected)
    {
        for (var slot = 0; slot < _used; slot++)
        {
            if (_here[slot] != 0 && (_readers[slot] is not { } reader || (reader.ReadAt < since && !isConnected(reader.User))))
            {
                _here[slot] = 0;
            }
        }
    }

    public IReadOnlyList<WarmReader> All() => [.. _readers.AsSpan(0, _used).ToArray().OfType<WarmReader>()];

    /// <summary>
    /// Puts one id into the rings of these readers, and adds to <paramref name="told"/> who is here and has it now for the first time, or all who are here. Rings lie
    /// all over the memory, and an insert is little work beside waiting for them: so the parts of all of them are looked at first, step by step, and the
    /// processor waits for all of a step together.
    /// </summary>
    /// <param name="id">Null: they are told, and nothing else.</param>
    /// <returns>How many rings did not hold it.</returns>
    public int Serve(long? id, ReadOnlySpan<int> slots, bool tellsAll, List<UserId> told)
    {
        var (isNear, deliveries) = (0L, 0);
        if (id is not null)
        {
            foreach (var slot in slots)
            {
                isNear += _rings[slot]!.Head;
            }

            foreach (var slot in slots)
            {
                isNear += _rings[slot]!.Newest;
            }
        }

        foreach (var slot in slots)
        {
            var isNew = id is { } post && _rings[slot]!.Insert(post);
            deliveries += isNew ? 1 : 0;
            if ((isNew || tellsAll) && _here[slot] != 0)
            {
                told.Add(_users[slot]);
            }
        }

        _near = isNear;
        return deliveries;
    }
}
