using Madang.Api;

namespace Madang.Feeds.Posts;

/// <summary>
/// The rows that <see cref="FactsInMemory"/> is made of. Only for an engine to which nobody writes but this process, and whose stores publish what they change:
/// <see cref="PostChanged"/>, <see cref="ActionsChanged"/>, <see cref="AuthorChanged"/>, and <see cref="Graph.EpochsRaised"/>.
/// </summary>
internal interface IPostFactRows
{
    /// <summary>One for each id, in order and in one snapshot; null where there is no such row.</summary>
    Task<IReadOnlyList<PostRow?>> PostsAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken);

    /// <summary>The viewer's epoch and what they did with posts, the newest <paramref name="limit"/> by id, in one snapshot.</summary>
    Task<ViewerRows> ViewerAsync(UserId viewer, int limit, CancellationToken cancellationToken);

    /// <summary>What the viewer did with these posts: one for each id, in order.</summary>
    Task<IReadOnlyList<Overlay>> ActionsAsync(UserId viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken);
}

/// <summary>What decides who may see a post, whoever asks.</summary>
/// <param name="Facts">Nobody is addressed.</param>
/// <param name="Mentioned">Whom a post names that is not for everybody; empty for others.</param>
internal sealed record PostRow(PostFacts Facts, UserId[] Mentioned)
{
    /// <summary>How much of what was told of authors was heard before it was read.</summary>
    public long ReadAt { get; init; }

    /// <summary>As one viewer may be told; null for who is not signed in.</summary>
    public PostFacts FactsFor(UserId? viewer) =>
        Mentioned.Length > 0 && viewer is { } person && Array.IndexOf(Mentioned, person) >= 0 ? Facts with { Addressed = true } : Facts;
}

/// <summary>What one viewer did, by ascending id of the post.</summary>
/// <param name="Floor">Of posts from this id on everything is here.</param>
internal sealed record ViewerRows(long Epoch, long Floor, long[] Posts, Overlay[] Overlays)
{
    /// <summary>What was done with it; nothing for a post that is not among them.</summary>
    public Overlay Of(PostId post) => Array.BinarySearch(Posts, post.Value) is >= 0 and var at ? Overlays[at] : default;
}

/// <summary>Said with every change of what somebody did with posts: a reaction, a bookmark, a share, or one of them taken back.</summary>
internal sealed record ActionsChanged(UserId User);

/// <summary>Said when an account may have been disabled, or let in again: what it wrote goes out of sight, or comes back.</summary>
internal sealed record AuthorChanged(UserId Author);
