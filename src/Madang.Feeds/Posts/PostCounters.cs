using Madang.Storage;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Options;

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

    // Record, counts with their array, and the place in a dictionary; a post without counts shares them with all others.
    private const int Bytes = 88;
    private const int CountsBytes = 80;

    private readonly ExactMemory<PostId, Counted> _known;
    private readonly IPostCountStore _store;
    private readonly TimeProvider _time;
    private readonly bool _shared;

    /// <param name="hints">There is one where other nodes may count too.</param>
    public PostCounters(IPostCountStore store, Database database, TimeProvider time, INodeHints? hints, IOptions<FeedsOptions> options)
    {
        (_store, _time, _shared) = (store, time, hints is not null);
        _known = new(
            options.Value.CountCacheMegabytes * 1024L * 1024,
            static counted => ReferenceEquals(counted.Counts, PostCounts.None) ? Bytes : Bytes + CountsBytes);
        database.OnCommit<PostsCounted>(counted =>
        {
            foreach (var post in counted.Posts)
            {
                _known.Forget(post);
            }
        });
    }

    /// <summary>One for each id, in order.</summary>
    public ValueTask<IReadOnlyList<PostCounts>> OfAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var counts = new PostCounts[ids.Count];
        var now = _shared ? _time.GetTimestamp() : 0;
        List<int>? missing = null;
        for (var i = 0; i < counts.Length; i++)
        {
            if (_known.TryGet(ids[i], out var known) && (!_shared || _time.GetElapsedTime(known.ReadAt, now) < Freshness))
            {
                counts[i] = known.Counts;
            }
            else
            {
                (missing ??= []).Add(i);
            }
        }

        return missing is null ? new(counts) : new(LoadAsync(ids, counts, missing, cancellationToken));
    }

    private async Task<IReadOnlyList<PostCounts>> LoadAsync(IReadOnlyList<PostId> ids, PostCounts[] counts, List<int> missing, CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        int[] turns = [.. missing.Select(i => _known.Turn(ids[i]))];
        var rows = await _store.OfAsync([.. missing.Select(i => ids[i])], cancellationToken);
        for (var k = 0; k < turns.Length; k++)
        {
            counts[missing[k]] = rows[k];
            _known.Keep(ids[missing[k]], new Counted(rows[k], now), turns[k]);
        }

        return counts;
    }

    private sealed record Counted(PostCounts Counts, long ReadAt);
}
