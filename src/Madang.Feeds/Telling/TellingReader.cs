using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>
/// Finds in the log of posts what people want to hear of: answers, mentions, shares, new posts. What comes twice is known already and changes nothing.
/// Nobody is told twice of one comment: a mention goes before an answer, an answer to a comment before one to the post above it.
/// </summary>
internal sealed class TellingReader(IPostStore posts, ISubscriptionStore subscriptions, TellingFold fold, Database database) : IPostLogReader
{
    private const int PageOfSubscribers = 500;

    public string Name => "telling";

    public async Task AcceptAsync(IReadOnlyList<PostLogEntry> entries, CancellationToken cancellationToken)
    {
        var found = await FindAsync(entries.Select(entry => entry.Post), cancellationToken);
        var above = await FindAsync(found.Values.SelectMany(post => new[] { post.Root, post.Parent, post.ShareOf }).Where(id => id.Value != 0), cancellationToken);
        var gone = new List<PostId>();
        var deeds = new List<Deed>();
        foreach (var entry in entries)
        {
            if (found.TryGetValue(entry.Post, out var post) && post.State == PostState.Live)
            {
                deeds.AddRange(OfPost(post, above, entry.At));
            }
            else
            {
                gone.Add(entry.Post);
            }
        }

        await FoldAsync(deeds, cancellationToken);
        foreach (var chunk in gone.Distinct().Chunk(TellingFold.Batch))
        {
            await database.WriteAsync(tx => Forget(tx, chunk), Lane.Background, cancellationToken);
        }

        foreach (var entry in entries.Where(entry => entry.Op == PostOp.Created))
        {
            if (found.TryGetValue(entry.Post, out var post) && post.State == PostState.Live && !post.IsComment)
            {
                await TellSubscribersAsync(post, entry.At, cancellationToken);
            }
        }
    }

    /// <summary>Everybody whom a post or comment concerns, each once, and never its author.</summary>
    internal static IReadOnlyList<Deed> OfPost(Post post, IReadOnlyDictionary<PostId, Post> above, DateTimeOffset at)
    {
        var deeds = new List<Deed>();
        var told = new HashSet<UserId> { post.Author };
        foreach (var mention in post.Mentions)
        {
            Add(mention.User, TellingKind.Mention, post.Id);
        }

        if (above.TryGetValue(post.Parent, out var parent) && parent.IsComment)
        {
            Add(parent.Author, TellingKind.Reply, parent.Id);
        }

        if (above.TryGetValue(post.Root, out var root))
        {
            Add(root.Author, TellingKind.Comment, root.Id);
        }

        if (above.TryGetValue(post.ShareOf, out var shared))
        {
            Add(shared.Author, TellingKind.Share, shared.Id);
        }

        return deeds;

        void Add(UserId to, TellingKind kind, PostId subject)
        {
            if (told.Add(to))
            {
                deeds.Add(new(new(to, kind, subject.Value), post.Author, post.Id, false, at));
            }
        }
    }

    private async Task TellSubscribersAsync(Post post, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var mentioned = post.Mentions.Select(mention => mention.User).ToHashSet();
        UserId after = default;
        IReadOnlyList<UserId> page;
        do
        {
            page = await subscriptions.SubscribersAsync(post.Author, after, PageOfSubscribers, cancellationToken);
            await FoldAsync(
                [.. page.Where(user => !mentioned.Contains(user)).Select(user => new Deed(new(user, TellingKind.NewPost, post.Id.Value), post.Author, post.Id, false, at))],
                cancellationToken);
            after = page.Count == 0 ? after : page[^1];
        }
        while (page.Count == PageOfSubscribers);
    }

    private async Task FoldAsync(IReadOnlyList<Deed> deeds, CancellationToken cancellationToken)
    {
        foreach (var chunk in deeds.Chunk(TellingFold.Batch))
        {
            await database.WriteAsync(
                tx =>
                {
                    fold.Fold(tx, chunk);
                    return Done.Value;
                },
                Lane.Background, cancellationToken);
        }
    }

    private Done Forget(WriteTx tx, IEnumerable<PostId> gone)
    {
        foreach (var post in gone.OrderBy(post => post.Value))
        {
            fold.Forget(tx, post);
        }

        return Done.Value;
    }

    private async Task<Dictionary<PostId, Post>> FindAsync(IEnumerable<PostId> ids, CancellationToken cancellationToken) =>
        (await posts.FindAsync([.. ids.Distinct()], cancellationToken)).OfType<Post>().ToDictionary(post => post.Id);
}
