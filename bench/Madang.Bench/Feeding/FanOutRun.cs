using System.Diagnostics;
using Madang.Accounts;
using Madang.Api;
using Madang.Bench.Measuring;
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

/// <summary>
/// The fan-out alone, in this process and on one thread: from what a commit says, through line, turns and rings, to the question who of the served is
/// connected. Nothing of HTTP and of the database is in it.
/// </summary>
internal sealed class FanOutRun(FollowGraph graph, int deliveries, int crowd, TextWriter output)
{
    private long _id = Snowflake.FirstAt(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var people = graph.Followees.Length - 1;
        await output.WriteLineAsync($"graph       {people:N0} people, {graph.Edges:N0} edges, most followers {graph.Followers.Max():N0}");
        await DeliverAsync(people, cancellationToken);
        await CrowdAsync("a crowd is pushed", int.MaxValue, cancellationToken);
        await CrowdAsync("a crowd is pulled", 5_000, cancellationToken);
    }

    private async Task DeliverAsync(int people, CancellationToken cancellationToken)
    {
        await using var place = await Place.OpenAsync(int.MaxValue, cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        for (var person = 1; person <= people; person++)
        {
            await place.Timelines.OfAsync(GraphOf(person, graph.Followees[person]), cancellationToken);
        }

        await output.WriteLineAsync($"warm        {place.Timelines.Count:N0} timelines in {clock.Elapsed.TotalSeconds:0.0} s, database included");
        var writers = FollowGraph.Writers(people, 400_000, 7);
        var written = 0;
        // Rings fill up first: an insert into a full one is the dearer case.
        while (Delivered(place) < deliveries && written < writers.Length / 2)
        {
            Publish(place, writers[written++]);
        }

        var (from, cpu, first) = (Delivered(place), Environment.CpuUsage.TotalTime, written);
        clock.Restart();
        while (Delivered(place) - from < deliveries && written < writers.Length)
        {
            Publish(place, writers[written++]);
        }

        var (count, wall, used) = (Delivered(place) - from, clock.Elapsed, Environment.CpuUsage.TotalTime - cpu);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)place.Timelines.Count;
        place.Timelines.Sweep(_ => false);
        await output.WriteLineAsync($"deliveries  {count:N0} of {written - first:N0} posts: {count / wall.TotalSeconds:N0}/s, {used.TotalNanoseconds / count:0} CPU-ns each");
        await output.WriteLineAsync($"memory      {bytes:N0} B a timeline in all; counted {place.Timelines.Bytes / (double)place.Timelines.Count:N0} B, mean ring {place.Timelines.Shards.SelectMany(shard => shard.Readers()).Average(reader => reader.Ring.Count):0} ids");
    }

    /// <summary>One author whom a crowd follows writes among others: how long the others' posts take, with and without.</summary>
    private async Task CrowdAsync(string name, int pullFollowers, CancellationToken cancellationToken)
    {
        const long Star = 50_000_000;
        await using var place = await Place.OpenAsync(pullFollowers, cancellationToken);
        // One by the front door; the others without a look into the empty database. One of a hundred is here, and follows somebody else too.
        await place.Timelines.OfAsync(GraphOf(crowd + 1, [Star]), cancellationToken);
        for (var person = 1; person <= crowd; person++)
        {
            var isHere = person % 100 == 0;
            var shard = place.Timelines.ShardOf(new UserId(person));
            var reader = shard.Add(GraphOf(person, isHere ? [20_000_000 + (person / 100 % 2_000), Star] : [Star]));
            if (isHere)
            {
                shard.Saw(reader, place.Timelines.Now);
            }
        }

        var alone = await PaceAsync(place, null, cancellationToken);
        var beside = await PaceAsync(place, Star, cancellationToken);
        await output.WriteLineAsync($"{name}: {crowd:N0} followers; others' posts alone {alone}; beside it {beside}");
    }

    private async Task<Histogram> PaceAsync(Place place, long? star, CancellationToken cancellationToken)
    {
        var histogram = new Histogram();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var serving = Task.Run(() => ServeUntil(place, ended.Token), CancellationToken.None);
        for (var i = 0; i < 2_000; i++)
        {
            if (star is { } author && i % 500 == 100)
            {
                Hear(place, author);
            }

            var at = Stopwatch.GetTimestamp();
            Hear(place, 20_000_000 + (i % 2_000));
            var post = place.Last();
            while (!post.IsDone)
            {
                await Task.Yield();
            }

            histogram.Record((long)Stopwatch.GetElapsedTime(at).TotalMicroseconds);
            // A thousand a second.
            while (Stopwatch.GetElapsedTime(at).TotalMilliseconds < 1)
            {
                await Task.Yield();
            }
        }

        await ended.CancelAsync();
        await serving;
        return histogram;
    }

    private static void ServeUntil(Place place, CancellationToken cancellationToken)
    {
        var told = new List<UserId>();
        while (!cancellationToken.IsCancellationRequested)
        {
            for (var shard = 0; shard < place.Timelines.Shards.Count; shard++)
            {
                place.FanOut.Serve(shard, told);
            }

            Thread.Yield();
        }
    }

    private void Publish(Place place, long author)
    {
        Hear(place, author);
        var shards = place.Timelines.Shards.Count;
        for (var shard = 0; shard < shards; shard++)
        {
            while (place.FanOut.Serve(shard, place.Told))
            {
            }
        }
    }

    private void Hear(Place place, long author) => place.Timelines.Heard(
        new PostFacts(new PostId(_id += 4096), new UserId(author), 1, PostState.Live, Audience.Public, 0, default, default, false, false), PostOp.Created);

    private static long Delivered(Place place) => place.Timelines.Shards.Sum(shard => shard.Deliveries);

    private static ViewerGraph GraphOf(long viewer, long[] followees) => new()
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

    /// <summary>The modules on an empty database, nothing of them started.</summary>
    private sealed class Place(IHost host, string folder) : IAsyncDisposable
    {
        public List<UserId> Told { get; } = [];

        public WarmTimelines Timelines { get; } = host.Services.GetRequiredService<WarmTimelines>();

        public FanOut FanOut { get; } = host.Services.GetRequiredService<FanOut>();

        public static async Task<Place> OpenAsync(int pullFollowers, CancellationToken cancellationToken)
        {
            var folder = Directory.CreateTempSubdirectory("madang-bench-feed-").FullName;
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.AddOutbound().AddJobs().AddAccounts().AddWebhooks().AddRealtime().AddNotifications(folder).AddChat().AddFeeds();
            builder.AddSqlite(folder);
            builder.Services.PostConfigure<FeedsOptions>(options =>
            {
                (options.PullFollowers, options.FanOutShards, options.PullWaitMs) = (pullFollowers, 1, 60_000);
                (options.PullPostsPerView, options.TimelineMegabytes) = (1_000_000, 65_536);
            });
            var host = builder.Build();
            await host.Services.GetRequiredService<Database>().OpenAsync(cancellationToken);
            return new Place(host, folder);
        }

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

        public async ValueTask DisposeAsync()
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
