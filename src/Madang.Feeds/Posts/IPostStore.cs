using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Posts;

/// <summary>Posts, comments and shares, and their log.</summary>
internal interface IPostStore
{
    /// <summary>
    /// The hot write: post, log, tags, mentions, counts to come and client id in one transaction. Refuses <c>idempotency_conflict</c>, <c>not_found</c> (what it
    /// answers or shares is gone), <c>blocked</c>, <c>not_shareable</c>, and a list that is not the author's.
    /// </summary>
    Task<Result<Published>> PublishAsync(NewPost post, CancellationToken cancellationToken);

    /// <summary>Reads and locks it, whatever its state.</summary>
    Post? Lock(WriteTx tx, PostId id);

    /// <summary>
    /// Writes what <paramref name="after"/> changed: the row, its tags and mentions, what it said before, and the log. A deletion lets go of everything that it
    /// said, and takes back what was counted elsewhere for it. A wider audience does not get to read what was said to a narrower one.
    /// </summary>
    void Update(WriteTx tx, Post before, Post after, PostOp op);

    /// <summary>The newest share of this post without words of this author's; null where none stands.</summary>
    PostId? ShareOf(WriteTx tx, UserId author, PostId post);

    /// <summary>Whether the list is the author's.</summary>
    bool OwnsList(WriteTx tx, UserId author, long list);

    /// <summary>One for each id, in order; null where there is no such row.</summary>
    Task<IReadOnlyList<Post?>> FindAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken);

    /// <summary>Posts and shares of one author that stand, newest first, older than <paramref name="before"/>.</summary>
    Task<IReadOnlyList<PostId>> OfAuthorAsync(UserId author, PostId? before, int limit, CancellationToken cancellationToken);

    /// <summary>What answers this post or comment directly, oldest first, tombstones too.</summary>
    Task<IReadOnlyList<PostId>> CommentsAsync(PostId parent, PostId? after, int limit, CancellationToken cancellationToken);

    /// <summary>What it said before, newest first.</summary>
    Task<IReadOnlyList<PostVersion>> VersionsAsync(PostId id, CancellationToken cancellationToken);

    /// <summary>Who goes by these names, by the name as asked: nobody who is disabled, or blocked by the author or blocking them.</summary>
    Task<IReadOnlyDictionary<string, UserId>> MentionedAsync(UserId author, IReadOnlyCollection<string> names, CancellationToken cancellationToken);

    /// <summary>Lets go of client ids of buckets below <paramref name="oldest"/>; how many.</summary>
    int PruneKeys(WriteTx tx, long oldest, int limit);
}
