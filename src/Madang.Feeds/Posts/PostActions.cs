using Madang.Api;
using Madang.Storage;

namespace Madang.Feeds.Posts;

/// <summary>What people do with posts.</summary>
internal interface IPostActionStore
{
    /// <summary>Sets or takes back one reaction and writes the deed down to be counted. Whose post it is; null when nothing changed, or it is not there any more.</summary>
    UserId? React(WriteTx tx, UserId user, PostId post, ReactionKind kind, bool on);

    /// <param name="mark">A Snowflake: bookmarks are listed by it. Null takes the bookmark away.</param>
    void Bookmark(WriteTx tx, UserId user, PostId post, long? mark);

    /// <summary>Newest first, older than <paramref name="before"/>.</summary>
    Task<IReadOnlyList<(long Mark, PostId Post)>> BookmarksAsync(UserId user, long? before, int limit, CancellationToken cancellationToken);

    /// <summary>Who reacted how, by ascending id beyond <paramref name="after"/>.</summary>
    Task<IReadOnlyList<(UserId User, int Reactions)>> ReactorsAsync(PostId post, UserId? after, int limit, CancellationToken cancellationToken);
}

/// <summary>What Posts hands up beside its log; parts above implement it.</summary>
internal interface IPostEvents
{
    /// <summary>In the transaction that writes it, and once: <paramref name="who"/> reacted to a post of <paramref name="author"/>, or took it back.</summary>
    void Reacted(WriteTx tx, UserId who, PostId post, UserId author, ReactionKind kind, bool on);
}

/// <summary>Reacts and bookmarks. What is done to a share without words is done to what it shares.</summary>
internal sealed class PostActions(
    IPostActionStore store, PostSights sights, Database database, Snowflake ids, Lazy<IReadOnlyList<IPostEvents>> events)
{
    /// <summary>Doing it twice is doing it once. Refuses <c>not_found</c>.</summary>
    public async Task<Result<Done>> ReactAsync(UserId user, PostId id, ReactionKind kind, CancellationToken cancellationToken)
    {
        if (await sights.TargetAsync(user, id, cancellationToken) is not { } target)
        {
            return ApiErrors.NotFound;
        }

        return await database.WriteAsync<Result<Done>>(
            tx =>
            {
                React(tx, user, target.Id, kind, on: true);
                return Done.Value;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Nothing to take back is fine, and so is a post that can no longer be seen.</summary>
    public async Task UnreactAsync(UserId user, PostId id, ReactionKind kind, CancellationToken cancellationToken)
    {
        var target = await sights.OriginalAsync(id, cancellationToken);
        await database.WriteAsync(
            tx =>
            {
                React(tx, user, target, kind, on: false);
                return Done.Value;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Refuses <c>not_found</c>.</summary>
    public async Task<Result<Done>> BookmarkAsync(UserId user, PostId id, CancellationToken cancellationToken)
    {
        if (await sights.TargetAsync(user, id, cancellationToken) is not { } target)
        {
            return ApiErrors.NotFound;
        }

        await MarkAsync(user, target.Id, ids.Next(), cancellationToken);
        return Done.Value;
    }

    public async Task UnbookmarkAsync(UserId user, PostId id, CancellationToken cancellationToken) =>
        await MarkAsync(user, await sights.OriginalAsync(id, cancellationToken), null, cancellationToken);

    private void React(WriteTx tx, UserId user, PostId post, ReactionKind kind, bool on)
    {
        if (store.React(tx, user, post, kind, on) is { } author)
        {
            foreach (var listener in events.Value)
            {
                listener.Reacted(tx, user, post, author, kind, on);
            }
        }
    }

    private Task<Done> MarkAsync(UserId user, PostId target, long? mark, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            store.Bookmark(tx, user, target, mark);
            return Done.Value;
        },
        cancellationToken: cancellationToken);
}
