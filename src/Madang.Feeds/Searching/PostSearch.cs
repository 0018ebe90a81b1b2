using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Storage.Searching;

namespace Madang.Feeds.Searching;

/// <summary>Finds posts by their words, newest first: what the index knows, and of that what the viewer may see now.</summary>
internal sealed class PostSearch(IPostSearchStore store, PostSights sights, PostPages pages)
{
    /// <summary>A page looks at so many posts before it is handed out with what it has.</summary>
    private const int MostLooks = 1_000;

    private const int AtATime = 100;

    /// <summary>
    /// <c>{"items":[Post…],"next":CURSOR|null,"prev":null}</c>. Whether there is a next page is said of what the viewer may see: that somebody else's words match is not told by a cursor
    /// that leads to nothing (but a page that looked at a thousand in vain hands out where it stands).
    /// </summary>
    public async Task<ReadOnlyMemory<byte>> FindAsync(UserId viewer, SearchQuery query, PageQuery page, CancellationToken cancellationToken)
    {
        var (found, next) = await FillAsync(viewer, query, page, cancellationToken);
        return await pages.WriteAsync(found, next, cancellationToken);
    }

    private async Task<(List<SeenPost> Posts, string? Next)> FillAsync(UserId viewer, SearchQuery query, PageQuery page, CancellationToken cancellationToken)
    {
        var found = new List<SeenPost>(page.Fetch);
        var before = page.After is { } after ? new PostId(after) : (PostId?)null;
        for (var looked = 0; looked < MostLooks;)
        {
            var some = await store.FindAsync(query, before, AtATime, cancellationToken);
            foreach (var post in await sights.OfAsync(viewer, some, cancellationToken))
            {
                if (post is { IsVisible: true })
                {
                    found.Add(post);
                    if (found.Count == page.Fetch)
                    {
                        found.RemoveAt(page.Limit);
                        return (found, Cursor.Write(found[^1].Facts.Id.Value));
                    }
                }
            }

            if (some.Count < AtATime)
            {
                return (found, null);
            }

            (before, looked) = (some[^1], looked + some.Count);
        }

        return (found, Cursor.Write(before!.Value.Value));
    }
}
