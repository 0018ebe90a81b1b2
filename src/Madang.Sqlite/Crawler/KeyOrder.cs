using System.Buffers;
using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>
/// The rows of a batch by key, of equal keys the earlier one first, so that the later one holds. Places in queues follow the index: the order given. Rented: half a megabyte for each batch
/// would be large objects, which the collector lets lie.
/// </summary>
internal readonly struct KeyOrder : IDisposable
{
    private readonly (UrlKey Key, int Index)[] _rented;
    private readonly int _count;

    private KeyOrder(int count) => (_rented, _count) = (ArrayPool<(UrlKey Key, int Index)>.Shared.Rent(count), count);

    public Span<(UrlKey Key, int Index)> Rows => _rented.AsSpan(0, _count);

    public static KeyOrder Of<T>(List<T> rows, Func<T, UrlKey> key)
    {
        var order = new KeyOrder(rows.Count);
        var keys = order.Rows;
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (key(rows[i]), i);
        }

        keys.Sort(static (a, b) =>
            a.Key.Host.CompareTo(b.Key.Host) is var byHost and not 0 ? byHost : a.Key.Hash.CompareTo(b.Key.Hash) is var byHash and not 0 ? byHash : a.Index.CompareTo(b.Index));
        return order;
    }

    public void Dispose() => ArrayPool<(UrlKey Key, int Index)>.Shared.Return(_rented);
}
