using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Timelines;

/// <summary>Timelines straight from the rows: any page of anybody's, in either direction, by keyset. What is below a ring, and what fills it.</summary>
internal interface ITimelineStore
{
    /// <summary>
    /// Posts and shares that stand, of any of <paramref name="authors"/> (ascending ids). Reads along the newest posts of everybody as long as that is
    /// cheaper than to look into the posts of each author, and then does that: no statistics are asked, and the worst case is twice the best plan.
    /// </summary>
    Task<Slice> OfAuthorsAsync(long[] authors, Reach reach, CancellationToken cancellationToken);

    /// <summary>What bears one of these tags. Sets <see cref="Slice.CompleteTo"/> to where it stopped, found or not.</summary>
    Task<Slice> OfTagsAsync(string[] tags, Reach reach, CancellationToken cancellationToken);

    /// <summary>Posts with <see cref="Audience.Direct"/> that mention the reader; it looks at so many mentions at a time and says how far it came.</summary>
    Task<Slice> DirectAsync(UserId reader, Reach reach, CancellationToken cancellationToken);

    /// <summary>Who is on a list, ascending; null when <paramref name="owner"/> has no such list.</summary>
    Task<long[]?> MembersAsync(UserId owner, long list, CancellationToken cancellationToken);

    /// <summary>Whom a post mentions.</summary>
    Task<IReadOnlyList<UserId>> MentionedAsync(PostId post, CancellationToken cancellationToken);

    /// <summary>Whether a post bears one of <paramref name="tags"/>.</summary>
    Task<bool> HasTagAsync(PostId post, string[] tags, CancellationToken cancellationToken);

    /// <summary>How far somebody has read a timeline: of a list, or of everything with list 0. Null when never told.</summary>
    Task<FeedMark?> MarkAsync(UserId reader, long list, CancellationToken cancellationToken);

    /// <summary>Moves the mark forward, never back; the mark as it is now.</summary>
    FeedMark Mark(WriteTx tx, UserId reader, long list, PostId post);
}

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
