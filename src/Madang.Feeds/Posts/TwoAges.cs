using System.Collections.Concurrent;

namespace Madang.Feeds.Posts;

/// <summary>
/// A bounded memory in two ages: what is put or used goes to the young one; when that has grown to half of the bound it becomes the old one, and the old one
/// is dropped. What was used lately stays, and nothing is paid for keeping an order.
/// </summary>
/// <param name="bound">In the units of <paramref name="cost"/>.</param>
internal sealed class TwoAges<TKey, TValue>(long bound, Func<TValue, int> cost)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _turn = new();
    private volatile ConcurrentDictionary<TKey, TValue> _young = new();
    private volatile ConcurrentDictionary<TKey, TValue> _old = new();
    private long _spent;

    public bool TryGet(TKey key, out TValue value)
    {
        if (_young.TryGetValue(key, out value!))
        {
            return true;
        }

        if (!_old.TryGetValue(key, out value!))
        {
            return false;
        }

        Put(key, value);
        return true;
    }

    public void Put(TKey key, TValue value)
    {
        _young[key] = value;
        if (Interlocked.Add(ref _spent, cost(value)) > bound / 2)
        {
            Turn();
        }
    }

    public void Remove(TKey key)
    {
        _ = _young.TryRemove(key, out _);
        _ = _old.TryRemove(key, out _);
    }

    private void Turn()
    {
        lock (_turn)
        {
            if (Interlocked.Read(ref _spent) > bound / 2)
            {
                (_old, _young) = (_young, new());
                Interlocked.Exchange(ref _spent, 0);
            }
        }
    }
}
