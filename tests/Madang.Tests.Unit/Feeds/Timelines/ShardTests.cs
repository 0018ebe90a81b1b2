using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;

namespace Madang.Tests.Unit.Feeds.Timelines;

public sealed class ShardTests
{
    private static readonly HybridPolicy PushesAlways = new(int.MaxValue, TimeSpan.FromDays(1), double.MaxValue);

    private readonly PendingPosts _pending = new(1);
    private readonly FakeTime _time = new();

    [Fact]
    public void A_post_reaches_the_rings_of_its_authors_followers_and_nobody_elses()
    {
        var shard = new Shard(_pending, PushesAlways, 64, _time);
        var (follower, stranger) = (shard.Add(Graph(1, 100)), shard.Add(Graph(2, 200)));
        Serve(shard, Post(100, 5));
        Assert.Equal((1, 0), (follower.Ring.Count, stranger.Ring.Count));
        Assert.Equal((1L, 0), (shard.Deliveries, _pending.Count));
        // One's own posts come the same way.
        Serve(shard, Post(2, 6));
        Assert.Equal((1, 1), (follower.Ring.Count, stranger.Ring.Count));
    }

    [Fact]
    public void Somebody_with_many_followers_delays_others_by_a_turn_only()
    {
        var shard = new Shard(_pending, PushesAlways, 64, _time);
        for (var user = 1; user <= 5_000; user++)
        {
            shard.Add(Graph(user, 1_000_000));
        }

        var friend = shard.Add(Graph(6_000, 7_000));
        shard.Accept(Post(1_000_000, 10));
        shard.Accept(Post(7_000, 11));
        var told = new List<UserId>();
        shard.Turn(told, out var first);
        Assert.Equal((10L, 0), (first!.Id, friend.Ring.Count));
        shard.Turn(told, out var second);
        Assert.Equal((11L, 1), (second!.Id, friend.Ring.Count));
        Assert.True(second.IsDone);
        while (shard.HasTurns)
        {
            shard.Turn(told, out _);
        }

        Assert.True(first.IsDone);
        Assert.Equal(5_001, shard.Deliveries);
    }

    [Fact]
    public void Who_is_here_is_served_first()
    {
        var shard = new Shard(_pending, PushesAlways, 64, _time);
        var readers = Enumerable.Range(1, 3_000).Select(user => shard.Add(Graph(user, 9_999))).ToList();
        foreach (var here in readers.Skip(2_500))
        {
            shard.Saw(here, 1);
        }

        shard.Accept(Post(9_999, 10));
        shard.Turn([], out _);
        Assert.Equal(500, readers.Skip(2_500).Count(reader => reader.Ring.Count == 1));
        while (shard.HasTurns)
        {
            // Who comes while it goes round is not passed over.
            shard.Saw(readers[^1], 2);
            shard.Saw(readers[0], 2);
            shard.Turn([], out _);
        }

        Assert.All(readers, reader => Assert.Equal(1, reader.Ring.Count));
    }

    [Fact]
    public void Who_comes_and_goes_during_a_walk_makes_nobody_miss_it()
    {
        var shard = new Shard(_pending, PushesAlways, 64, _time);
        var readers = Enumerable.Range(1, 4_000).Select(user => shard.Add(Graph(user, 9_999))).ToList();
        shard.Accept(Post(9_999, 10));
        shard.Turn([], out _);
        foreach (var gone in readers.Take(1_500))
        {
            shard.Remove(gone);
        }

        var late = shard.Add(Graph(8_888, 9_999));
        while (shard.HasTurns)
        {
            shard.Turn([], out _);
        }

        Assert.All(readers.Skip(1_500).Append(late), reader => Assert.Equal(1, reader.Ring.Count));
        Assert.Equal(2_501, shard.Count);
    }

    [Fact]
    public void An_author_with_too_many_followers_is_pulled_until_they_are_half_as_many()
    {
        var shard = new Shard(_pending, new HybridPolicy(10, TimeSpan.FromDays(1), double.MaxValue), 64, _time);
        var readers = Enumerable.Range(1, 11).Select(user => shard.Add(Graph(user, 500))).ToList();
        var generation = shard.Generation;
        var post = Post(500, 10);
        Serve(shard, post);
        Assert.True(post.IsDone);
        Assert.Equal([500L], shard.Pulled);
        Assert.NotEqual(generation, shard.Generation);
        Assert.All(readers, reader => Assert.Equal(0, reader.Ring.Count));

        foreach (var gone in readers.Skip(6))
        {
            shard.Remove(gone);
        }

        Serve(shard, Post(500, 11));
        Assert.Equal([500L], shard.Pulled);
        shard.Remove(readers[5]);
        Serve(shard, Post(500, 12));
        Assert.Empty(shard.Pulled);
        Assert.Equal(1, readers[0].Ring.Count);
        readers[0].IsReady = true;
        Assert.True(shard.Retarget(readers[0], Graph(1, 500)));
    }

    [Fact]
    public void Who_slept_while_an_author_was_pulled_and_pushed_again_is_not_ready()
    {
        var shard = new Shard(_pending, new HybridPolicy(3, TimeSpan.FromDays(1), double.MaxValue), 64, _time);
        var sleeper = shard.Add(Graph(1, 500));
        sleeper.IsReady = true;
        var others = Enumerable.Range(2, 3).Select(user => shard.Add(Graph(user, 500))).ToList();
        Serve(shard, Post(500, 10));
        Assert.Equal([500L], shard.Pulled);
        others.ForEach(shard.Remove);
        Serve(shard, Post(500, 11));
        Assert.Empty(shard.Pulled);
        Assert.True(shard.Retarget(sleeper, Graph(1, 500)));
        Assert.False(sleeper.IsReady);
        Assert.Equal(1, sleeper.Ring.Count);
    }

    [Fact]
    public void A_ring_is_not_ready_when_somebody_comes_into_it()
    {
        var shard = new Shard(_pending, PushesAlways, 64, _time);
        var reader = shard.Add(Graph(1, 100, 200));
        reader.IsReady = true;
        Assert.True(shard.Retarget(reader, GraphAt(2, 1, 100)));
        Assert.True(reader.IsReady);
        Serve(shard, Post(200, 4));
        Assert.Equal(0, reader.Ring.Count);
        Assert.True(shard.Retarget(reader, GraphAt(3, 1, 100, 300)));
        Assert.False(reader.IsReady);
        Serve(shard, Post(300, 5));
        Assert.Equal(1, reader.Ring.Count);
    }

    [Fact]
    public void Who_left_costs_nothing()
    {
        var shard = new Shard(_pending, PushesAlways, 64, _time);
        var reader = shard.Add(Graph(1, 100, 200));
        shard.Remove(reader);
        Assert.Equal((0, 0), (shard.Count, shard.Authors));
        Serve(shard, Post(100, 5));
        Assert.Equal((0L, 0), (shard.Deliveries, reader.Ring.Count));
        Assert.False(shard.Retarget(reader, GraphAt(2, 1, 100)));
    }

    private static ViewerGraph Graph(long viewer, params long[] followees) => GraphAt(1, viewer, followees);

    private static ViewerGraph GraphAt(long epoch, long viewer, params long[] followees) => new()
    {
        Viewer = new UserId(viewer),
        Epoch = epoch,
        Followees = followees,
        Follows = followees,
        Friends = [],
        Blocked = [],
        Muted = [],
        WithoutShares = [],
        OnLists = [],
        Tags = [],
    };

    private FreshPost Post(long author, long id) => _pending.Add(
        new PostFacts(new PostId(id), new UserId(author), 1, PostState.Live, Audience.Public, 0, default, default, false, false), PostOp.Created, _time.GetTimestamp());

    private static void Serve(Shard shard, FreshPost post)
    {
        shard.Accept(post);
        while (shard.HasTurns)
        {
            shard.Turn([], out _);
        }
    }
}
