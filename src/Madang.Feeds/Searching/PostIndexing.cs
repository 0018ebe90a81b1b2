using Madang.Feeds.Posts;
using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Feeds.Searching;

/// <summary>
/// Follows the log of posts and keeps what they can be found by: posts, comments and shares with words, as they stand when the log is read. A deleted one goes out. Hidden ones
/// stay, as their authors still find them.
/// </summary>
internal sealed class PostIndexing(IPostStore posts, IPostSearchStore store, Database database) : IPostLogReader
{
    /// <summary>Of one post; the longest text that a post may hold has fewer.</summary>
    private const int MaxTerms = 16_000;

    // A closure of the background lane writes little at a time.
    private const int AtOnce = 32;

    public string Name => "search";

    public async Task AcceptAsync(IReadOnlyList<PostLogEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var ids in entries.Select(entry => entry.Post).Distinct().Order(Comparer<PostId>.Create((a, b) => a.Value.CompareTo(b.Value))).Chunk(AtOnce))
        {
            var rows = await posts.FindAsync(ids, cancellationToken);
            var indexed = new List<IndexedPost>(ids.Length);
            for (var i = 0; i < ids.Length; i++)
            {
                indexed.Add(new IndexedPost(ids[i], rows[i] is { State: not PostState.Deleted } post ? SearchTerms.Line(SearchTerms.Normal(post.Text), MaxTerms) : ""));
            }

            await database.WriteAsync(
                tx =>
                {
                    store.Put(tx, indexed);
                    return 0;
                },
                Lane.Background,
                cancellationToken);
        }
    }
}
