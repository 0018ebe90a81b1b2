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
