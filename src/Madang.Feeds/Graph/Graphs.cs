using System.Collections.Concurrent;
using Madang.Api;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Graph;

/// <summary>
/// How viewers stand to others, kept in memory. It only saves reads: what changes here is forgotten before the change is acknowledged, what changes on
/// another node is noticed by the epoch that a page brings along. Each graph is read once however many ask, and all of them together stay within
/// <see cref="FeedsOptions.GraphCacheMegabytes"/>.
/// </summary>
internal sealed class Graphs
{
    // A read that begins after an epoch was seen finds it or a higher one; the second try is for a read that had begun before.
    private const int Tries = 3;

    private readonly ConcurrentDictionary<UserId, Slot> _slots = new();
    private readonly Lock _sweep = new();
    private readonly IGraphStore _store;
    private readonly TimeProvider _time;
    private readonly long _bound;
    private long _bytes;

    public Graphs(IGraphStore store, Database database, TimeProvider time, IOptions<FeedsOptions> options)
    {
        (_store, _time, _bound) = (store, time, options.Value.GraphCacheMegabytes * 1024L * 1024);
        database.OnCommit<EpochsRaised>(raised => Forget(raised.People));
    }

    /// <summary>An estimate of what is kept, in bytes.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public int Count => _slots.Count;

    /// <summary>The newest that this node knows of.</summary>
    public ValueTask<ViewerGraph> OfAsync(UserId viewer, CancellationToken cancellationToken) => AtAsync(viewer, 0, cancellationToken);

    /// <summary>At least as new as <paramref name="epoch"/>, which was read from the database.</summary>
    public ValueTask<ViewerGraph> AtAsync(UserId viewer, long epoch, CancellationToken cancellationToken)
    {
        if (_slots.TryGetValue(viewer, out var slot) && slot.Graph is { } graph && Holds(graph, epoch))
        {
            slot.Used = true;
            return new(graph);
        }

        return new(LoadAsync(viewer, epoch, cancellationToken));
    }

    private async Task<ViewerGraph> LoadAsync(UserId viewer, long epoch, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            var slot = _slots.GetOrAdd(viewer, static _ => new Slot());
            var graph = await slot.Read(() => ReadAsync(viewer, slot)).WaitAsync(cancellationToken);
            if (Holds(graph, epoch))
            {
                return graph;
            }

            Remove(viewer, slot);
        }

        throw new InvalidOperationException($"The epoch {epoch} of {viewer} was seen, and is not in the database.");
    }

    // Nobody's own token: others wait for it too.
    private async Task<ViewerGraph> ReadAsync(UserId viewer, Slot slot)
    {
        try
        {
            var graph = await _store.ReadAsync(viewer, _time.GetUtcNow(), CancellationToken.None);
            var bytes = BytesOf(graph);
            if (bytes > _bound / 2)
            {
                Remove(viewer, slot);
            }
            else if (slot.Fill(graph, bytes))
            {
                _ = Interlocked.Add(ref _bytes, bytes);
                Sweep();
            }

            return graph;
        }
        catch
        {
            Remove(viewer, slot);
            throw;
        }
    }

    private bool Holds(ViewerGraph graph, long epoch) => graph.Epoch >= epoch && !(graph.MutesEndAt <= _time.GetUtcNow());

    private void Forget(IReadOnlyList<UserId> people)
    {
        foreach (var person in people)
        {
            // A read on its way may have begun before the commit: whoever asks from now on begins another.
            if (_slots.TryGetValue(person, out var slot))
            {
                Remove(person, slot);
            }
        }
    }

    private void Remove(UserId viewer, Slot slot)
    {
        _ = _slots.TryRemove(new(viewer, slot));
        _ = Interlocked.Add(ref _bytes, -slot.Empty());
    }

    /// <summary>A clock with one hand: who was asked for since the last time round stays.</summary>
    private void Sweep()
    {
        if (Bytes <= _bound || !_sweep.TryEnter())
        {
            return;
        }

        try
        {
            for (var round = 0; round < 2 && Bytes > _bound * 9 / 10; round++)
            {
                foreach (var (viewer, slot) in _slots)
                {
                    if (slot.Used)
                    {
                        slot.Used = false;
                    }
                    else if (slot.Graph is not null)
                    {
                        Remove(viewer, slot);
                        if (Bytes <= _bound * 9 / 10)
                        {
                            break;
                        }
                    }
                }
            }
        }
        finally
        {
            _sweep.Exit();
        }
    }

    /// <summary>Arrays, headers and the entry of the dictionary; a tag is two bytes a character. Arrays that are one are counted once.</summary>
    private static int BytesOf(ViewerGraph graph)
    {
        const int Fixed = 600;
        var ids = graph.Follows.Length + graph.Friends.Length + graph.Blocked.Length + graph.Muted.Length + graph.WithoutShares.Length + graph.OnLists.Length
            + (ReferenceEquals(graph.Followees, graph.Follows) ? 0 : graph.Followees.Length);
        return Fixed + (ids * sizeof(long)) + graph.Tags.Sum(tag => 40 + (tag.Length * 2));
    }

    private sealed class Slot
    {
        private readonly Lock _gate = new();
        private Task<ViewerGraph>? _reading;
        private int _bytes;
        private bool _gone;

        public ViewerGraph? Graph { get; private set; }

        public bool Used { get; set; }

        public Task<ViewerGraph> Read(Func<Task<ViewerGraph>> read)
        {
            lock (_gate)
            {
                // On SQLite a read runs on its caller's thread: not under the lock.
                return _reading ??= Task.Run(read);
            }
        }

        /// <summary>False when it was forgotten meanwhile.</summary>
        public bool Fill(ViewerGraph graph, int bytes)
        {
            lock (_gate)
            {
                if (_gone)
                {
                    return false;
                }

                (Graph, _bytes, Used) = (graph, bytes, true);
                return true;
            }
        }

        /// <summary>Forgets what is in it; how many bytes that were.</summary>
        public int Empty()
        {
            lock (_gate)
            {
                var bytes = _bytes;
                (Graph, _bytes, _gone) = (null, 0, true);
                return bytes;
            }
        }
    }
}
