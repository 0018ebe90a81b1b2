using System.Diagnostics;
using System.Diagnostics.Metrics;
using Madang.Bench.Measuring;
using Madang.Feeds.Posts;

namespace Madang.Bench.Feeding;

/// <summary>
/// From publishing to the last ring, in this process: each post is on the disk before its author is answered, the commit tells the fan-out, and that runs
/// as it does in the server. All of the graph's people have a timeline.
/// </summary>
internal sealed class PublishRun(FollowGraph graph, int seconds, TextWriter output)
{
    private const int Callers = 512;

    private static readonly PostDraft Draft = new(null, "오늘의 마당 소식 and some words of a usual post.");

    private readonly int _people = graph.Followees.Length - 1;
    private int _count;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var place = await FeedPlace.OpenAsync(
            options => (options.PullFollowers, options.PullWaitMs, options.PullPostsPerView) = (5_000, 100, 20), cancellationToken);
        await place.WarmAsync(graph, Enumerable.Range(1, _people), cancellationToken);
        var everybody = FollowGraph.Writers(_people, 200_000, 7);
        for (var i = 0; i < everybody.Length; i++)
        {
            place.Publish(everybody[i]);
        }

        await place.FanOut.StartAsync(cancellationToken);
        int[] crowded = [.. everybody.Where(author => graph.Followers[author] is >= 1_000 and <= 5_000)];
        await SaturateAsync(place, "everybody", everybody, cancellationToken);
        await SaturateAsync(place, "who has 1,000 to 5,000 followers", crowded, cancellationToken);
        await PaceAsync(place, "everybody", everybody, 1_000, cancellationToken);
        await PaceAsync(place, "who has 1,000 to 5,000 followers", crowded, 100, cancellationToken);
        await place.FanOut.StopAsync(CancellationToken.None);
    }

    /// <summary>As many as come, until the last is in the last ring.</summary>
    private async Task SaturateAsync(FeedPlace place, string who, int[] writers, CancellationToken cancellationToken)
    {
        using var rings = new DeliveryTimes();
        var (publish, posts, next) = (new Histogram(), 0, -1);
        var (from, cpu, clock) = (place.Delivered, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                while (clock.Elapsed.TotalSeconds < seconds)
                {
                    await PublishAsync(place, writers[Interlocked.Increment(ref next) % writers.Length], publish, cancellationToken);
                    Interlocked.Increment(ref posts);
                }
            },
            cancellationToken)));
        var published = clock.Elapsed;
        while (place.Timelines.Pending.Count > 0)
        {
            await Task.Delay(1, cancellationToken);
        }

        var (count, used) = (place.Delivered - from, Environment.CpuUsage.TotalTime - cpu);
        await output.WriteLineAsync(
            $"end to end  {who} at once: {posts / published.TotalSeconds:N0} durable posts/s, {count / clock.Elapsed.TotalSeconds:N0} deliveries/s until the last ring, {count / used.TotalSeconds:N0} a CPU-second with the disk's share");
        await output.WriteLineAsync($"            publishing {publish}; commit to last ring {rings.Histogram}");
    }

    /// <summary>So many a second, by the clock.</summary>
    private async Task PaceAsync(FeedPlace place, string who, int[] writers, int rate, CancellationToken cancellationToken)
    {
        using var rings = new DeliveryTimes();
        var (publish, under, clock) = (new Histogram(), new List<Task>(), Stopwatch.StartNew());
        for (var i = 0; i < rate * seconds; i++)
        {
            var due = TimeSpan.FromSeconds(i / (double)rate) - clock.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, cancellationToken);
            }

            under.Add(PublishAsync(place, writers[i % writers.Length], publish, cancellationToken));
        }

        await Task.WhenAll(under);
        while (place.Timelines.Pending.Count > 0)
        {
            await Task.Delay(1, cancellationToken);
        }

        await output.WriteLineAsync($"            {who}, {rate:N0}/s: publishing {publish}; commit to last ring {rings.Histogram}");
    }

    private async Task PublishAsync(FeedPlace place, long author, Histogram histogram, CancellationToken cancellationToken)
    {
        var from = Stopwatch.GetTimestamp();
        var published = await place.Posts.PublishAsync(new(author), Draft with { ClientId = $"b{Interlocked.Increment(ref _count)}" }, cancellationToken);
        if (!published.IsOk)
        {
            throw new InvalidOperationException($"A post was refused: {published.Error.Code}.");
        }

        histogram.Record((long)Stopwatch.GetElapsedTime(from).TotalMicroseconds);
    }

    /// <summary>What the server measures itself: from the commit of a post to the last ring that it goes into.</summary>
    private sealed class DeliveryTimes : IDisposable
    {
        private readonly MeterListener _listener = new();

        public DeliveryTimes()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "madang.feeds.fanout.duration")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, took, _, _) => Histogram.Record((long)(took * 1e6)));
            _listener.Start();
        }

        public Histogram Histogram { get; } = new();

        public void Dispose() => _listener.Dispose();
    }
}
