using Madang.Api;
using Madang.Feeds.Graph;

namespace Madang.Feeds.Posts;

/// <summary>Reads posts by their address, profiles and threads, each as one viewer may see it now.</summary>
internal sealed class PostReading(IPostStore store, IPostActionStore actions, PostSights sights, PostPages pages, Graphs graphs)
{
    /// <summary>A page looks at so many rows before it is handed out with what it has: whoever may see little of a long profile pages on.</summary>
    private const int MostLooks = 1_000;

    /// <summary>A post that changes between two reads is asked for again; more often than this nobody changes it.</summary>
    private const int Tries = 3;

    /// <summary>The post as JSON; null where there is none, or not for this viewer. A deleted one that was answered is a stub.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(UserId? viewer, PostId id, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (await sights.OfAsync(viewer, id, cancellationToken) is not { } seen || !(seen.IsVisible || await IsStubAsync(seen, cancellationToken)))
            {
                return null;
            }

            if (await pages.WriteAsync(seen, cancellationToken) is { } json)
            {
                return json;
            }
        }

        return null;
    }

    /// <summary>Posts and shares of one author, newest first.</summary>
    public async Task<ReadOnlyMemory<byte>> OfAuthorAsync(UserId? viewer, UserId author, PageQuery page, CancellationToken cancellationToken)
    {
        var (found, next) = await FillAsync(
            viewer, page, stubs: false,
            async (beyond, limit) => Keyed(await store.OfAuthorAsync(author, beyond is { } id ? new(id) : null, limit, cancellationToken)), cancellationToken);
        return await pages.WriteAsync(found, next, cancellationToken);
    }

    /// <summary>What answers a post or comment directly, oldest first; null where the viewer may not see what they stand under.</summary>
    public async Task<ReadOnlyMemory<byte>?> CommentsAsync(UserId? viewer, PostId id, PageQuery page, CancellationToken cancellationToken)
    {
        var original = await sights.OriginalAsync(id, cancellationToken);
        foreach (var post in (await sights.OfAsync(viewer, [id, original], cancellationToken)).Distinct())
        {
            if (post is null || !(post.IsVisible || await IsStubAsync(post, cancellationToken)))
            {
                return null;
            }
        }

        var (found, next) = await FillAsync(
            viewer, page, stubs: true,
            async (beyond, limit) => Keyed(await store.CommentsAsync(original, beyond is { } after ? new(after) : null, limit, cancellationToken)), cancellationToken);
        return await pages.WriteAsync(found, next, cancellationToken);
    }

    /// <summary>What the viewer has bookmarked and may see, newest bookmark first.</summary>
    public async Task<ReadOnlyMemory<byte>> BookmarksAsync(UserId viewer, PageQuery page, CancellationToken cancellationToken)
    {
        var (found, next) = await FillAsync(
            viewer, page, stubs: false, (beyond, limit) => actions.BookmarksAsync(viewer, beyond, limit, cancellationToken), cancellationToken);
        return await pages.WriteAsync(found, next, cancellationToken);
    }

    /// <summary>What a post says and said before, newest first; null where the viewer may not see it.</summary>
    public async Task<IReadOnlyList<PostVersion>?> VersionsAsync(UserId? viewer, PostId id, CancellationToken cancellationToken)
    {
        // The row first: what was seen afterwards answers for this version or a newer one.
        if ((await store.FindAsync([id], cancellationToken))[0] is not { } post)
        {
            return null;
        }

        var before = await store.VersionsAsync(id, cancellationToken);
        return await sights.OfAsync(viewer, id, cancellationToken) is { IsVisible: true }
            ? [new(post.Version, post.Text, null), .. before.Where(version => version.Version < post.Version)]
            : null;
    }

    /// <summary>Who reacted to a post and how, less whom the viewer has nothing to do with; null where the viewer may not see the post.</summary>
    public async Task<Page<(UserId User, int Reactions)>?> ReactorsAsync(UserId viewer, PostId id, PageQuery page, CancellationToken cancellationToken)
    {
        if (await sights.TargetAsync(viewer, id, cancellationToken) is not { } target)
        {
            return null;
        }

        UserId? after = page.After is { } beyond ? new(beyond) : null;
        var rows = page.Of(await actions.ReactorsAsync(target.Id, after, page.Fetch, cancellationToken), row => row.User.Value);
        var graph = await graphs.OfAsync(viewer, cancellationToken);
        return rows with { Items = [.. rows.Items.Where(row => !ViewerGraph.Holds(graph.Blocked, row.User.Value))] };
    }

    private static List<(long Key, PostId Post)> Keyed(IReadOnlyList<PostId> ids) => [.. ids.Select(id => (id.Value, id))];

    /// <summary>Takes ids as they come until the page is full or they end; the cursor stands at the last one that was looked at.</summary>
    private async Task<(IReadOnlyList<SeenPost> Posts, string? Next)> FillAsync(
        UserId? viewer, PageQuery page, bool stubs, Func<long?, int, Task<IReadOnlyList<(long Key, PostId Post)>>> ids, CancellationToken cancellationToken)
    {
        var found = new List<SeenPost>(page.Limit);
        var beyond = page.After;
        for (var looked = 0; looked < MostLooks;)
        {
            var some = await ids(beyond, page.Fetch);
            var seen = await sights.OfAsync(viewer, [.. some.Select(one => one.Post)], cancellationToken);
            for (var i = 0; i < some.Count; i++)
            {
                if (found.Count == page.Limit)
                {
                    return (found, Cursor.Write(beyond!.Value));
                }

                beyond = some[i].Key;
                if (seen[i] is { } post && (post.IsVisible || (stubs && await IsStubAsync(post, cancellationToken))))
                {
                    found.Add(post);
                }
            }

            if (some.Count < page.Fetch)
            {
                return (found, null);
            }

            looked += some.Count;
        }

        return (found, Cursor.Write(beyond!.Value));
    }

    /// <summary>A tombstone shows as long as something stands under it. It says nothing but that.</summary>
    private async Task<bool> IsStubAsync(SeenPost post, CancellationToken cancellationToken) =>
        post.Sight == Sight.Deleted && post.Facts.State == PostState.Deleted && (await store.CommentsAsync(post.Facts.Id, null, 1, cancellationToken)).Count > 0;
}
