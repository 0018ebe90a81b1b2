using System.Diagnostics;
using Madang.Bench.Measuring;
using Madang.Feeds;
using Madang.Feeds.Timelines.Keeping;

namespace Madang.Bench.Feeding;

/// <summary>
/// The fan-out alone, in this process and on one thread: from what a commit says, through line, turns and rings, to the question who of the served is
/// connected. Nothing of HTTP and of the database is in it.
/// </summary>
internal sealed class FanOutRun(FollowGraph graph, int deliveries, int reads, TextWriter output)
{
    private readonly int _people = graph.Followees.Length - 1;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var place = await FeedPlace.OpenAsync(_ => { }, cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        await place.WarmAsync(graph, Enumerable.Range(1, _people), cancellationToken);
        await output.WriteLineAsync($"warm        {place.Timelines.Count:N0} timelines in {clock.Elapsed.TotalSeconds:0.0} s, database included");
        Deliver(place);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)place.Timelines.Count;
        place.Timelines.Sweep(_ => false);
        var mean = place.Timelines.Shards.SelectMany(shard => shard.Readers()).Average(reader => reader.Ring.Count);
        await output.WriteLineAsync(
            $"memory      {bytes:N0} B a timeline in all, of them {bytes / mean:0.0} B an entry; counted {place.Timelines.Bytes / (double)place.Timelines.Count:N0} B, mean ring {mean:0} ids; process {Environment.WorkingSet >> 20:N0} MB");
        await ReadAsync(place, cancellationToken);
        Keep(place, cancellationToken);
    }

    /// <summary>What a node does when it ends and when it begins that keeps its timelines.</summary>
    private void Keep(FeedPlace place, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var bytes = KeptFile.Write(new byte[KeptFile.TokenBytes], place.Timelines.Keep(cancellationToken), int.MaxValue, out var count);
        var (written, began) = (clock.Elapsed, clock.Elapsed);
        var file = KeptFile.Parse(bytes)!;
        var (parsed, from) = (clock.Elapsed - began, clock.Elapsed);
        for (var i = 0; i < count; i++)
        {
            _ = file.At(i);
        }

        output.WriteLine(
            $"keep        {count:N0} timelines in {bytes.Length:N0} B: made in {written.TotalMilliseconds:0} ms, checked in {parsed.TotalMilliseconds:0} ms, {(clock.Elapsed - from).TotalMicroseconds / count:0.0} µs each when its reader is back");
    }

    private void Deliver(FeedPlace place)
    {
        var writers = FollowGraph.Writers(_people, 800_000, 7);
        var written = 0;
        // Rings fill up first: an insert into a full one is the dearer case.
        while (place.Delivered < deliveries && written < writers.Length / 2)
        {
            place.Publish(writers[written++]);
        }

        var (from, cpu, first, clock) = (place.Delivered, Environment.CpuUsage.TotalTime, written, Stopwatch.StartNew());
        while (place.Delivered - from < deliveries && written < writers.Length)
        {
            place.Publish(writers[written++]);
        }

        var (count, wall, used) = (place.Delivered - from, clock.Elapsed, Environment.CpuUsage.TotalTime - cpu);
        output.WriteLine(
            $"deliveries  {count:N0} of {written - first:N0} posts: {count / wall.TotalSeconds:N0}/s, {used.TotalNanoseconds / count:0} CPU-ns each, {count / used.TotalSeconds:N0} a CPU-second");
    }

    /// <summary>Twenty ids of somebody's feed at a time.</summary>
    private async Task ReadAsync(FeedPlace place, CancellationToken cancellationToken)
    {
        // Whom they follow lies in a memory of its own in the server.
        var (random, graphs, histogram, total) = (new Random(11), new Dictionary<int, ViewerGraph>(), new Histogram(), 0L);
        for (var i = 0; i < reads / 10; i++)
        {
            var person = random.Next(1, _people + 1);
            graphs[person] = FeedPlace.GraphOf(person, graph.Followees[person]);
        }

        var (readers, cpu) = (graphs.Values.ToArray(), Environment.CpuUsage.TotalTime);
        for (var i = 0; i < reads; i++)
        {
            var from = Stopwatch.GetTimestamp();
            var found = await place.ReadAsync(readers[random.Next(readers.Length)], 29, cancellationToken);
            total += found.Between(0, long.MaxValue).Count;
            histogram.Record((long)Stopwatch.GetElapsedTime(from).TotalNanoseconds);
        }

        var used = Environment.CpuUsage.TotalTime - cpu;
        await output.WriteLineAsync(
            $"read ids    {reads:N0} times, {total / (double)reads:0.0} ids: p50 {histogram.Percentile(50) / 1000.0:0.0} p99 {histogram.Percentile(99) / 1000.0:0.0} µs, {used.TotalMicroseconds / reads:0.0} CPU-µs");
    }
}
