using Madang.Api;

namespace Madang.Feeds.Posts;

/// <summary>Reads posts by their address, profiles and threads, each as one viewer may see it now.</summary>
internal sealed class PostReading(IPostStore store, PostSights sights, PostPages pages)
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
            (beyond, limit) => store.OfAuthorAsync(author, beyond is { } id ? new(id) : null, limit, cancellationToken), cancellationToken);
        return await pages.WriteAsync(found, next, cancellationToken);
    }

    /// <summary>Takes ids as they come until the page is full or they end; the cursor stands at the last one that was looked at.</summary>
    private async Task<(IReadOnlyList<SeenPost> Posts, string? Next)> FillAsync(
        UserId? viewer, PageQuery page, bool stubs, Func<long?, int, Task<IReadOnlyList<PostId>>> ids, CancellationToken cancellationToken)
    {
        var found = new List<SeenPost>(page.Limit);
        var beyond = page.After;
        for (var looked = 0; looked < MostLooks;)
        {
            var some = await ids(beyond, page.Fetch);
            var seen = await sights.OfAsync(viewer, some, cancellationToken);
            for (var i = 0; i < some.Count; i++)
            {
                if (found.Count == page.Limit)
                {
                    return (found, Cursor.Write(beyond!.Value));
                }

                beyond = some[i].Value;
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
