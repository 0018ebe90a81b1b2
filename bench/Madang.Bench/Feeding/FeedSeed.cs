using System.Globalization;
using Madang.Bench.Serving;
using Madang.Bench.Wire;
using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Bench.Feeding;

/// <summary>
/// Who follows whom and what was written before, put straight into the tables of a server on SQLite that rests meanwhile. Readers are made by the API, since
/// they need a session each. In a folder that is kept it is there the next time.
/// </summary>
internal static class FeedSeed
{
    private const int PostsAtATime = 10_000;

    /// <summary>The readers; the server runs afterwards and knows nobody.</summary>
    public static async Task<IReadOnlyList<Person>> MakeAsync(
        ServerProcess server, string data, FeedLoadOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var kept = Path.Combine(data, "bench-readers");
        if (File.Exists(kept))
        {
            return [.. (await File.ReadAllLinesAsync(kept, cancellationToken)).Select(row => row.Split(' ')).Select(row => new Person(ApiClient.Number(row[0]), row[1]))];
        }

        IReadOnlyList<Person> readers;
        using (var api = new ApiClient(server.Address))
        {
            var admin = await api.SetUpAsync(ServerProcess.SetupToken, cancellationToken);
            readers = await api.MakePeopleAsync(admin, options.Readers, cancellationToken);
        }

        await server.KillAsync();
        Fill(data, readers, options, output);
        await File.WriteAllLinesAsync(kept, readers.Select(reader => $"{ApiClient.Text(reader.Id)} {reader.Token}"), cancellationToken);
        await server.StartAsync(cancellationToken);
        return readers;
    }

    /// <summary>Authors who never sign in, follows of everybody, and history.</summary>
    private static void Fill(string data, IReadOnlyList<Person> readers, FeedLoadOptions options, TextWriter output)
    {
        var graph = FollowGraph.Of(options.People, options.Seed);
        var first = Snowflake.FirstAt(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(30));
        // Readers have the ids that the server gave them; the others get some.
        long[] ids = [0, .. readers.Select(reader => reader.Id), .. Enumerable.Range(0, options.People - readers.Count).Select(i => first + i)];
        using var database = SqliteConnection.Open(DataFolder.DatabaseIn(data), readOnly: false);
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 100000; PRAGMA cache_size = -1000000");
        var indexes = Indexes(database);
        database.Execute(string.Concat(indexes.Select(index => $"DROP INDEX {index.Name};")) + "BEGIN");
        using (var person = database.Use(
            "INSERT INTO users (id, name, name_key, display_name, display_key, locale, time_zone, role, created_at) VALUES (?1, ?2, ?2, ?2, ?2, 'ko', 'Asia/Seoul', 1, 0)"))
        {
            for (var i = readers.Count + 1; i < ids.Length; i++)
            {
                person.Bind(1, ids[i]).Bind(2, string.Create(CultureInfo.InvariantCulture, $"author-{i}")).Again();
            }
        }

        using (var follow = database.Use("INSERT INTO relation (user_id, kind, target_id, state, created_at) VALUES (?1, 2, ?2, 3, 0)"))
        {
            foreach (var i in Enumerable.Range(1, ids.Length - 1).OrderBy(i => ids[i]))
            {
                // The first reader follows as many as one may.
                var followees = i == 1 ? Enumerable.Range(2, Math.Min(5_000, options.People - 1)).Select(id => (long)id) : graph.Followees[i];
                foreach (var followee in followees.Select(id => ids[id]).Order())
                {
                    follow.Bind(1, ids[i]).Bind(2, followee).Again();
                }
            }
        }

        Write(database, ids, first, options);
        database.Execute("COMMIT");
        database.Execute(string.Concat(indexes.Select(index => index.Sql + ";")));
        database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        output.WriteLine($"graph       {options.People:N0} people, {graph.Edges:N0} edges, {options.History:N0} posts; the first reader follows {Math.Min(5_000, options.People - 1):N0}");
    }

    private static void Write(SqliteConnection database, long[] ids, long first, FeedLoadOptions options)
    {
        var (random, writers) = (new Random(options.Seed), FollowGraph.Writers(options.People, options.History, options.Seed));
        var step = (Snowflake.FirstAt(TimeProvider.System.GetUtcNow()) - first) / (options.History + 1);
        var text = string.Concat(Enumerable.Repeat("오늘의 마당 소식 and some words of a usual post. ", 3));
        using var post = database.Use(
            "INSERT INTO post (id, author_id, audience, state, version, text, mentions, created_at) VALUES (?1, ?2, ?3, 1, 1, ?4, '', ?5)");
        for (var i = 0; i < options.History; i++)
        {
            var id = first + ((i + 1) * step);
            post.Bind(1, id).Bind(2, ids[writers[i]]).Bind(3, random.Next(10) == 0 ? 2 : 1).Bind(4, text).Bind(5, Snowflake.TimeOf(id)).Again();
            if (i % PostsAtATime == 0)
            {
                database.Execute("COMMIT; BEGIN");
            }
        }
    }

    /// <summary>Ten million rows in a random order are sorted once instead.</summary>
    private static List<(string Name, string Sql)> Indexes(SqliteConnection database)
    {
        using var select = database.Use("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('relation', 'post') AND sql IS NOT NULL");
        var found = new List<(string, string)>();
        while (select.Step())
        {
            found.Add((select.Text(0), select.Text(1)));
        }

        return found;
    }
}
