using Madang.Api;
using Madang.Feeds.Explaining;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Feeds.Ranking;

/// <summary>A page in the order of a ranker.</summary>
/// <param name="Posts">As the reader may see them now.</param>
/// <param name="Next">Within the snapshot, then on in the order of time; null at the true end.</param>
internal sealed record RankedPage(IReadOnlyList<(SeenPost Post, RankedPost Rank, IReadOnlyList<string> By)> Posts, string? Next, string Prev);

/// <summary>
/// Home feeds in the order of a ranker. The newest posts of the feed are ranked once and their order is kept as a snapshot, so that nothing moves while somebody reads on; who may see a
/// post is asked anew for every page. Behind the snapshot the feed goes on in the order of time.
/// </summary>
// Seven: what is ranked, by what, and who may see it are asked of their owners.
internal sealed class RankedFeeds(
    FeedReader reader, RankedCandidates candidates, Snapshots snapshots, PostSights sights, Graphs graphs, ITimelineStore store, IOptions<FeedsOptions> options)
{
    /// <param name="seen">As <see cref="FeedQuery.Seen"/>.</param>
    public async Task<Result<RankedPage>> ReadAsync(UserId viewer, IRanker ranker, RankedCursor? cursor, int limit, long seen, CancellationToken cancellationToken)
    {
        if (cursor is { } at)
        {
            return snapshots.Find(at.Snapshot, viewer, ranker.Name) is { } kept
                ? await FillAsync(kept, at.Offset, limit, cancellationToken)
                : FeedsErrors.SnapshotGone;
        }

        var newest = await reader.ReadAsync(viewer, FeedQuery.Newest(FeedName.Home, options.Value.RankPosts) with { Seen = seen }, cancellationToken);
        if (!newest.IsOk)
        {
            return newest.Error;
        }

        var (posts, epoch) = await candidates.OfAsync(viewer, newest.Value.Posts, cancellationToken);
        var tagged = posts.Where(post => post.IsTagged).Select(post => post.Id).ToHashSet();
        var snapshot = new Snapshot(
            Snapshots.NewId(), viewer, ranker.Name, ranker.Rank(posts, candidates.Now), tagged, epoch, newest.Value.Next, newest.Value.Prev);
        if (snapshot.Posts.Count > limit)
        {
            snapshots.Put(snapshot);
        }

        return await FillAsync(snapshot, 0, limit, cancellationToken);
    }

    /// <summary>What one post's score is made of: in the reader's last snapshot, or alone and now. Null for a post that they may not see.</summary>
    public async Task<PostRanking?> ExplainAsync(UserId viewer, IRanker ranker, PostId id, CancellationToken cancellationToken)
    {
        if (await sights.OfAsync(viewer, id, cancellationToken) is not { IsVisible: true } seen)
        {
            return null;
        }

        var kept = snapshots.Newest(viewer, ranker.Name)?.Posts.Index().FirstOrDefault(one => one.Item.Id == id) ?? default;
        if (kept.Item is { } ranked)
        {
            return PostRanking.Of(ranker.Name, ranked, kept.Index + 1);
        }

        var (alone, _) = await candidates.OfAsync(viewer, [seen], cancellationToken);
        return PostRanking.Of(ranker.Name, ranker.Rank(alone, candidates.Now)[0], null);
    }

    private async Task<RankedPage> FillAsync(Snapshot snapshot, int offset, int limit, CancellationToken cancellationToken)
    {
        var found = new List<(SeenPost, RankedPost, IReadOnlyList<string>)>(limit);
        while (found.Count < limit && offset < snapshot.Posts.Count)
        {
            RankedPost[] some = [.. snapshot.Posts.Skip(offset).Take(limit - found.Count)];
            offset += some.Length;
            var seen = await sights.OfAsync(snapshot.Reader, [.. some.Select(post => post.Id)], cancellationToken);
            var graph = await graphs.OfAsync(snapshot.Reader, cancellationToken);
            for (var i = 0; i < some.Length; i++)
            {
                if (seen[i] is { } post && await WaysAsync(post, snapshot, graph, cancellationToken) is { Count: > 0 } by)
                {
                    found.Add((post, some[i], by));
                }
            }
        }

        var next = offset < snapshot.Posts.Count ? new RankedCursor(snapshot.Id, offset).ToString() : snapshot.Rest;
        return new RankedPage(found, next, snapshot.Newer);
    }

    /// <summary>How it comes into the feed now; nothing when it no longer does.</summary>
    private async ValueTask<IReadOnlyList<string>> WaysAsync(SeenPost post, Snapshot snapshot, ViewerGraph graph, CancellationToken cancellationToken)
    {
        if (!post.IsVisible || !FeedRule.Shows(post.Facts, graph) || (post.Shared is { } shared && !FeedRule.Shows(shared.Facts, graph)))
        {
            return [];
        }

        var isTagged = snapshot.Tagged.Contains(post.Facts.Id);
        if (isTagged && graph.Epoch != snapshot.Epoch)
        {
            isTagged = graph.Tags.Length > 0 && await store.HasTagAsync(post.Facts.Id, graph.Tags, cancellationToken);
        }

        return FeedWays.Of(post.Facts, graph, isTagged);
    }
}

/// <summary>What rankers may know of posts, gathered in few questions however many they are.</summary>
internal sealed class RankedCandidates(IPostStore posts, PostCounters counters, IClosenessStore closeness, Graphs graphs, TimeProvider time)
{
    // Enough to tell whom somebody cares for, and read in a few milliseconds.
    private const int Reactions = 500;
    private const int Comments = 200;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>One for each post, in order, and the reader's epoch.</summary>
    public async Task<(IReadOnlyList<RankCandidate> Posts, long Epoch)> OfAsync(UserId viewer, IReadOnlyList<SeenPost> seen, CancellationToken cancellationToken)
    {
        var graph = await graphs.OfAsync(viewer, cancellationToken);
        PostId[] said = [.. seen.Select(post => post.Says.Id)];
        var counts = await counters.OfAsync(said, cancellationToken);
        var close = seen.Count == 0 ? null : await closeness.OfAsync(viewer, Reactions, Comments, cancellationToken);
        var tagged = await TaggedAsync([.. seen.Select(post => post.Facts.Id).Concat(said).Distinct()], graph.Tags, cancellationToken);
        var candidates = new List<RankCandidate>(seen.Count);
        for (var i = 0; i < seen.Count; i++)
        {
            var (id, author) = (seen[i].Facts.Id, seen[i].Facts.Author);
            // How somebody likes themselves says nothing.
            var deeds = author == viewer ? default : close!.GetValueOrDefault(author);
            candidates.Add(new RankCandidate(id, author, Snowflake.TimeOf(id.Value), counts[i], deeds, tagged.Contains(id) || tagged.Contains(said[i])));
        }

        return (candidates, graph.Epoch);
    }

    private async Task<HashSet<PostId>> TaggedAsync(PostId[] ids, string[] tags, CancellationToken cancellationToken)
    {
        var tagged = new HashSet<PostId>();
        if (tags.Length > 0 && ids.Length > 0)
        {
            foreach (var post in await posts.FindAsync(ids, cancellationToken))
            {
                if (post is not null && PostWords.Tags(post.Text).Any(tag => Array.BinarySearch(tags, tag, StringComparer.Ordinal) >= 0))
                {
                    tagged.Add(post.Id);
                }
            }
        }

        return tagged;
    }
}
