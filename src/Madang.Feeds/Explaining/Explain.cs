using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;

namespace Madang.Feeds.Explaining;

/// <summary>Answers why a post is in somebody's home feed or not, by the rules that make the feed.</summary>
internal sealed class Explain(IPostFacts facts, Graphs graphs, ITimelineStore store, WarmTimelines timelines)
{
    private const int Tries = 5;

    /// <param name="reader">Whose feed.</param>
    /// <param name="tellsAll">For a moderator: also about what the reader may not see, which the reader is told does not exist.</param>
    public async Task<Result<FeedExplanation>> OfAsync(UserId reader, PostId id, bool tellsAll, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            var graph = await graphs.OfAsync(reader, cancellationToken);
            var page = await facts.OfAsync(reader, [id], cancellationToken);
            if (page.IsNewerThan(graph))
            {
                _ = await graphs.AtAsync(reader, page.Epoch, cancellationToken);
                continue;
            }

            if (page.Posts[0] is not { } post || (!tellsAll && Visibility.Of(post, graph) != Sight.Visible))
            {
                return ApiErrors.NotFound;
            }

            var without = new List<string>();
            if (post.ShareOf.Value != 0)
            {
                var beside = await facts.OfAsync(reader, [post.ShareOf], cancellationToken);
                if (beside.IsNewerThan(graph))
                {
                    continue;
                }

                AddShared(without, beside.Posts[0], graph, tellsAll);
            }

            var by = await WaysAsync(post, graph, cancellationToken);
            AddOwn(without, post, graph, by.Count > 0);
            return new FeedExplanation(id, reader, without.Count == 0, by, without, PlaceOf(post, reader, graph))
            {
                Delivery = timelines.Find(reader) is { } warm && by.Count > 0 ? ViewerGraph.Holds(warm.Aim.Pulled, post.Author.Value) ? "pull" : "push" : null,
            };
        }

        throw new Storage.UnavailableException("The relations of a reader changed faster than their feed could be explained.");
    }

    private static void AddShared(List<string> without, PostFacts? original, ViewerGraph graph, bool tellsAll)
    {
        var sight = original is { } shared ? Visibility.InTimeline(shared, graph) : Sight.Deleted;
        if (sight != Sight.Visible)
        {
            // To the reader, what may not be seen is not there, for whatever reason.
            without.Add(ExplainCodes.SharedPrefix + (tellsAll || sight is Sight.Muted or Sight.ShareUnwanted ? ExplainCodes.Of(sight) : "not_visible"));
        }
    }

    private static void AddOwn(List<string> without, in PostFacts post, ViewerGraph graph, bool hasWay)
    {
        var sight = Visibility.InTimeline(post, graph);
        if (sight == Sight.Visible && post.State == PostState.Hidden)
        {
            // One's own, taken out of sight by a moderator: seen by its address, not in the feed.
            sight = Sight.Hidden;
        }

        if (sight != Sight.Visible)
        {
            without.Add(ExplainCodes.Of(sight));
        }

        if (post.Root.Value != 0)
        {
            without.Add(ExplainCodes.Comment);
        }

        if (!hasWay)
        {
            var author = post.Author.Value;
            without.Add(ViewerGraph.Holds(graph.Follows, author) || ViewerGraph.Holds(graph.Friends, author) ? ExplainCodes.OnExclusiveList : ExplainCodes.NotFollowed);
        }
    }

    private async Task<IReadOnlyList<string>> WaysAsync(PostFacts post, ViewerGraph graph, CancellationToken cancellationToken) => FeedWays.Of(
        post, graph, post.Audience == Audience.Public && graph.Tags.Length > 0 && await store.HasTagAsync(post.Id, graph.Tags, cancellationToken));

    private string PlaceOf(in PostFacts post, UserId reader, ViewerGraph graph)
    {
        for (var pending = timelines.Pending.First; pending is not null; pending = pending.Next)
        {
            if (!pending.IsDone && pending.Id == post.Id.Value)
            {
                return "pending";
            }
        }

        if (timelines.Find(reader) is not { IsReady: true } warm || warm.Aim.Epoch != graph.Epoch)
        {
            return "database";
        }

        Span<long> one = stackalloc long[1];
        var isInRing = warm.Ring.CopyBelow(post.Id.Value + 1, one, out _) == 1 && one[0] == post.Id.Value;
        return isInRing ? "ring" : ViewerGraph.Holds(warm.Aim.Pulled, post.Author.Value) ? "author_log" : "database";
    }
}
