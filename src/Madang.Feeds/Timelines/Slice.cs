namespace Madang.Feeds.Timelines;

/// <summary>Where to read from, the id itself left out, and how many ids.</summary>
/// <param name="Up">Towards newer ids, ascending; else towards older ones, descending.</param>
internal readonly record struct Reach(long From, bool Up, int Count)
{
    public static Reach Below(long id, int count) => new(id, false, count);

    public static Reach Above(long id, int count) => new(id, true, count);
}

/// <summary>Part of a timeline, in the order of its reach.</summary>
/// <param name="CompleteTo">
/// Nothing that belongs here is missing between where the reach began and this id, the id included: 0 downwards and <see cref="long.MaxValue"/> upwards
/// when nothing follows.
/// </param>
internal readonly record struct Slice(IReadOnlyList<long> Ids, long CompleteTo)
{
    public static Slice End(bool up) => new([], up ? long.MaxValue : 0);

    /// <summary>What a look-up found that asked for <paramref name="reach"/> and stopped there or at the end.</summary>
    public static Slice Of(IReadOnlyList<long> ids, Reach reach) =>
        new(ids, ids.Count >= reach.Count ? ids[^1] : reach.Up ? long.MaxValue : 0);
}

/// <summary>How far somebody has read.</summary>
internal readonly record struct FeedMark(PostId Post, DateTimeOffset At);
