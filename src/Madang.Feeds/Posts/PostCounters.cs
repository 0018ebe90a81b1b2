using Madang.Storage;
using Madang.Storage.Hinting;

namespace Madang.Feeds.Posts;

/// <summary>What deeds add up to: written down with each deed, added up in batches.</summary>
internal interface IPostCountStore
{
    /// <summary>Adds up to <paramref name="limit"/> deeds to the counts, each once whatever happens. The posts they were done to, and how many deeds there were.</summary>
    (IReadOnlyList<PostId> Posts, int Deeds) AddUp(WriteTx tx, int limit);

    /// <summary>One for each id, in order.</summary>
    Task<IReadOnlyList<PostCounts>> OfAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken);
}

/// <summary>Said with every deed that counts.</summary>
internal sealed record DeedWritten
{
    public static DeedWritten Once { get; } = new();
}

/// <summary>Said when the counts of these posts are others than before.</summary>
internal sealed record PostsCounted(IReadOnlyList<PostId> Posts);

/// <summary>
/// Counts of posts, kept in memory. This node forgets what it adds up itself; what other nodes add up it sees after <see cref="Freshness"/>, so that with the
/// batches' own second nothing is older than two.
/// </summary>
internal sealed class PostCounters
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private const int MostPosts = 200_000;

    private readonly TwoAges<PostId, Entry> _known = new(MostPosts, static _ => 1);
    private readonly IPostCountStore _store;
    private readonly TimeProvider _time;
    private readonly bool _shared;

    /// <param name="hints">There is one where other nodes may count too.</param>
    public PostCounters(IPostCountStore store, Database database, TimeProvider time, INodeHints? hints)
    {
        (_store, _time, _shared) = (store, time, hints is not null);
        database.OnCommit<PostsCounted>(counted =>
        {
            foreach (var post in counted.Posts)
            {
                if (_known.TryGet(post, out var entry))
                {
                    entry.Forget();
                }
            }
        });
    }

    /// <summary>One for each id, in order.</summary>
    public ValueTask<IReadOnlyList<PostCounts>> OfAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var counts = new PostCounts[ids.Count];
        var now = _shared ? _time.GetTimestamp() : 0;
        List<(int At, Entry Entry, int Turn)>? missing = null;
        for (var i = 0; i < ids.Count; i++)
        {
            if (!_known.TryGet(ids[i], out var entry))
            {
                _known.Put(ids[i], entry = new Entry());
            }

            var turn = entry.Turn;
            if (entry.Read(out var readAt) is { } known && (!_shared || _time.GetElapsedTime(readAt, now) < Freshness))
            {
                counts[i] = known;
            }
            else
            {
                (missing ??= []).Add((i, entry, turn));
            }
        }

        return missing is null ? new(counts) : new(LoadAsync(ids, counts, missing, cancellationToken));
    }

    private async Task<IReadOnlyList<PostCounts>> LoadAsync(
        IReadOnlyList<PostId> ids, PostCounts[] counts, List<(int At, Entry Entry, int Turn)> missing, CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        var rows = await _store.OfAsync([.. missing.Select(one => ids[one.At])], cancellationToken);
        for (var k = 0; k < missing.Count; k++)
        {
            counts[missing[k].At] = rows[k];
            missing[k].Entry.Keep(rows[k], now, missing[k].Turn);
        }

        return counts;
    }

    /// <summary>A place that stays the same object from age to age, so that forgetting reaches it wherever it lies.</summary>
    private sealed class Entry
    {
        private readonly Lock _lock = new();
        private PostCounts? _counts;
        private long _readAt;
        private int _turn;

        public int Turn => Volatile.Read(ref _turn);

        public PostCounts? Read(out long readAt)
        {
            lock (_lock)
            {
                readAt = _readAt;
                return _counts;
            }
        }

        /// <summary>Unless it was forgotten since the reader began.</summary>
        public void Keep(PostCounts counts, long readAt, int turn)
        {
            lock (_lock)
            {
                if (_turn == turn)
                {
                    (_counts, _readAt) = (counts, readAt);
                }
            }
        }

        public void Forget()
        {
            lock (_lock)
            {
                (_counts, _turn) = (null, _turn + 1);
            }
        }
    }
}
