using System.Collections.Concurrent;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres;

/// <summary>
/// A bounded queue of items and the dedicated threads that write them, each with a session of its own. Closures block on the network, so they
/// must not sit on the thread pool; lanes share no threads, so that neither can starve the other.
/// </summary>
internal abstract class WriterLane<TItem>(string name, int bound) : IAsyncDisposable
{
    private readonly BlockingCollection<TItem> _queue = new(new ConcurrentQueue<TItem>(), bound);
    private readonly List<Task> _ended = [];

    public int Waiting => _queue.Count;

    protected BlockingCollection<TItem> Queue => _queue;

    /// <exception cref="OverloadedException">The queue is at its bound.</exception>
    public void Add(TItem item)
    {
        try
        {
            if (!_queue.TryAdd(item))
            {
                throw new OverloadedException(name);
            }
        }
        catch (InvalidOperationException e) when (_queue.IsAddingCompleted)
        {
            throw new UnavailableException("The database is closing.", e);
        }
    }

    /// <summary>Lets the threads finish what is queued, and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await Task.WhenAll(_ended);
        _queue.Dispose();
    }

    /// <summary>Starts the threads. What was added before waits for them.</summary>
    public void Start(int threads, NpgsqlDataSource source, WriterContext context)
    {
        for (var i = 1; i <= threads; i++)
        {
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _ended.Add(ended.Task);
            new Thread(() =>
            {
                using (var session = new WriterSession(source, context))
                {
                    Drain(session);
                }

                ended.SetResult();
            })
            { IsBackground = true, Name = $"{name} {i}" }.Start();
        }
    }

    /// <summary>Takes items until the queue is completed. One call per thread.</summary>
    protected abstract void Drain(WriterSession session);
}
