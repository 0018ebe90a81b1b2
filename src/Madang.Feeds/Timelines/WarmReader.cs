using Madang.Api;

namespace Madang.Feeds.Timelines;

/// <summary>Somebody who reads their timeline: a ring, and the authors whose posts come into it. Written to under the gate of its shard only.</summary>
internal sealed class WarmReader(UserId user, int slot, Ring ring, Aim aim)
{
    private long _readAt;
    private Aim _aim = aim;
    private bool _isReady;

    public UserId User => user;

    /// <summary>The place in the shard.</summary>
    public int Slot => slot;

    public Ring Ring => ring;

    /// <summary>Replaced as a whole; read it once a page.</summary>
    public Aim Aim
    {
        get => Volatile.Read(ref _aim);
        set => Volatile.Write(ref _aim, value);
    }

    /// <summary>The ring is complete from its floor on, for the aim that it has now. Read after <see cref="Aim"/>.</summary>
    public bool IsReady
    {
        get => Volatile.Read(ref _isReady);
        set => Volatile.Write(ref _isReady, value);
    }

    /// <summary>It left the shard: nothing comes in any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>Milliseconds of the shards' clock.</summary>
    public long ReadAt
    {
        get => Volatile.Read(ref _readAt);
        set => Volatile.Write(ref _readAt, value);
    }

    /// <summary>What this reader takes of memory: itself, the ring, whom it aims at, and its place in the list of each.</summary>
    public int Bytes => 152 + ring.Bytes + (12 * Aim.Sources.Length);
}

/// <summary>Whose posts a reader's timeline is made of.</summary>
/// <param name="Sources">Followees, friends and the reader: ascending.</param>
/// <param name="Epoch">The epoch of the graph that says so.</param>
/// <param name="Pulled">Those of them who are looked up in their own logs instead of being put into the ring.</param>
/// <param name="Generation">The shard's, as of which they are.</param>
internal sealed record Aim(long[] Sources, long Epoch, long[] Pulled, int Generation)
{
    /// <summary>Followees and the viewer.</summary>
    public static long[] SourcesOf(ViewerGraph graph)
    {
        var place = ~Array.BinarySearch(graph.Followees, graph.Viewer.Value);
        return place < 0 ? graph.Followees : [.. graph.Followees.AsSpan(0, place), graph.Viewer.Value, .. graph.Followees.AsSpan(place)];
    }
}
