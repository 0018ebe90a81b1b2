using Madang.Storage;
using Npgsql;

namespace Madang.Postgres;

/// <summary>The queue, thread and session of one partition of a <see cref="PostgresHotVerb{TItem,TResult}"/>.</summary>
internal sealed class HotLane<TItem, TResult> : WriterLane<HotItem<TItem, TResult>>
{
    private readonly PostgresHotVerb<TItem, TResult> _verb;
    private readonly WriterContext _context;
    private readonly List<HotItem<TItem, TResult>> _batch = new(PostgresHotVerb<TItem, TResult>.MaxItems);
    private HotItem<TItem, TResult>? _next;

    public HotLane(PostgresHotVerb<TItem, TResult> verb, string name, int bound, NpgsqlDataSource source, WriterContext context) : base(name, bound)
    {
        (_verb, _context) = (verb, context);
        // One thread: that is what keeps the items of a partition in order.
        Start(threads: 1, source, context);
    }

    protected override void Drain(WriterSession session)
    {
        while (Fill())
        {
            if (!TryRun(session, _batch))
            {
                // One of them is at fault: alone, each meets its own fate.
                foreach (var item in _batch)
                {
                    item.RunAlone(session, _verb);
                }
            }
        }
    }

    /// <summary>What waits, up to the limits; at least one. False when there will be no more.</summary>
    private bool Fill()
    {
        _batch.Clear();
        var weight = 0;
        while (_batch.Count < PostgresHotVerb<TItem, TResult>.MaxItems && (_next is not null || TakeNext(wait: _batch.Count == 0)))
        {
            var item = _next!;
            weight += _verb.WeightOf(item.Item);
            if (_batch.Count > 0 && weight > PostgresHotVerb<TItem, TResult>.MaxWeight)
            {
                break;
            }

            _next = null;
            if (!item.IsCancelled)
            {
                _batch.Add(item);
            }
        }

        return _batch.Count > 0;
    }

    private bool TakeNext(bool wait) => Queue.TryTake(out _next, wait ? Timeout.Infinite : 0);

    private bool TryRun(WriterSession session, List<HotItem<TItem, TResult>> batch)
    {
        if (batch.Count == 1)
        {
            return false;
        }

        TResult[] results;
        try
        {
            results = session.Run(tx => _verb.Run(tx, batch.ConvertAll(item => item.Item)), batch[0].QueuedAt, batch.Count);
        }
        catch (Exception e) when (e is not UnavailableException)
        {
            _context.Metrics.Rerun();
            return false;
        }
        catch (UnavailableException e)
        {
            // Perhaps all of it is committed: running it again here would decide for the callers, who can ask with their client ids.
            batch.ForEach(item => item.Fail(e));
            return true;
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Complete(results[i]);
        }

        return true;
    }
}

internal sealed class HotItem<TItem, TResult>(TItem item, long queuedAt, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TItem Item => item;

    public long QueuedAt => queuedAt;

    public Task<TResult> Task => _done.Task;

    /// <summary>Whether its caller has gone before it was taken; then the task is cancelled.</summary>
    public bool IsCancelled => cancellationToken.IsCancellationRequested && _done.TrySetCanceled(cancellationToken);

    public void Complete(TResult result) => _done.SetResult(result);

    public void Fail(Exception e) => _done.SetException(e);

    public void RunAlone(WriterSession session, PostgresHotVerb<TItem, TResult> verb)
    {
        // Whatever the verb throws belongs to this item's caller; the thread goes on.
        try
        {
            _done.SetResult(session.Run(tx => verb.Run(tx, [item])[0], queuedAt));
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }
}
