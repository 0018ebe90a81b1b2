using System.Collections.Immutable;

namespace Madang.Storage;

/// <summary>Which turn a write takes. Interactive goes first; background work yields to it and must be small.</summary>
public enum Lane
{
    Interactive,

    /// <summary>At most 50 rows or 5 ms a closure: pruners, counters, planners.</summary>
    Background,
}

/// <summary>
/// The one way to write. A closure calls stores only, completes synchronously, may run twice and touches nothing outside its transaction;
/// effects follow after the task completes, which is after the fsync (design: agreements 1 and 8).
/// Reads are verbs of the stores, each on its own engine's read connections.
/// </summary>
public abstract class Database : IAsyncDisposable
{
    // Replaced as a whole: who registers late must not disturb a commit that is being told.
    private ImmutableArray<Action<object>> _listeners = [];

    /// <summary>Engine and version, for the start-up log: <c>SQLite 3.50.4</c>.</summary>
    public abstract string Engine { get; }

    /// <summary>Takes possession of what is on disk and brings its schema up to date. Called once, before the first read or write.</summary>
    /// <exception cref="SchemaException">The schema is newer than this program, or was changed by hand.</exception>
    public abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction shared with whatever else waits, and completes when it is durable.
    /// A refusal is a value (<c>Result&lt;T&gt;</c>) returned <em>before</em> the first write. If a closure throws, what it wrote is undone and the
    /// exception reaches its caller alone; the closures beside it run again.
    /// </summary>
    /// <exception cref="StorageFullException">No space left: nothing was written, reads go on.</exception>
    /// <exception cref="OverloadedException">The lane's queue is at its bound.</exception>
    public abstract Task<T> WriteAsync<T>(Func<WriteTx, T> work, Lane lane = Lane.Interactive, CancellationToken cancellationToken = default);

    /// <summary>Whether a write would be accepted now: one empty transaction down to the disk.</summary>
    public abstract Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Hears of every <see cref="WriteTx.Publish"/> of type <typeparamref name="T"/>, after its commit, never on two threads at once, and in commit order where
    /// one writes (SQLite). Of several writers (PostgreSQL) the one that committed later may be heard first, even if it waited for the other's row: what depends on
    /// the order carries a number of its own. A module listens to its own publications only. <paramref name="heard"/> runs on the writer's thread: it hands over (a
    /// channel, a flag) and returns.
    /// </summary>
    public void OnCommit<T>(Action<T> heard) => ImmutableInterlocked.Update(ref _listeners, listeners => listeners.Add(publication =>
    {
        if (publication is T mine)
        {
            heard(mine);
        }
    }));

    /// <summary>
    /// For the engines: tells the listeners what a committed transaction published. All of them hear all of it, whatever one of them throws: a memory that was
    /// not told would be believed for ever.
    /// </summary>
    /// <exception cref="AggregateException">Listeners threw.</exception>
    protected void Tell(IReadOnlyList<object> publications)
    {
        var listeners = _listeners;
        List<Exception>? faults = null;
        for (var i = 0; i < publications.Count; i++)
        {
            foreach (var listener in listeners)
            {
                try
                {
                    listener(publications[i]);
                }
                catch (Exception fault) // A listener may throw anything; the engine tells of it when the others have heard.
                {
                    (faults ??= []).Add(fault);
                }
            }
        }

        if (faults is not null)
        {
            throw new AggregateException(faults);
        }
    }

    public abstract ValueTask DisposeAsync();
}
