using System.Collections.Concurrent;
using System.Threading.Channels;
using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines.Keeping;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Timelines;

/// <summary>
/// The rings of this node: of whoever read lately, and of nobody else. It hears of each post at its commit, before its author does, and from then on every
/// read shows it, wherever the fan-out is.
/// </summary>
internal sealed class WarmTimelines
{
    /// <summary>While more than this is pending, reads go to the database: to look through it would take longer.</summary>
    public const int MostPending = 2_000;

    /// <summary>Posts in line before a shard; over it the shard begins anew.</summary>
    private const int LineBound = 100_000;

    private readonly ConcurrentDictionary<UserId, WarmReader> _readers = new();
    private readonly ConcurrentDictionary<UserId, Lazy<Task<WarmReader?>>> _building = new();
    private readonly ITimelineStore _store;
    private readonly AuthorLogs _logs;
    private readonly TimeProvider _time;
    private readonly FeedsOptions _options;
    private readonly int _entries;
    private readonly int[] _dropping;
    private readonly long _began;
    private readonly TaskCompletionSource _following = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan? _trust;
    private LogPlace? _place;
    private long _atEnd;

    public WarmTimelines(ITimelineStore store, AuthorLogs logs, Database database, TimelineMetrics metrics, TimeProvider time, IOptions<FeedsOptions> options)
    {
        (_store, _logs, _time, _options, _began) = (store, logs, time, options.Value, time.GetTimestamp());
        _entries = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_options.RingEntries);
        var count = _options.FanOutShards > 0 ? _options.FanOutShards : Math.Max(1, Environment.ProcessorCount / 2);
        _dropping = new int[count];
        Pending = new PendingPosts(count);
        var policy = new HybridPolicy(Math.Max(1, _options.PullFollowers / count), TimeSpan.FromMilliseconds(_options.PullWaitMs), _options.PullPostsPerView);
        Shards = [.. Enumerable.Range(0, count).Select(_ => new Shard(Pending, policy, _entries, time))];
        Lines = [.. Shards.Select(_ => Channel.CreateBounded<FreshPost>(new BoundedChannelOptions(LineBound) { SingleReader = true }))];
        Kept = _options.KeepTimelinesMegabytes > 0 ? new KeptTimelines() : null;
        metrics.Watch(this);
        database.OnCommit<PostChanged>(changed => Heard(changed.Facts, changed.Op));
    }

    public PendingPosts Pending { get; }

    public IReadOnlyList<Shard> Shards { get; }

    /// <summary>What each shard has heard of and not looked at yet.</summary>
    public IReadOnlyList<Channel<FreshPost>> Lines { get; }

    /// <summary>Direct posts, which go to those they mention.</summary>
    public Channel<FreshPost> Direct { get; } = Channel.CreateUnbounded<FreshPost>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>What was kept over the last restart; null when that is not wanted.</summary>
    public KeptTimelines? Kept { get; }

    /// <summary>Other nodes write too, and their log is followed.</summary>
    public bool FollowsLog => _trust is not null;

    /// <summary>Where the log is followed: everything up to here was heard of, and nothing can commit before it any more.</summary>
    public LogPosition? Place => Volatile.Read(ref _place)?.Position;

    /// <summary>Completes when the log is followed from somewhere on, or need not be.</summary>
    public Task Following => FollowsLog ? _following.Task : Task.CompletedTask;

    public int Count => _readers.Count;

    public long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    public Shard ShardOf(UserId user) => Shards[(int)((ulong)(user.Value * -7046029254386353131L) >> 54) % Shards.Count];

    public WarmReader? Find(UserId user) => _readers.GetValueOrDefault(user);

    /// <summary>Other nodes write too: rings are trusted so long after somebody last came to the end of the log.</summary>
    public void TrustFor(TimeSpan patience) => _trust = patience;

    /// <summary>Everything that had committed by this timestamp was heard of, and all up to this place of the log.</summary>
    public void IsAtEnd(long timestamp, TailPlace place)
    {
        Volatile.Write(ref _atEnd, timestamp);
        Volatile.Write(ref _place, new LogPlace(new LogPosition((long)place.Transaction, place.Seq)));
        _following.TrySetResult();
    }

    /// <summary>Something committed, here or on another node. Quick: it runs on the writer's thread. The same may be told twice.</summary>
    public void Heard(in PostFacts facts, PostOp op)
    {
        // Comments are in no timeline.
        if (facts.Root.Value != 0)
        {
            return;
        }

        if (facts.State == PostState.Live)
        {
            _logs.Heard(facts.Author.Value, facts.Id.Value);
            // Before any line: who comes into a shard after it was dealt with there finds it here.
            Kept?.Heard(facts.Author.Value, facts.Id.Value, facts.Audience == Audience.Direct);
        }

        if (_readers.IsEmpty)
        {
            return;
        }

        var post = Pending.Add(facts, op, _time.GetTimestamp());
        for (var i = 0; i < Shards.Count; i++)
        {
            if (!Lines[i].Writer.TryWrite(post))
            {
                Pending.Done(post);
                BeginDrop(i);
            }
        }

        if (post.IsDirect)
        {
            Direct.Writer.TryWrite(post);
        }
    }

    /// <summary>
    /// The ring of a reader, complete for this graph. Null when the database is to be read instead: too much is pending, the log of other nodes has not been
    /// followed to its end lately, or the graph is not the newest.
    /// </summary>
    public async ValueTask<WarmReader?> OfAsync(ViewerGraph graph, CancellationToken cancellationToken)
    {
        if (Pending.Count > MostPending || (_trust is { } trust && _time.GetElapsedTime(Volatile.Read(ref _atEnd)) > trust))
        {
            return null;
        }

        var shard = ShardOf(graph.Viewer);
        if (Find(graph.Viewer) is { } warm && IsCurrent(warm, graph, shard))
        {
            shard.Saw(warm, Now);
            return warm;
        }

        var building = _building.GetOrAdd(graph.Viewer, _ => new(() => BuildAsync(graph, shard)));
        var built = await building.Value.WaitAsync(cancellationToken);
        if (built is null || !IsCurrent(built, graph, shard))
        {
            return null;
        }

        shard.Saw(built, Now);
        return built;
    }

    /// <summary>Lets go of who has not read for long, and beyond the bound of bytes of who has not read for longest.</summary>
    public void Sweep(Predicate<UserId> isConnected)
    {
        var now = Now;
        if (_time.GetElapsedTime(_began) > KeptTimelines.MostAge)
        {
            Kept?.Close();
        }

        foreach (var shard in Shards)
        {
            shard.Forget(now - (long)TimeSpan.FromMinutes(_options.HereMinutes).TotalMilliseconds, isConnected);
        }

        var readers = Shards.SelectMany(shard => shard.Readers()).OrderBy(reader => reader.ReadAt).ToList();
        var bytes = readers.Sum(reader => (long)reader.Bytes);
        Bytes = bytes;
        var since = now - (long)TimeSpan.FromDays(_options.WarmDays).TotalMilliseconds;
        foreach (var reader in readers)
        {
            if (reader.ReadAt >= since && bytes <= _options.TimelineMegabytes * 1024L * 1024)
            {
                break;
            }

            bytes -= reader.Bytes;
            Remove(reader);
        }
    }

    /// <summary>What the rings hold, of who read last first. Nothing while a shard is given up.</summary>
    public IEnumerable<KeptRing> Keep(CancellationToken cancellationToken)
    {
        if (_dropping.Any(dropping => dropping != 0))
        {
            yield break;
        }

        foreach (var reader in Shards.SelectMany(shard => shard.Readers()).OrderByDescending(reader => reader.ReadAt))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ShardOf(reader.User).Keep(reader) is { } ring)
            {
                yield return ring;
            }
        }
    }

    /// <summary>What all readers took at the last sweep.</summary>
    public long Bytes { get; private set; }

    public void Remove(WarmReader reader)
    {
        _readers.TryRemove(new KeyValuePair<UserId, WarmReader>(reader.User, reader));
        ShardOf(reader.User).Remove(reader);
    }

    private static bool IsCurrent(WarmReader reader, ViewerGraph graph, Shard shard)
    {
        var aim = reader.Aim;
        return aim.Epoch == graph.Epoch && aim.Generation == shard.Generation && reader.IsReady && !reader.IsGone;
    }

    /// <summary>Not on this thread, which is the writer's; once at a time for each shard.</summary>
    private void BeginDrop(int shard)
    {
        if (Interlocked.Exchange(ref _dropping[shard], 1) == 0)
        {
            _ = Task.Run(() =>
            {
                foreach (var reader in Shards[shard].Drop())
                {
                    _readers.TryRemove(new KeyValuePair<UserId, WarmReader>(reader.User, reader));
                }

                Volatile.Write(ref _dropping[shard], 0);
            });
        }
    }

    // Nobody's own token: others wait for it too.
    private async Task<WarmReader?> BuildAsync(ViewerGraph graph, Shard shard)
    {
        WarmReader? reader = null;
        try
        {
            reader = Find(graph.Viewer);
            if (reader is null || reader.Aim.Epoch > graph.Epoch)
            {
                return reader is null ? await BeginAsync(graph, shard) : null;
            }

            if (!shard.Retarget(reader, graph))
            {
                return null;
            }

            if (!reader.IsReady)
            {
                await FillAsync(reader, shard);
            }

            return reader;
        }
        catch
        {
            if (reader is not null)
            {
                Remove(reader);
            }

            throw;
        }
        finally
        {
            _building.TryRemove(graph.Viewer, out _);
        }
    }

    private async Task<WarmReader> BeginAsync(ViewerGraph graph, Shard shard)
    {
        // In the shard first, so that whatever commits from now on comes in, and what has committed is found by the pull.
        var reader = shard.Add(graph);
        reader.ReadAt = Now;
        _readers[graph.Viewer] = reader;
        try
        {
            await FillAsync(reader, shard);
            return reader;
        }
        catch
        {
            Remove(reader);
            throw;
        }
    }

    private async Task FillAsync(WarmReader reader, Shard shard)
    {
        var aim = reader.Aim;
        var reach = Reach.Below(long.MaxValue, _entries);
        if (Kept?.Take(reader.User, aim) is { } kept)
        {
            var beside = kept.Lacking.Length == 0 ? Slice.End(false) : await _store.OfAuthorsAsync(kept.Lacking, reach, CancellationToken.None);
            var written = kept.MayLackDirect ? await _store.DirectAsync(reader.User, reach, CancellationToken.None) : Slice.End(false);
            var completeTo = Math.Max(kept.CompleteTo, Math.Max(beside.CompleteTo, written.CompleteTo));
            shard.Merge(reader, [.. kept.Ids, .. beside.Ids, .. written.Ids], completeTo);
            reader.IsReady = true;
            return;
        }

        long[] pushed = aim.Pulled.Length == 0 ? aim.Sources : [.. aim.Sources.Where(author => !ViewerGraph.Holds(aim.Pulled, author))];
        var slice = await _store.OfAuthorsAsync(pushed, reach, CancellationToken.None);
        var direct = await _store.DirectAsync(reader.User, reach, CancellationToken.None);
        shard.Merge(reader, [.. slice.Ids, .. direct.Ids], Math.Max(slice.CompleteTo, direct.CompleteTo));
        reader.IsReady = true;
    }

    private sealed record LogPlace(LogPosition Position);
}
