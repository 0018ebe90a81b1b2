using Madang.Api;
using Madang.Feeds.Graph;

namespace Madang.Feeds.Posts;

/// <summary>One post as one viewer may see it now.</summary>
/// <param name="Shared">What a share passes on, where the viewer may see that.</param>
internal sealed record SeenPost(PostFacts Facts, Overlay Overlay, Sight Sight, SeenPost? Shared = null)
{
    public bool IsVisible => Sight == Sight.Visible;

    /// <summary>The post whose words these are: a share without any says what it shares.</summary>
    public PostFacts Says => Facts.IsPlainShare && Shared is { } shared ? shared.Facts : Facts;
}

/// <summary>Answers for posts by their address: everything that <see cref="Visibility"/> needs, read now, with what a comment stands under and a share passes on.</summary>
internal sealed class PostSights(IPostFacts facts, IPostStore store, Graphs graphs)
{
    /// <summary>What is meant when somebody answers, shares or likes this post: the original of a share without words. Null where they may not see it.</summary>
    public async Task<PostFacts?> TargetAsync(UserId user, PostId id, CancellationToken cancellationToken) =>
        await OfAsync(user, id, cancellationToken) is { IsVisible: true } seen ? seen.Says : null;

    /// <summary>Likewise, whoever may see it.</summary>
    public async Task<PostId> OriginalAsync(PostId id, CancellationToken cancellationToken) =>
        (await store.FindAsync([id], cancellationToken))[0] is { IsPlainShare: true } share ? share.ShareOf : id;

    public async Task<SeenPost?> OfAsync(UserId? viewer, PostId id, CancellationToken cancellationToken) => (await OfAsync(viewer, [id], cancellationToken))[0];

    /// <summary>One for each id, in order; null where there is no such row.</summary>
    public async Task<IReadOnlyList<SeenPost?>> OfAsync(UserId? viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var page = await facts.OfAsync(viewer, ids, cancellationToken);
        var known = new Dictionary<PostId, (PostFacts Facts, Overlay Overlay)>(ids.Count);
        var more = Add(known, page);
        var epoch = page.Epoch;
        if (more.Count > 0)
        {
            var beside = await facts.OfAsync(viewer, more, cancellationToken);
            Add(known, beside);
            epoch = Math.Max(epoch, beside.Epoch);
        }

        var graph = viewer is { } person ? await graphs.AtAsync(person, epoch, cancellationToken) : null;
        return [.. ids.Select(id => known.TryGetValue(id, out var one) ? See(one.Facts, one.Overlay, known, graph) : null)];
    }

    private static SeenPost See(PostFacts post, Overlay overlay, Dictionary<PostId, (PostFacts Facts, Overlay Overlay)> known, ViewerGraph? graph)
    {
        var sight = Visibility.Of(post, graph);
        if (sight == Sight.Deleted && OfRoot(post, graph) is not Sight.Visible and var reason)
        {
            // Who could not see it is not told that it was there.
            return new(post, overlay, reason);
        }

        if (post.Root.Value != 0 && sight is Sight.Visible or Sight.Deleted)
        {
            // Comments stand on under what was deleted, for those who saw it.
            var under = known.TryGetValue(post.Root, out var root) ? OfRoot(root.Facts, graph) : Sight.Deleted;
            return new(post, overlay, under == Sight.Visible ? sight : under);
        }

        if (post.ShareOf.Value == 0 || sight != Sight.Visible)
        {
            return new(post, overlay, sight);
        }

        var shared = known.TryGetValue(post.ShareOf, out var original)
            ? new SeenPost(original.Facts, original.Overlay, Visibility.Of(original.Facts, graph))
            : new SeenPost(default, default, Sight.Deleted);
        return new(post, overlay, shared.Sight, shared.IsVisible ? shared : null);
    }

    /// <summary>As if it had not been deleted.</summary>
    private static Sight OfRoot(PostFacts root, ViewerGraph? graph) =>
        Visibility.Of(root.State == PostState.Deleted ? root with { State = PostState.Live } : root, graph);

    /// <summary>Takes the answers in, and tells what they stand on that is not among them.</summary>
    private static List<PostId> Add(Dictionary<PostId, (PostFacts Facts, Overlay Overlay)> known, PageFacts page)
    {
        for (var i = 0; i < page.Posts.Length; i++)
        {
            if (page.Posts[i] is { } post)
            {
                known[post.Id] = (post, page.Overlays[i]);
            }
        }

        return
        [
            .. page.Posts.OfType<PostFacts>().SelectMany(post => (PostId[])[post.Root, post.ShareOf])
                .Where(id => id.Value != 0 && !known.ContainsKey(id)).Distinct(),
        ];
    }
}
