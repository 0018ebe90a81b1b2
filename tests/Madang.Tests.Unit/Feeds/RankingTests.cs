using FsCheck;
using FsCheck.Fluent;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Ranking;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Unit.Feeds;

/// <summary>The scored order, what it is made of, and the snapshots that keep it.</summary>
public sealed class RankingTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Newer_closer_more_answered_or_followed_by_its_tag_stands_higher()
    {
        var plain = Post(1, 1, hours: 10);
        RankCandidate[] better =
        [
            Post(2, 2, hours: 9), Post(3, 3, hours: 10, closeness: new(1, 0)), Post(4, 4, hours: 10, likes: 1), Post(5, 5, hours: 10) with { IsTagged = true },
        ];

        Assert.All(better, one => Assert.Equal([one.Id, plain.Id], Order(plain, one)));
    }

    [Fact]
    public void A_comment_says_more_than_a_reaction_and_a_share_more_than_a_comment()
    {
        Assert.Equal([new PostId(1), new(2)], Order(Post(1, 1, 5, closeness: new(0, 1)), Post(2, 2, 5, closeness: new(1, 0))));
        Assert.Equal([new PostId(1), new(2), new(3)], Order(Post(3, 3, 5, likes: 1), Post(2, 2, 5, comments: 1), Post(1, 1, 5, shares: 1)));
    }

    [Fact]
    public void Nobody_fills_the_page()
    {
        var many = Enumerable.Range(1, 5).Select(n => Post(n, 1, hours: 1)).ToArray();
        var order = Order([.. many, Post(9, 2, hours: 4)]);

        Assert.Equal(1, order.ToList().IndexOf(new(9)));
    }

    [Fact]
    public void Without_a_penalty_and_with_recency_alone_it_is_the_order_of_time()
    {
        var ranker = new ScoredRanker(Options.Create(new FeedsOptions { RankAffinity = 0, RankEngagement = 0, RankTag = 0, RankRepeat = 1 }));
        var posts = Enumerable.Range(1, 50).Select(n => Post(n, n % 3, 100 - n, likes: n * 7 % 11)).ToList();

        Assert.Equal(posts.Select(post => post.Id).Reverse(), ranker.Rank(posts, Now).Select(post => post.Id));
    }

    [Fact]
    public void Whatever_comes_in_each_comes_out_once_best_first_in_one_order_and_its_points_add_up()
    {
        var post = from id in Gen.Choose(1, 500)
                   from author in Gen.Choose(1, 6)
                   from hours in Gen.Choose(-2, 2_000)
                   from likes in Gen.Choose(0, 100_000)
                   from deeds in Gen.Choose(0, 700)
                   from tagged in Gen.Elements(true, false)
                   select Post(id, author, hours, likes, closeness: new(deeds, deeds / 3)) with { IsTagged = tagged };
        Prop.ForAll(Arb.From(Gen.ListOf(post)), given =>
        {
            var posts = given.DistinctBy(one => one.Id).ToList();
            var ranked = Scored().Rank(posts, Now);
            Assert.Equal(posts.Select(one => one.Id.Value).Order(), ranked.Select(one => one.Id.Value).Order());
            Assert.Equal(ranked.Select(one => one.Score).OrderDescending(), ranked.Select(one => one.Score));
            Assert.Equal(ranked.Select(one => one.Id), Scored().Rank([.. posts.OrderBy(one => one.At)], Now).Select(one => one.Id));
            Assert.All(ranked, one => Assert.Equal(one.Score, one.Factors.Sum(factor => (double)factor.Points), 1e-5));
            Assert.All(ranked, one => Assert.All(one.Factors.SkipLast(1), factor => Assert.InRange(factor.Value, 0, 1)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_snapshot_ends_at_its_time_and_is_nobody_elses()
    {
        var time = new FakeTime();
        var snapshots = Snapshots(time);
        var kept = Snapshot(1, reader: 7, posts: 3);
        snapshots.Put(kept);

        Assert.Same(kept, snapshots.Find(1, new(7), "scored"));
        Assert.Null(snapshots.Find(1, new(8), "scored"));
        Assert.Null(snapshots.Find(1, new(7), "other"));
        Assert.Null(snapshots.Find(2, new(7), "scored"));
        time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(snapshots.Find(1, new(7), "scored"));
        Assert.Equal(0, snapshots.Count);
    }

    [Fact]
    public void Whoever_reads_anew_and_anew_pushes_out_their_own_snapshots_alone()
    {
        var snapshots = Snapshots(new FakeTime());
        snapshots.Put(Snapshot(1, reader: 7, posts: 3));
        for (var id = 2; id < 50; id++)
        {
            snapshots.Put(Snapshot(id, reader: 8, posts: 3));
        }

        Assert.NotNull(snapshots.Find(1, new(7), "scored"));
        Assert.Null(snapshots.Find(45, new(8), "scored"));
        Assert.NotNull(snapshots.Find(46, new(8), "scored"));
        Assert.Equal(49, snapshots.Newest(new(8), "scored")!.Id);
        Assert.Equal(1 + Madang.Feeds.Ranking.Snapshots.PerReader, snapshots.Count);
    }

    [Fact]
    public void Snapshots_stay_within_their_memory_and_the_oldest_goes_first()
    {
        var snapshots = Snapshots(new FakeTime(), megabytes: 1);
        var fits = (int)(1024 * 1024 / Snapshot(0, 0, 300).Bytes);
        for (var id = 1; id <= fits + 3; id++)
        {
            snapshots.Put(Snapshot(id, reader: id, posts: 300));
        }

        Assert.Equal(fits, snapshots.Count);
        Assert.Null(snapshots.Find(3, new(3), "scored"));
        Assert.NotNull(snapshots.Find(4, new(4), "scored"));
    }

    [Fact]
    public void A_cursor_comes_back_as_it_was_and_nothing_else_is_one()
    {
        var cursor = new RankedCursor(long.MinValue + 5, 280);
        Assert.True(RankedCursor.TryRead(cursor.ToString(), out var read));
        Assert.Equal(cursor, read);
        Assert.All(["", "x", new string('A', 18), new string('_', 18), cursor.ToString()[..^1], cursor + "A", "가나다라마바사아자차카타파하가나다라"], text => Assert.False(RankedCursor.TryRead(text, out _)));
    }

    private static IReadOnlyList<PostId> Order(params RankCandidate[] posts) => [.. Scored().Rank(posts, Now).Select(post => post.Id)];

    private static ScoredRanker Scored() => new(Options.Create(new FeedsOptions()));

    private static Snapshots Snapshots(TimeProvider time, int megabytes = 32) => new(time, Options.Create(new FeedsOptions { RankMegabytes = megabytes }));

    private static Snapshot Snapshot(long id, long reader, int posts) =>
        new(id, new(reader), "scored", [.. Enumerable.Range(1, posts).Select(n => new RankedPost(new(n), n, []))], new HashSet<PostId>(), 0, null, "");

    private static RankCandidate Post(long id, long author, int hours, int likes = 0, int comments = 0, int shares = 0, Closeness closeness = default)
    {
        var counts = new PostCounts();
        counts.Set((int)ReactionKind.Like, likes);
        counts.Set(PostTally.Comments, comments);
        counts.Set(PostTally.Shares, shares);
        return new RankCandidate(new(id), new UserId(author), Now.AddHours(-hours), counts, closeness, false);
    }
}
