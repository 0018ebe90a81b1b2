using System.Buffers.Binary;
using System.Security.Cryptography;
using Madang.Api;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Ranking;

/// <summary>The order of one session of reading: ids and what their scores are made of. It holds no permission and no text.</summary>
/// <param name="Posts">Best first.</param>
/// <param name="Tagged">Those of them that bore a followed tag.</param>
/// <param name="Epoch">Of the reader, when it was taken.</param>
/// <param name="Rest">Goes on behind the last of them in the order of time; null where nothing follows.</param>
/// <param name="Newer">Reads what came since, in the order of time.</param>
internal sealed record Snapshot(
    long Id, UserId Reader, string Ranker, IReadOnlyList<RankedPost> Posts, IReadOnlySet<PostId> Tagged, long Epoch, string? Rest, string Newer)
{
    // A post, its factors, and what points to them, in bytes.
    private const int PerPost = 240;
    private const int Overhead = 400;

    public long Bytes => Overhead + ((long)Posts.Count * PerPost);
}

/// <summary>
/// The snapshots of this node, in memory alone, each for so long (<see cref="FeedsOptions.RankMinutes"/>) and all within <see cref="FeedsOptions.RankMegabytes"/>: the oldest goes first,
/// and of one reader's never more than a few stay. One that is gone is no harm: the reader begins another.
/// </summary>
internal sealed class Snapshots(TimeProvider time, IOptions<FeedsOptions> options)
{
    /// <summary>Of one reader: as many devices read at once, and nobody pushes others' out by reading anew and anew.</summary>
    public const int PerReader = 4;

    private readonly Lock _lock = new();
    private readonly LinkedList<(Snapshot Snapshot, DateTimeOffset Until)> _byAge = [];
    private readonly Dictionary<long, LinkedListNode<(Snapshot Snapshot, DateTimeOffset Until)>> _byId = [];
    private readonly Dictionary<UserId, List<long>> _byReader = [];
    private readonly long _bound = options.Value.RankMegabytes * 1024L * 1024;
    private readonly TimeSpan _life = TimeSpan.FromMinutes(options.Value.RankMinutes);
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byId.Count;
            }
        }
    }

    /// <summary>A name that nobody guesses; whose it is, is asked all the same.</summary>
    public static long NewId() => BinaryPrimitives.ReadInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(long)));

    public void Put(Snapshot snapshot)
    {
        lock (_lock)
        {
            LetGo();
            if (_byReader.TryGetValue(snapshot.Reader, out var own) && own.Count == PerReader)
            {
                Remove(_byId[own[0]]);
            }

            while (_byAge.First is { } oldest && _bytes + snapshot.Bytes > _bound)
            {
                Remove(oldest);
            }

            _byId.Add(snapshot.Id, _byAge.AddLast((snapshot, time.GetUtcNow() + _life)));
            if (!_byReader.TryGetValue(snapshot.Reader, out own))
            {
                _byReader[snapshot.Reader] = own = [];
            }

            own.Add(snapshot.Id);
            _bytes += snapshot.Bytes;
        }
    }

    /// <summary>Null when it is gone, or another reader's or ranker's.</summary>
    public Snapshot? Find(long id, UserId reader, string ranker)
    {
        lock (_lock)
        {
            LetGo();
            return _byId.TryGetValue(id, out var node) && node.Value.Snapshot is var found && found.Reader == reader && found.Ranker == ranker ? found : null;
        }
    }

    /// <summary>The reader's last one of this ranker.</summary>
    public Snapshot? Newest(UserId reader, string ranker)
    {
        lock (_lock)
        {
            LetGo();
            return _byReader.TryGetValue(reader, out var own) ? own.Select(id => _byId[id].Value.Snapshot).LastOrDefault(snapshot => snapshot.Ranker == ranker) : null;
        }
    }

    private void LetGo()
    {
        for (var now = time.GetUtcNow(); _byAge.First is { } oldest && oldest.Value.Until <= now;)
        {
            Remove(oldest);
        }
    }

    private void Remove(LinkedListNode<(Snapshot Snapshot, DateTimeOffset Until)> node)
    {
        var snapshot = node.Value.Snapshot;
        _byAge.Remove(node);
        _byId.Remove(snapshot.Id);
        _bytes -= snapshot.Bytes;
        var own = _byReader[snapshot.Reader];
        own.Remove(snapshot.Id);
        if (own.Count == 0)
        {
            _byReader.Remove(snapshot.Reader);
        }
    }
}
