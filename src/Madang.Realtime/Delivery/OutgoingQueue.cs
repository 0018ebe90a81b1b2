using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Madang.Realtime.Delivery;

/// <summary>
/// What waits for one connection, in order, with its size. The lists come from a shared stock and go back when they are empty, so that a
/// connection with nothing to send holds none. Not safe by itself: the connection's lock guards it.
/// </summary>
internal struct OutgoingQueue
{
    private const int Stocked = 256;
    private const int LargestStocked = 64;
    private static readonly ConcurrentQueue<List<Outgoing>> Stock = new();
    private static int _inStock;

    private List<Outgoing>? _items;

    /// <summary>Bytes waiting and bytes being written.</summary>
    public int Size { get; private set; }

    public readonly bool IsEmpty => _items is null;

    public void Add(in Outgoing item)
    {
        _items ??= FromStock();
        _items.Add(item);
        Size += item.Size;
    }

    /// <summary>Takes everything out to be written; it still counts until <see cref="Written"/>.</summary>
    public List<Outgoing> Take()
    {
        var items = _items!;
        _items = null;
        return items;
    }

    /// <summary>Gives back a list that <see cref="Take"/> answered.</summary>
    public void Written(List<Outgoing> items)
    {
        foreach (ref readonly var item in CollectionsMarshal.AsSpan(items))
        {
            Size -= item.Size;
            item.Buffer?.Dispose();
        }

        items.Clear();
        if (items.Capacity <= LargestStocked && Volatile.Read(ref _inStock) < Stocked)
        {
            Interlocked.Increment(ref _inStock);
            Stock.Enqueue(items);
        }
    }

    /// <summary>Drops what waits and can be done without; how many signals.</summary>
    public int DropEphemeral() => Drop(static item => item.IsEphemeral);

    /// <summary>Drops the entries that wait; the position of the first, or null when there was none.</summary>
    public long? DropEntries()
    {
        long? first = null;
        foreach (var item in _items ?? [])
        {
            if (item.Kind == OutgoingKind.Entry)
            {
                first = item.Number;
                break;
            }
        }

        if (first is not null)
        {
            Drop(static item => item.Kind == OutgoingKind.Entry);
        }

        return first;
    }

    public void Clear()
    {
        if (_items is { } items)
        {
            _items = null;
            Written(items);
        }
    }

    private static List<Outgoing> FromStock()
    {
        if (!Stock.TryDequeue(out var items))
        {
            return new List<Outgoing>(4);
        }

        Interlocked.Decrement(ref _inStock);
        return items;
    }

    private int Drop(Predicate<Outgoing> which)
    {
        if (_items is null)
        {
            return 0;
        }

        var size = 0;
        var dropped = _items.RemoveAll(item =>
        {
            var gone = which(item);
            size += gone ? item.Size : 0;
            return gone;
        });
        Size -= size;
        if (_items.Count == 0)
        {
            Written(Take());
        }

        return dropped;
    }
}
