using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Madang.Bench.Measuring;
using Madang.Bench.Serving;
using Madang.Bench.Wire;
using Madang.Sqlite;

namespace Madang.Bench.Feeding;

/// <summary>
/// Feeds of the real server over HTTP: people come back to a cold server, read, publish and scroll. Who follows whom and what was written before is put into
/// the database beforehand; everything that is measured goes over the wire.
/// </summary>
internal sealed class FeedLoad(ServerProcess server, string data, FeedLoadOptions options, TextWriter output)
{
    // Client ids of an earlier run on the same data are used up.
    private readonly string _run = Stopwatch.GetTimestamp().ToString("x", CultureInfo.InvariantCulture);
    private IReadOnlyList<Person> _readers = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        _readers = await FeedSeed.MakeAsync(server, data, options, output, cancellationToken);
        if (options.Seconds == 0)
        {
            return 0;
        }

        await ReturnAsync(cancellationToken);
        if (options.Keep is { } megabytes)
        {
            await RestartAsync(megabytes, cancellationToken);
        }

        await ReadAsync(0, options.Seconds, 0, cancellationToken);
        foreach (var rate in options.Rates)
        {
            await ReadAsync(rate, options.Seconds, 0, cancellationToken);
        }

        if (options.Posts == 0)
        {
            return 0;
        }

        await ReadAsync(options.Rates[^1] / 2, options.Seconds, 50, cancellationToken);
        await PublishAsync(cancellationToken);
        await SeeAsync(cancellationToken);
        await ScrollAsync(cancellationToken);
        await output.WriteLineAsync($"memory      server {CpuTime.ResidentMegabytes(server.Pid):0} MB");
        return 0;
    }

    /// <summary>Each reader's first page on a server that knows nobody.</summary>
    private async Task ReturnAsync(CancellationToken cancellationToken)
    {
        using (var line = await HttpLine.OpenAsync(server.Address, cancellationToken))
        {
            // The very first request compiles code; somebody else pays for that.
            await AskAsync(line, "/v1/feed?limit=20", _readers[^1], cancellationToken);
            var many = new Histogram();
            await TimedAsync(many, () => AskAsync(line, "/v1/feed?limit=20", _readers[0], cancellationToken));
            await output.WriteLineAsync($"cold 5,000  {many.Max / 1000.0:0.0} ms for the reader who follows most");
        }

        var histogram = new Histogram();
        await EachAsync(options.Connections / 4, _readers.Count - 2, async (line, i) =>
            await TimedAsync(histogram, () => AskAsync(line, "/v1/feed?limit=20", _readers[i + 1], cancellationToken)), cancellationToken);
        await output.WriteLineAsync($"cold        {histogram.Count:N0} first pages: {histogram}");
    }

    /// <summary>
    /// Everybody comes back to a server that was stopped and started again, a few times over and each time as before: with their timelines kept in so many
    /// megabytes, and with none.
    /// </summary>
    private async Task RestartAsync(int megabytes, CancellationToken cancellationToken)
    {
        foreach (var keep in new[] { megabytes, 0, megabytes, 0 })
        {
            // The one that stops writes, the one that starts reads: both have the setting.
            server.Besides["MADANG__FEEDS__KEEPTIMELINESMEGABYTES"] = keep.ToString(CultureInfo.InvariantCulture);
            await server.StopAsync(cancellationToken);
            await server.StartAsync(cancellationToken);
            await EachAsync(options.Connections / 4, _readers.Count, async (line, i) => await AskAsync(line, "/v1/feed?limit=20", _readers[i], cancellationToken), cancellationToken);
            var clock = Stopwatch.StartNew();
            await server.StopAsync(cancellationToken);
            var stopped = clock.Elapsed;
            var file = new FileInfo(Path.Combine(data, "timelines.kept"));
            var bytes = file.Exists ? file.Length : 0;
            clock.Restart();
            await server.StartAsync(cancellationToken);
            await output.WriteLineAsync(
                $"restart     keeping {keep} MiB: stopped in {stopped.TotalMilliseconds:0} ms, ready in {clock.Elapsed.TotalMilliseconds:0} ms, {bytes:N0} B kept");
            await ReturnAsync(cancellationToken);
        }
    }

    /// <param name="rate">Reads a second over all connections; 0 as many as come.</param>
    /// <param name="posts">Posts a second beside them.</param>
    private async Task ReadAsync(int rate, int seconds, int posts, CancellationToken cancellationToken)
    {
        var (histogram, cpu, own, clock, bytes) = (new Histogram(), CpuTime.Of(server.Pid), Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), 0L);
        var until = TimeSpan.FromSeconds(seconds);
        var writing = posts == 0 ? Task.CompletedTask : WriteBesideAsync(posts, until, cancellationToken);
        var dues = rate == 0 ? null : Beat.Start(clock, rate, until, cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(connection => Task.Run(
            async () =>
            {
                using var line = await HttpLine.OpenAsync(server.Address, cancellationToken);
                var random = new Random(options.Seed + connection);
                var requests = Enumerable.Range(0, 256).Select(_ => line.Get("/v1/feed?limit=20", _readers[random.Next(1, _readers.Count)].Token)).ToArray();
                for (var i = 0L; dues is null ? clock.Elapsed < until : await dues.WaitToReadAsync(cancellationToken); i++)
                {
                    var from = clock.Elapsed;
                    if (dues?.TryRead(out from) == false)
                    {
                        continue;
                    }

                    if (await line.AskAsync(requests[i & 255], cancellationToken) != 200)
                    {
                        throw new InvalidOperationException("A read was refused.");
                    }

                    histogram.Record((long)(clock.Elapsed - from).TotalMicroseconds);
                    Interlocked.Add(ref bytes, line.Body.Length);
                }
            },
            cancellationToken)));
        var (wall, used, spent) = (clock.Elapsed.TotalSeconds, CpuTime.Of(server.Pid) - cpu, (Environment.CpuUsage.TotalTime - own).TotalSeconds);
        await writing;
        await output.WriteLineAsync(
            $"reads       {(rate == 0 ? "saturated" : $"at {rate:N0}/s")}{(posts == 0 ? "" : $" beside {posts:N0} posts/s")}: {histogram.Count / wall:N0}/s of 20 posts, {histogram}; CPU-µs each: server {used * 1e6 / histogram.Count:0}, driver {spent * 1e6 / histogram.Count:0}; {bytes / histogram.Count:N0} B");
    }

    private async Task WriteBesideAsync(int rate, TimeSpan until, CancellationToken cancellationToken)
    {
        using var line = await HttpLine.OpenAsync(server.Address, cancellationToken);
        var (histogram, clock) = (new Histogram(), Stopwatch.StartNew());
        for (var i = 0; clock.Elapsed < until; i++)
        {
            var due = TimeSpan.FromSeconds(i / (double)rate) - clock.Elapsed;
            if (due > TimeSpan.Zero)
            {
                await Task.Delay(due, cancellationToken);
            }

            var author = _readers[(i * 11) % _readers.Count];
            await TimedAsync(histogram, () => WriteAsync(line, author, $"w{_run}-{i}", cancellationToken));
        }

        await output.WriteLineAsync($"posts       beside reads: {histogram}");
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var (histogram, clock) = (new Histogram(), Stopwatch.StartNew());
        await EachAsync(options.Connections, options.Posts, async (line, i) =>
            await TimedAsync(histogram, () => WriteAsync(line, _readers[(i * 7) % _readers.Count], $"p{_run}-{i}", cancellationToken)), cancellationToken);
        await output.WriteLineAsync($"publish     {options.Posts / clock.Elapsed.TotalSeconds:N0} durable posts/s, {histogram}");
    }

    /// <summary>From the request that publishes to the page that shows it: the first read after the answer must.</summary>
    private async Task SeeAsync(CancellationToken cancellationToken)
    {
        var histogram = new Histogram();
        using var line = await HttpLine.OpenAsync(server.Address, cancellationToken);
        for (var i = 0; i < options.Sights; i++)
        {
            // The first reader follows everybody who reads.
            var author = _readers[1 + (i % Math.Min(4_000, _readers.Count - 1))];
            var clock = Stopwatch.GetTimestamp();
            var id = await WriteAsync(line, author, $"s{_run}-{i}", cancellationToken);
            await AskAsync(line, "/v1/feed?limit=1", _readers[0], cancellationToken);
            if (!Ids(line).SequenceEqual([id]))
            {
                throw new InvalidOperationException($"Post {id} was published and is not in the feed.");
            }

            histogram.Record((long)Stopwatch.GetElapsedTime(clock).TotalMicroseconds);
        }

        await output.WriteLineAsync($"in feed     {options.Sights:N0} posts from publishing to the follower's page: {histogram}");
    }

    private async Task ScrollAsync(CancellationToken cancellationToken)
    {
        var (histogram, seen, path) = (new Histogram(), new List<long>(), (string?)"/v1/feed?limit=100");
        using var line = await HttpLine.OpenAsync(server.Address, cancellationToken);
        while (path is not null && seen.Count < 10_000)
        {
            var asked = path;
            await TimedAsync(histogram, () => AskAsync(line, asked, _readers[0], cancellationToken));
            seen.AddRange(Ids(line).Select(id => long.Parse(id, CultureInfo.InvariantCulture)));
            using var page = JsonDocument.Parse(line.Body);
            path = page.RootElement.GetProperty("next").GetString() is { } next ? $"/v1/feed?limit=100&cursor={next}" : null;
        }

        if (!seen.SequenceEqual(seen.Distinct().OrderDescending()))
        {
            throw new InvalidOperationException("A scroll showed something twice or out of order.");
        }

        var rows = RowsFrom(_readers[0].Id, seen[^1]);
        if (rows != seen.Count)
        {
            throw new InvalidOperationException($"A scroll showed {seen.Count} posts where the tables hold {rows}.");
        }

        await output.WriteLineAsync($"scroll      {seen.Count:N0} posts by pages of 100, all that the tables hold: {histogram}");
    }

    /// <summary>How many posts a reader's feed has from an id on, by the tables: nobody is muted, and a follower may see whatever was written.</summary>
    private long RowsFrom(long reader, long last)
    {
        using var database = SqliteConnection.Open(DataFolder.DatabaseIn(data), readOnly: true);
        using var count = database.Use(
            """
            SELECT count(*) FROM post WHERE id >= ?2 AND root_id IS NULL AND state = 1
              AND (author_id = ?1 OR author_id IN (SELECT target_id FROM relation WHERE user_id = ?1 AND kind = 2))
            """);
        return count.Bind(1, reader).Bind(2, last).Scalar() ?? 0;
    }

    private async Task EachAsync(int connections, int count, Func<HttpLine, int, Task> work, CancellationToken cancellationToken)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, connections)).Select(_ => Task.Run(
            async () =>
            {
                using var line = await HttpLine.OpenAsync(server.Address, cancellationToken);
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    await work(line, i);
                }
            },
            cancellationToken)));
    }

    private static async Task TimedAsync(Histogram histogram, Func<Task> work)
    {
        var from = Stopwatch.GetTimestamp();
        await work();
        histogram.Record((long)Stopwatch.GetElapsedTime(from).TotalMicroseconds);
    }

    private static async Task AskAsync(HttpLine line, string path, Person reader, CancellationToken cancellationToken)
    {
        var status = await line.AskAsync(line.Get(path, reader.Token), cancellationToken);
        if (status != 200)
        {
            throw new InvalidOperationException($"{path} answered {status}.");
        }
    }

    private static async Task<string> WriteAsync(HttpLine line, Person author, string key, CancellationToken cancellationToken)
    {
        var status = await line.AskAsync(line.Post("/v1/posts", author.Token, $"{{\"client_id\":\"{key}\",\"text\":\"Something new in the courtyard: {key}\"}}"), cancellationToken);
        if (status != 201)
        {
            throw new InvalidOperationException($"A post was answered {status}.");
        }

        using var post = JsonDocument.Parse(line.Body);
        return post.RootElement.GetProperty("id").GetString()!;
    }

    private static List<string> Ids(HttpLine line)
    {
        using var page = JsonDocument.Parse(line.Body);
        return [.. page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
    }
}

internal sealed record FeedLoadOptions(int People, int Readers, int History, int Posts, int Sights, int[] Rates, int Connections, int Seconds, int Seed)
{
    /// <summary>MiB for timelines over a restart; null to measure none.</summary>
    public int? Keep { get; init; }
}
