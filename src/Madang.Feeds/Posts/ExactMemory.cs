using System.Diagnostics.CodeAnalysis;

namespace Madang.Feeds.Posts;

/// <summary>
/// A bounded memory of rows that is exact as long as everybody who changes a row says <see cref="Forget"/> before the change is acknowledged. What was being
/// read while it was forgotten is not kept: the reader notes the <see cref="Turn"/> before it looks at the rows, and brings it along. Two ages, as in
/// <see cref="TwoAges{TKey,TValue}"/>; but every step is taken under the lock of one of many parts, so that nothing on its way from one age to the other is missed.
/// </summary>
/// <param name="bound">In bytes, for both ages.</param>
/// <param name="cost">Bytes of a value and its place.</param>
internal sealed class ExactMemory<TKey, TValue>(long bound, Func<TValue, int> cost)
    where TKey : struct, IEquatable<TKey>
    where TValue : class
{
    private const int Parts = 64;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part(bound / Parts / 2, cost))];

    /// <summary>What is kept, in bytes.</summary>
    public long Bytes => _parts.Sum(part => part.Bytes);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => PartOf(key).TryGet(key, out value);

    /// <summary>To be noted before the rows are looked at.</summary>
    public int Turn(TKey key) => PartOf(key).Turn;

    /// <summary>Keeps what was read, unless something was forgotten since <paramref name="turn"/>.</summary>
    public void Keep(TKey key, TValue value, int turn) => PartOf(key).Keep(key, value, turn);

    public void Forget(TKey key) => PartOf(key).Forget(key);

    public void ForgetAll()
    {
        foreach (var part in _parts)
        {
            part.ForgetAll();
        }
    }

    // Snowflakes differ in the middle and are alike at their ends: Fibonacci hashing spreads them.
    private Part PartOf(TKey key) => _parts[(uint)(key.GetHashCode() * -1640531527) >> 26];

    private sealed class Part(long bound, Func<TValue, int> cost)
    {
        private readonly Lock _gate = new();
        private Dictionary<TKey, TValue> _young = [];
        private Dictionary<TKey, TValue> _old = [];
        private long _youngBytes;
        private long _oldBytes;
        private int _turn;

        public long Bytes
        {
            get
            {
                lock (_gate)
                {
                    return _youngBytes + _oldBytes;
                }
            }
        }

        public int Turn
        {
            get
            {
                lock (_gate)
                {
                    return _turn;
                }
            }
        }

        public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
        {
            lock (_gate)
            {
                if (_young.TryGetValue(key, out value))
                {
                    return true;
                }

                if (!_old.Remove(key, out value))
                {
                    return false;
                }

                _oldBytes -= cost(value);
                Put(key, value);
                return true;
            }
        }

        public void Keep(TKey key, TValue value, int turn)
        {
            lock (_gate)
            {
                if (_turn == turn)
                {
                    Remove(key);
                    Put(key, value);
                }
            }
        }

        public void Forget(TKey key)
        {
            lock (_gate)
            {
                _turn++;
                Remove(key);
            }
        }

        public void ForgetAll()
        {
            lock (_gate)
            {
                _turn++;
                _young.Clear();
                _old.Clear();
                (_youngBytes, _oldBytes) = (0, 0);
            }
        }

        private void Put(TKey key, TValue value)
        {
            var bytes = cost(value);
            if (_youngBytes + bytes > bound)
            {
                // The old one's room is used again.
                (_old, _young) = (_young, _old);
                _young.Clear();
                (_oldBytes, _youngBytes) = (_youngBytes, 0);
            }

            // What is larger than an age is not worth keeping.
            if (bytes <= bound)
            {
                _young[key] = value;
                _youngBytes += bytes;
            }
        }

        private void Remove(TKey key)
        {
            if (_young.Remove(key, out var value))
            {
                _youngBytes -= cost(value);
            }
            else if (_old.Remove(key, out value))
            {
                _oldBytes -= cost(value);
            }
        }
    }
}
