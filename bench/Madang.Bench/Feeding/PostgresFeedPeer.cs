using System.Diagnostics;
using Madang.Bench.Measuring;
using Madang.Bench.Notifying.Queues;
using Madang.Bench.Serving;
using Npgsql;

namespace Madang.Bench.Feeding;

/// <summary>Feeds pulled from a private PostgreSQL at every read: follows and posts in two tables with the indexes for it, ids only, both usual ways to ask.</summary>
internal sealed class PostgresFeedPeer(FollowGraph graph, int readers, int posts, int reads, TextWriter output)
{
    private const string Join = "SELECT p.id FROM post p JOIN follow f ON f.followee = p.author_id WHERE f.follower = $1 ORDER BY p.id DESC LIMIT 20";
    private const string Lateral =
        """
        SELECT p.id FROM follow f CROSS JOIN LATERAL (SELECT id FROM post WHERE author_id = f.followee ORDER BY id DESC LIMIT 20) p
        WHERE f.follower = $1 ORDER BY p.id DESC LIMIT 20
        """;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("madang-bench-postgres-").FullName;
        QueueRace.OpenFolder(folder);
        try
        {
            await using var postgres = await PostgresProcess.StartAsync(Path.Combine(folder, "postgres"));
            await using var connection = new NpgsqlConnection(postgres.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await FillAsync(connection, cancellationToken);
            await ReadAsync(connection, postgres.Pid, "join", Join, reads / 10, cancellationToken);
            await ReadAsync(connection, postgres.Pid, "lateral", Lateral, reads, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task FillAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await RunAsync(connection, "CREATE TABLE follow (follower bigint, followee bigint); CREATE TABLE post (id bigint, author_id bigint, text text)", cancellationToken);
        await using (var follows = await connection.BeginBinaryImportAsync("COPY follow FROM STDIN (FORMAT binary)", cancellationToken))
        {
            for (var reader = 1; reader <= readers; reader++)
            {
                foreach (var followee in graph.Followees[reader])
                {
                    await follows.WriteRowAsync(cancellationToken, (long)reader, followee);
                }
            }

            await follows.CompleteAsync(cancellationToken);
        }

        var writers = FollowGraph.Writers(graph.Followees.Length - 1, posts, 7);
        await using (var rows = await connection.BeginBinaryImportAsync("COPY post FROM STDIN (FORMAT binary)", cancellationToken))
        {
            for (var i = 0; i < posts; i++)
            {
                await rows.WriteRowAsync(cancellationToken, 1_000_000L + i, (long)writers[i], "Some words of a usual post in the courtyard, and a few more of them.");
            }

            await rows.CompleteAsync(cancellationToken);
        }

        await RunAsync(
            connection,
            """
            ALTER TABLE follow ADD PRIMARY KEY (follower, followee);
            ALTER TABLE post ADD PRIMARY KEY (id);
            CREATE INDEX ON post (author_id, id DESC);
            VACUUM ANALYZE
            """,
            cancellationToken);
    }

    private async Task ReadAsync(NpgsqlConnection connection, int pid, string name, string sql, int times, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new NpgsqlParameter<long>() } };
        await command.PrepareAsync(cancellationToken);
        var (random, histogram, cpu) = (new Random(11), new Histogram(), 0.0);
        const int Warmup = 50;
        for (var i = 0; i < times + Warmup; i++)
        {
            if (i == Warmup)
            {
                (histogram, cpu) = (new Histogram(), CpuTime.OfFamily(pid));
            }

            ((NpgsqlParameter<long>)command.Parameters[0]).TypedValue = random.Next(1, readers + 1);
            var from = Stopwatch.GetTimestamp();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
            }

            histogram.Record((long)Stopwatch.GetElapsedTime(from).TotalMicroseconds);
        }

        await output.WriteLineAsync($"postgres    {times:N0} pulls of 20 ids ({name}) among {posts:N0} posts: {histogram}; server {(CpuTime.OfFamily(pid) - cpu) * 1e6 / times:0} CPU-µs each");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        foreach (var statement in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 300 };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
