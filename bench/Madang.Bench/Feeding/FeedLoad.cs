using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Madang.Bench.Measuring;
using Madang.Bench.Serving;
using Madang.Bench.Wire;
using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Bench.Feeding;

/// <summary>
/// Feeds of the real server over HTTP: people come back to a cold server, read, publish and scroll. Who follows whom and what was written before is put into
/// the database beforehand; everything that is measured goes over the wire.
/// </summary>
internal sealed class FeedLoad(ServerProcess server, string data, FeedLoadOptions options, TextWriter output)
{
    private const int PostsOfHistoryAtATime = 10_000;

    private readonly Random _random = new(options.Seed);
    private IReadOnlyList<Person> _readers = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using (var api = new ApiClient(server.Address))
        {
            var admin = await api.SetUpAsync(ServerProcess.SetupToken, cancellationToken);
            _readers = await api.MakePeopleAsync(admin, options.Readers, cancellationToken);
        }

        await server.KillAsync();
        Seed();
        await server.StartAsync(cancellationToken);
        await ReturnAsync(cancellationToken);
        await ReadAsync(0, cancellationToken);
        await ReadAsync(options.Rate, cancellationToken);
        await PublishAsync(cancellationToken);
        await SeeAsync(cancellationToken);
        await ScrollAsync(cancellationToken);
        await output.WriteLineAsync($"memory      server {CpuTime.ResidentMegabytes(server.Pid):0} MB");
        return 0;
    }

    /// <summary>Authors who never sign in, follows of everybody, and history.</summary>
    private void Seed()
    {
        var graph = FollowGraph.Of(options.People, options.Seed);
        var first = Snowflake.FirstAt(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(30));
        // Readers have the ids that the server gave them; the others get some.
        long[] ids = [0, .. _readers.Select(reader => reader.Id), .. Enumerable.Range(0, options.People - _readers.Count).Select(i => first + i)];
        using var database = SqliteConnection.Open(DataFolder.DatabaseIn(data), readOnly: false);
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 100000; BEGIN");
        using (var person = database.Use(
            "INSERT INTO users (id, name, name_key, display_name, display_key, locale, time_zone, role, created_at) VALUES (?1, ?2, ?2, ?2, ?2, 'ko', 'Asia/Seoul', 1, 0)"))
        {
            for (var i = _readers.Count + 1; i < ids.Length; i++)
            {
                person.Bind(1, ids[i]).Bind(2, string.Create(CultureInfo.InvariantCulture, $"author-{i}")).Again();
            }
        }

        using (var follow = database.Use("INSERT INTO relation (user_id, kind, target_id, state, created_at) VALUES (?1, 2, ?2, 3, 0)"))
        {
            for (var i = 1; i < ids.Length; i++)
            {
                // The first reader follows as many as one may.
                var followees = i == 1 ? Enumerable.Range(2, Math.Min(5_000, options.People - 1)).Select(id => (long)id) : graph.Followees[i];
                foreach (var followee in followees.Select(id => ids[id]).Order())
                {
                    follow.Bind(1, ids[i]).Bind(2, followee).Again();
                }
            }
        }

        WriteHistory(database, ids, first);
        database.Execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
        output.WriteLine($"graph       {options.People:N0} people, {graph.Edges:N0} edges, {options.History:N0} posts; the first reader follows {Math.Min(5_000, options.People - 1):N0}");
    }

    private void WriteHistory(SqliteConnection database, long[] ids, long first)
    {
        var writers = FollowGraph.Writers(options.People, options.History, options.Seed);
        var step = (Snowflake.FirstAt(TimeProvider.System.GetUtcNow()) - first) / (options.History + 1);
        var text = string.Concat(Enumerable.Repeat("오늘의 마당 소식 and some words of a usual post. ", 3));
        using var post = database.Use(
            "INSERT INTO post (id, author_id, audience, state, version, text, mentions, created_at) VALUES (?1, ?2, ?3, 1, 1, ?4, '', ?5)");
        for (var i = 0; i < options.History; i++)
        {
            var id = first + ((i + 1) * step);
            post.Bind(1, id).Bind(2, ids[writers[i]]).Bind(3, _random.Next(10) == 0 ? 2 : 1).Bind(4, text).Bind(5, Snowflake.TimeOf(id)).Again();
            if (i % PostsOfHistoryAtATime == 0)
            {
                database.Execute("COMMIT; BEGIN");
            }
        }
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

    /// <param name="rate">Reads a second over all connections; 0 as many as come.</param>
    private async Task ReadAsync(int rate, CancellationToken cancellationToken)
    {
        var (histogram, cpu, clock, bytes) = (new Histogram(), CpuTime.Of(server.Pid), Stopwatch.StartNew(), 0L);
        var until = TimeSpan.FromSeconds(options.Seconds);
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(connection => Task.Run(
            async () =>
            {
                using var line = await HttpLine.OpenAsync(server.Address, cancellationToken);
                var random = new Random(options.Seed + connection);
                var requests = Enumerable.Range(0, 256).Select(_ => line.Get("/v1/feed?limit=20", _readers[random.Next(1, _readers.Count)].Token)).ToArray();
                for (var i = 0L; clock.Elapsed < until; i++)
                {
                    // On an even beat; who is late because an answer was late counts from when it was due.
                    var from = rate == 0 ? clock.Elapsed : TimeSpan.FromSeconds((connection + (i * options.Connections)) / (double)rate);
                    if (from > clock.Elapsed)
                    {
                        await Task.Delay(from - clock.Elapsed, cancellationToken);
                        from = clock.Elapsed;
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
        var (wall, used) = (clock.Elapsed.TotalSeconds, CpuTime.Of(server.Pid) - cpu);
        await output.WriteLineAsync(
            $"reads       {(rate == 0 ? "saturated" : $"at {rate:N0}/s")}: {histogram.Count / wall:N0}/s of 20 posts, {histogram}; server {used * 1e6 / histogram.Count:0} CPU-µs and {bytes / histogram.Count:N0} B each");
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var (histogram, clock) = (new Histogram(), Stopwatch.StartNew());
        await EachAsync(options.Connections, options.Posts, async (line, i) =>
            await TimedAsync(histogram, () => WriteAsync(line, _readers[(i * 7) % _readers.Count], $"p{i}", cancellationToken)), cancellationToken);
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
            var id = await WriteAsync(line, author, $"s{i}", cancellationToken);
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

        await output.WriteLineAsync($"scroll      {seen.Count:N0} posts by pages of 100: {histogram}");
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

internal sealed record FeedLoadOptions(int People, int Readers, int History, int Posts, int Sights, int Rate, int Connections, int Seconds, int Seed);
