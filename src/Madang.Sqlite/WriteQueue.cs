using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Madang.Storage;

namespace Madang.Sqlite;

/// <summary>The two lanes before the writer. Many threads add; the writer alone takes and sleeps.</summary>
internal sealed class WriteQueue(int interactiveBound, int backgroundBound) : IDisposable
{
    private readonly WriteLane _interactive = new("interactive writes", interactiveBound);
    private readonly WriteLane _background = new("background writes", backgroundBound);
    private readonly AutoResetEvent _wake = new(false);
    private int _asleep;
    private volatile bool _closed;

    public int Interactive => _interactive.Count;

    public int Background => _background.Count;

    public bool IsEmpty => Interactive == 0 && Background == 0;

    /// <exception cref="OverloadedException">The lane is at its bound.</exception>
    public void Add(PendingWrite write, Lane lane)
    {
        (lane == Lane.Interactive ? _interactive : _background).Add(write);
        Wake();
    }

    public bool TryTake(Lane lane, [NotNullWhen(true)] out PendingWrite? write) => (lane == Lane.Interactive ? _interactive : _background).TryTake(out write);

    /// <summary>Sleeps until something waits. False when the queue is closed and empty.</summary>
    public bool Wait()
    {
        while (IsEmpty)
        {
            if (_closed)
            {
                return false;
            }

            _ = Interlocked.Exchange(ref _asleep, 1);
            // Whoever added before it saw us asleep is seen here; whoever adds after wakes us.
            if (IsEmpty && !_closed)
            {
                _ = _wake.WaitOne();
            }

            Volatile.Write(ref _asleep, 0);
        }

        return true;
    }

    /// <summary>What waits is still taken; the writer ends after it.</summary>
    public void Close()
    {
        _closed = true;
        _ = _wake.Set();
    }

    public void Dispose() => _wake.Dispose();

    private void Wake()
    {
        if (Interlocked.CompareExchange(ref _asleep, 0, 1) == 1)
        {
            _ = _wake.Set();
        }
    }

    private sealed class WriteLane(string name, int bound)
    {
        private readonly ConcurrentQueue<PendingWrite> _writes = new();
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add(PendingWrite write)
        {
            if (Interlocked.Increment(ref _count) > bound)
            {
                _ = Interlocked.Decrement(ref _count);
                throw new OverloadedException(name);
            }

            _writes.Enqueue(write);
        }

        public bool TryTake([NotNullWhen(true)] out PendingWrite? write)
        {
            if (!_writes.TryDequeue(out write))
            {
                return false;
            }

            _ = Interlocked.Decrement(ref _count);
            return true;
        }
    }
}
