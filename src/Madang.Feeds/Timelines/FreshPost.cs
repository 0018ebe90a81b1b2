using Madang.Feeds.Posts;

namespace Madang.Feeds.Timelines;

/// <summary>What was done to a post, on its way into rings.</summary>
/// <param name="at">Timestamp of when this node heard of it.</param>
/// <param name="parts">Shards and look-ups that have to deal with it.</param>
internal sealed class FreshPost(PostFacts facts, PostOp op, long at, int parts)
{
    private int _open = parts;
    private FreshPost? _next;

    public PostFacts Facts => facts;

    public PostOp Op => op;

    public long At => at;

    public long Id => facts.Id.Value;

    public long Author => facts.Author.Value;

    public bool IsDirect => facts.Audience == Audience.Direct;

    /// <summary>It is wherever it belongs: rings and logs have it.</summary>
    public bool IsDone => Volatile.Read(ref _open) <= 0;

    /// <summary>What was heard of next.</summary>
    public FreshPost? Next
    {
        get => Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, value);
    }

    /// <summary>One part has dealt with it. True for the last one.</summary>
    public bool Done() => Interlocked.Decrement(ref _open) == 0;
}

/// <summary>
/// What has committed and is not yet in every ring, in the order it was heard of. A reader looks here first and into its ring afterwards, so that whatever
/// moves from here to there meanwhile is seen at least once; nobody waits for the fan-out.
/// </summary>
internal sealed class PendingPosts
{
    private readonly Lock _gate = new();
    private readonly int _parts;
    private FreshPost _first;
    private FreshPost _last;
    private int _count;

    public PendingPosts(int parts)
    {
        _parts = parts;
        _first = _last = new FreshPost(default, PostOp.Removed, 0, 0);
    }

    public int Count => Volatile.Read(ref _count);

    public FreshPost Add(PostFacts facts, PostOp op, long at)
    {
        var post = new FreshPost(facts, op, at, _parts + (facts.Audience == Audience.Direct ? 1 : 0));
        lock (_gate)
        {
            Interlocked.Increment(ref _count);
            _last.Next = post;
            _last = post;
        }

        return post;
    }

    /// <summary>One part has dealt with it. True when that was the last one.</summary>
    public bool Done(FreshPost post)
    {
        if (!post.Done())
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        lock (_gate)
        {
            while (_first.IsDone && _first.Next is { } next)
            {
                Volatile.Write(ref _first, next);
            }
        }

        return true;
    }

    /// <summary>The oldest that may be pending; follow <see cref="FreshPost.Next"/> and leave out what is done.</summary>
    public FreshPost First => Volatile.Read(ref _first);
}
