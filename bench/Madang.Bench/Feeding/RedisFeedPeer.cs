using System.Diagnostics;
using System.Globalization;
using Madang.Bench.Measuring;
using Madang.Bench.Notifying.Queues;
using Madang.Bench.Serving;

namespace Madang.Bench.Feeding;

/// <summary>
/// The usual shape beside it, as Mastodon keeps it: a sorted set for each reader in Redis, score and member the post's id, trimmed to 800. Commands go
/// through a pipeline of one connection, and the trim comes with every eighth delivery only: both are kinder to it than what Mastodon does. So many readers
/// of the graph have a set, full before anything is measured.
/// </summary>
internal sealed class RedisFeedPeer(FollowGraph graph, int readers, int deliveries, int reads, TextWriter output)
{
    private const int Entries = 800;
    private const int FillAtATime = 100;
    private const int TrimEvery = 8;
    private const long FirstPost = 100_000_000_000_000_000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("madang-bench-redis-").FullName;
        var port = ServedProcess.FreePort();
        using var redis = new ServedProcess(
            () => new ProcessStartInfo(
                "/usr/bin/redis-server", ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]),
            Path.Combine(folder, "log"));
        redis.Start();
        try
        {
            await redis.ListeningAsync(port, cancellationToken);
            using var line = await RedisLine.OpenAsync(port, cancellationToken);
            await FillAsync(line, cancellationToken);
            await DeliverAsync(line, redis.Pid, cancellationToken);
            await ReadAsync(line, redis.Pid, cancellationToken);
        }
        finally
        {
            await redis.KillAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task FillAsync(RedisLine line, CancellationToken cancellationToken)
    {
        var before = await line.InfoAsync("memory", "used_memory", cancellationToken);
        for (var reader = 1; reader <= readers; reader++)
        {
            for (var from = 0; from < Entries; from += FillAtATime)
            {
                line.Begin(2 + (FillAtATime * 2));
                line.Add("ZADD"u8);
                line.AddFeed(reader);
                for (var i = 0; i < FillAtATime; i++)
                {
                    var id = FirstPost + (((from + i) * 1_000_003L) + reader) * 4096;
                    line.Add(id);
                    line.Add(id);
                }

                if (line.IsFull)
                {
                    await line.FlushAsync(cancellationToken);
                }
            }
        }

        await line.FlushAsync(cancellationToken);
        var bytes = await line.InfoAsync("memory", "used_memory", cancellationToken) - before;
        await output.WriteLineAsync($"redis       {bytes / (double)readers / Entries:0} B an entry, {bytes / readers:N0} B a timeline of {Entries}, {readers:N0} of them");
    }

    private async Task DeliverAsync(RedisLine line, int pid, CancellationToken cancellationToken)
    {
        var people = graph.Followees.Length - 1;
        var followers = new List<int>?[people + 1];
        for (var reader = 1; reader <= readers; reader++)
        {
            foreach (var followee in graph.Followees[reader])
            {
                (followers[followee] ??= []).Add(reader);
            }
        }

        var writers = FollowGraph.Writers(people, deliveries, 7);
        var (done, post) = (0, 2 * FirstPost);
        var (server, own, clock) = (CpuTime.Of(pid), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        for (var i = 0; done < deliveries; i++)
        {
            post += 4096;
            foreach (var follower in followers[writers[i % writers.Length]] ?? [])
            {
                line.Begin(4);
                line.Add("ZADD"u8);
                line.AddFeed(follower);
                line.Add(post);
                line.Add(post);
                if (done++ % TrimEvery == 0)
                {
                    line.Begin(4);
                    line.Add("ZREMRANGEBYRANK"u8);
                    line.AddFeed(follower);
                    line.Add("0"u8);
                    line.Add(-Entries - 1);
                }

                if (line.IsFull)
                {
                    await line.FlushAsync(cancellationToken);
                }
            }
        }

        await line.FlushAsync(cancellationToken);
        var (wall, used, spent) = (clock.Elapsed.TotalSeconds, CpuTime.Of(pid) - server, (Environment.CpuUsage.TotalTime - own).TotalSeconds);
        await output.WriteLineAsync(
            $"redis       {done:N0} deliveries: {done / wall:N0}/s; CPU-µs each: server {used * 1e6 / done:0.00}, client {spent * 1e6 / done:0.00}; {done / used:N0} a CPU-second of the server, {done / (used + spent):N0} with the client's");
    }

    private async Task ReadAsync(RedisLine line, int pid, CancellationToken cancellationToken)
    {
        var (random, histogram, server, own) = (new Random(11), new Histogram(), CpuTime.Of(pid), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < reads; i++)
        {
            var from = Stopwatch.GetTimestamp();
            line.Begin(4);
            line.Add("ZREVRANGE"u8);
            line.AddFeed(random.Next(1, readers + 1));
            line.Add("0"u8);
            line.Add("19"u8);
            if (await line.AskListAsync(cancellationToken) != 20)
            {
                throw new InvalidOperationException("A timeline in Redis is short.");
            }

            histogram.Record((long)Stopwatch.GetElapsedTime(from).TotalNanoseconds);
        }

        var (used, spent) = (CpuTime.Of(pid) - server, (Environment.CpuUsage.TotalTime - own).TotalSeconds);
        await output.WriteLineAsync(
            $"redis       {reads:N0} reads of 20 ids: p50 {histogram.Percentile(50) / 1000.0:0.0} p99 {histogram.Percentile(99) / 1000.0:0.0} µs, CPU-µs: server {used * 1e6 / reads:0.0}, client {spent * 1e6 / reads:0.0}");
    }
}
