using System.Diagnostics.Metrics;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Postgres;
using Madang.Storage.Hinting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Madang.Tests.Conformance.Feeds;

/// <summary>A second node on the same database: its rings follow the log of what the first one writes.</summary>
public sealed class PostTailTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_another_node_wrote_comes_by_the_log_and_rings_that_do_not_follow_it_are_not_trusted()
    {
        await using var world = await TimelineWorld.OpenAsync(TestDatabase.PostgresAsync);
        await using var node = new SecondNode(world);
        var (mina, jun) = (await world.Posts.PersonAsync(), await world.Posts.PersonAsync());
        await world.FollowAsync(jun, mina);
        await node.Tail.CatchUpAsync(Token);
        Assert.Empty((await node.NewestAsync(jun)).Posts);
        Assert.NotNull(node.Timelines.Find(jun));

        var post = await world.Posts.PostAsync(mina, "written elsewhere");
        // Who knows that it was written sees it at once, whatever this node has heard.
        Assert.Equal([post.Id], Ids(await node.NewestAsync(jun, post.Id.Value)));
        await node.Tail.CatchUpAsync(Token);
        Assert.Equal([post.Id], Ids(await node.NewestAsync(jun)));
        // Whatever is told again changes nothing.
        await node.Tail.CatchUpAsync(Token);
        Assert.Equal([post.Id], Ids(await node.NewestAsync(jun)));

        var late = await world.Posts.PostAsync(mina, "while the log was out of reach");
        world.Test.Time.Advance(PostTail.Patience + TimeSpan.FromSeconds(1));
        Assert.Equal([late.Id, post.Id], Ids(await node.NewestAsync(jun)));
    }

    private static List<PostId> Ids(FeedPage page) => [.. page.Posts.Select(post => post.Facts.Id)];

    private sealed class SecondNode : IAsyncDisposable
    {
        // It is never opened: nothing commits here.
        private readonly PostgresDatabase _engine = TestDatabase.PostgresEngine("Host=127.0.0.1;Username=nobody;Database=nothing");
        private readonly FeedReader _reader;
        private readonly TimelineMetrics _metrics;

        public SecondNode(TimelineWorld world)
        {
            var (test, options) = (world.Test, world.Test.Store<IOptions<FeedsOptions>>());
            var store = test.Store<ITimelineStore>();
            var logs = new AuthorLogs(store, test.Time, options);
            _metrics = new TimelineMetrics(test.Store<IMeterFactory>());
            Timelines = new WarmTimelines(store, logs, _engine, _metrics, test.Time, options);
            Tail = new PostTail(test.Store<IPostTail>(), Timelines, test.Store<INodeHints>(), _engine, test.Time, NullLogger<PostTail>.Instance);
            _reader = new FeedReader(test.Store<IPostFacts>(), test.Store<Graphs>(), new Candidates(Timelines, logs, store), store, _metrics);
        }

        public WarmTimelines Timelines { get; }

        public PostTail Tail { get; }

        public async Task<FeedPage> NewestAsync(UserId viewer, long seen = 0) =>
            PostWorld.Ok(await _reader.ReadAsync(viewer, FeedQuery.Newest(FeedName.Home, 20) with { Seen = seen }, Token));

        public async ValueTask DisposeAsync()
        {
            Tail.Dispose();
            _metrics.Dispose();
            await _engine.DisposeAsync();
        }
    }
}
