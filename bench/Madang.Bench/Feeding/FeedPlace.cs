using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Outbound;
using Madang.Realtime;
using Madang.Sqlite;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Bench.Feeding;

/// <summary>The modules on an empty SQLite database in this process, nothing of them started: the fan-out moves when it is told to.</summary>
internal sealed class FeedPlace : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly string _folder;
    private readonly List<UserId> _told = [];
    private long _id = Snowflake.FirstAt(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    private FeedPlace(IHost host, string folder)
    {
        (_host, _folder) = (host, folder);
        Timelines = host.Services.GetRequiredService<WarmTimelines>();
        FanOut = host.Services.GetRequiredService<FanOut>();
        Candidates = host.Services.GetRequiredService<Candidates>();
        Posts = host.Services.GetRequiredService<Posts>();
        Database = host.Services.GetRequiredService<Database>();
    }

    public WarmTimelines Timelines { get; }

    public FanOut FanOut { get; }

    public Candidates Candidates { get; }

    public Posts Posts { get; }

    public Database Database { get; }

    /// <summary>Ids that went into rings so far.</summary>
    public long Delivered => Timelines.Shards.Sum(shard => shard.Deliveries);

    /// <param name="tune">Begins with: push to everybody however long it takes, one shard, no bound of memory.</param>
    public static async Task<FeedPlace> OpenAsync(Action<FeedsOptions> tune, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("madang-bench-feed-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.AddOutbound().AddJobs().AddAccounts().AddWebhooks().AddRealtime().AddNotifications(folder).AddChat().AddFeeds(folder);
        builder.AddSqlite(folder);
        builder.Services.PostConfigure<FeedsOptions>(options =>
        {
            (options.PullFollowers, options.FanOutShards, options.PullWaitMs) = (100_000_000, 1, 60_000);
            (options.PullPostsPerView, options.TimelineMegabytes) = (1_000_000, 65_536);
            tune(options);
        });
        // Ids without the lease of a node: nobody else is here.
        builder.Services.AddSingleton(new Snowflake(TimeProvider.System, 1));
        var host = builder.Build();
        await host.Services.GetRequiredService<Database>().OpenAsync(cancellationToken);
        return new FeedPlace(host, folder);
    }

    /// <summary>Timelines for some of the graph's people, through the front door: each asks the database, which is empty, once.</summary>
    public async Task WarmAsync(FollowGraph graph, IEnumerable<int> readers, CancellationToken cancellationToken)
    {
        foreach (var person in readers)
        {
            await Timelines.OfAsync(GraphOf(person, graph.Followees[person]), cancellationToken);
        }
    }

    /// <summary>Says what a commit would say.</summary>
    public void Hear(long author) => Timelines.Heard(
        new PostFacts(new PostId(_id += 4096), new UserId(author), 1, PostState.Live, Audience.Public, 0, default, default, false, false), PostOp.Created);

    /// <summary>A post and all its way into rings, on this thread.</summary>
    public void Publish(long author)
    {
        Hear(author);
        for (var shard = 0; shard < Timelines.Shards.Count; shard++)
        {
            while (FanOut.Serve(shard, _told))
            {
            }
        }
    }

    /// <summary>The ids of somebody's newest posts, as a page begins.</summary>
    public ValueTask<Found> ReadAsync(ViewerGraph graph, int count, CancellationToken cancellationToken) =>
        Candidates.OfAsync(graph, new FeedSources(true, [], []), Reach.Below(long.MaxValue, count), 0, cancellationToken);

    /// <summary>What was heard of last.</summary>
    public FreshPost Last()
    {
        var post = Timelines.Pending.First;
        while (post.Next is { } next)
        {
            post = next;
        }

        return post;
    }

    public static ViewerGraph GraphOf(long viewer, long[] followees) => new()
    {
        Viewer = new UserId(viewer),
        Epoch = 0,
        Followees = followees,
        Follows = followees,
        Friends = [],
        Blocked = [],
        Muted = [],
        WithoutShares = [],
        OnLists = [],
        Tags = [],
    };

    public async ValueTask DisposeAsync()
    {
        await ((IAsyncDisposable)_host).DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
