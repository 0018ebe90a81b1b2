using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;

namespace Madang.Feeds.Timelines;

/// <summary>A page of a feed as its reader may see it now.</summary>
/// <param name="Posts">In the order asked for.</param>
/// <param name="Also">Who else shared what a post of the page shares: by the post's id.</param>
/// <param name="Next">On the same way; null at the true end.</param>
/// <param name="Prev">The other way: what came since.</param>
/// <param name="Gap">What lies between the page and what the client holds, when it did not fit.</param>
internal sealed record FeedPage(IReadOnlyList<SeenPost> Posts, IReadOnlyDictionary<PostId, List<UserId>> Also, string? Next, string Prev, string? Gap);

/// <summary>
/// Reads feeds: candidates from memory or the database, then one question for what decides over them, asked now, and again until the page is full or the feed
/// ends. A page that was built on relations which have changed meanwhile is built anew.
/// </summary>
internal sealed class FeedReader(IPostFacts facts, Graphs graphs, Candidates candidates, ITimelineStore store, TimelineMetrics metrics)
{
    /// <summary>How often a page begins anew because relations changed while it was made.</summary>
    private const int Tries = 6;

    /// <summary>A page whose filters leave out more than this is answered short, with the cursor to go on.</summary>
    private const int MostRounds = 40;

    private const int MostAtATime = 400;

    /// <exception cref="Storage.UnavailableException">Relations changed faster than a page can be made.</exception>
    public async Task<Result<FeedPage>> ReadAsync(UserId viewer, FeedQuery query, CancellationToken cancellationToken)
    {
        var graph = await graphs.OfAsync(viewer, cancellationToken);
        for (var i = 0; i < Tries; i++)
        {
            if (await SourcesAsync(graph, query.Feed, cancellationToken) is not { } sources)
            {
                return ApiErrors.NotFound;
            }

            var page = new PageInMaking(graph, query, sources);
            if (await FillAsync(page, cancellationToken))
            {
                metrics.Read(page.Source, page.Rounds);
                return page.Finish();
            }

            graph = await graphs.AtAsync(viewer, page.EpochNow, cancellationToken);
        }

        throw new Storage.UnavailableException("The relations of a reader changed faster than a page of their feed could be made.");
    }

    /// <summary>False when the relations that it was built on are no longer those of the database.</summary>
    private async ValueTask<bool> FillAsync(PageInMaking page, CancellationToken cancellationToken)
    {
        while (!page.IsDone)
        {
            // Most of what is asked about is shown: a few more, and many more only where filters took the page away.
            var wanted = Math.Min(MostAtATime, (page.Missing + 2 + (page.Missing / 10)) << Math.Min(4, page.Rounds));
            var found = await candidates.OfAsync(page.Graph, page.Sources, new Reach(page.From, page.Query.Up, wanted), page.Query.Seen, cancellationToken);
            page.Rounds++;
            var ids = found.Between(page.Query.Above, page.Query.Below);
            if (ids.Count > 0 && !await SeeAsync(page, ids, found, cancellationToken))
            {
                return false;
            }

            page.WentTo(found, ids.Count > 0 ? ids[^1].Value : 0, page.Rounds >= MostRounds);
        }

        return true;
    }

    private async ValueTask<bool> SeeAsync(PageInMaking page, List<PostId> ids, Found found, CancellationToken cancellationToken)
    {
        var seen = await facts.OfAsync(page.Graph.Viewer, ids, cancellationToken);
        if (seen.IsNewerThan(page.Graph))
        {
            page.EpochNow = seen.Epoch;
            return false;
        }

        Dictionary<PostId, SeenPost?>? originals = null;
        foreach (var post in seen.Posts)
        {
            if (post is { } share && share.ShareOf.Value != 0 && page.Belongs(share, found))
            {
                (originals ??= []).TryAdd(share.ShareOf, null);
            }
        }

        if (originals is not null)
        {
            PostId[] shared = [.. originals.Keys];
            var beside = await facts.OfAsync(page.Graph.Viewer, shared, cancellationToken);
            if (beside.IsNewerThan(page.Graph))
            {
                page.EpochNow = beside.Epoch;
                return false;
            }

            for (var i = 0; i < shared.Length; i++)
            {
                originals[shared[i]] = beside.Posts[i] is { } original && FeedRule.Shows(original, page.Graph)
                    ? new SeenPost(original, beside.Overlays[i], Sight.Visible)
                    : null;
            }
        }

        for (var i = 0; i < ids.Count && page.Missing > 0; i++)
        {
            if (seen.Posts[i] is { } post && page.Belongs(post, found))
            {
                var original = post.ShareOf.Value == 0 ? null : originals![post.ShareOf];
                if (post.ShareOf.Value == 0 || original is not null)
                {
                    page.Add(new SeenPost(post, seen.Overlays[i], Sight.Visible, original));
                }
            }
        }

        return true;
    }

    /// <summary>Null for a list that is not the reader's.</summary>
    private async ValueTask<FeedSources?> SourcesAsync(ViewerGraph graph, FeedName feed, CancellationToken cancellationToken)
    {
        if (feed.IsHome)
        {
            return new FeedSources(true, [], graph.Tags);
        }

        if (feed.Tag is { } tag)
        {
            return new FeedSources(false, [], [tag]);
        }

        return await store.MembersAsync(graph.Viewer, feed.List, cancellationToken) is { } members ? new FeedSources(false, members, []) : null;
    }
}

/// <summary>What a feed shows of what its reader may see.</summary>
internal static class FeedRule
{
    public static bool Shows(in PostFacts post, ViewerGraph graph) =>
        post.State == PostState.Live && post.Root.Value == 0 && Visibility.InTimeline(post, graph) == Sight.Visible;

    /// <summary>Whether it comes into the home feed by its author or because it was written to the reader; followed tags are another way.</summary>
    public static bool IsHome(in PostFacts post, ViewerGraph graph) =>
        post.Author == graph.Viewer || ViewerGraph.Holds(graph.Followees, post.Author.Value) || (post.Audience == Audience.Direct && post.Addressed);
}
