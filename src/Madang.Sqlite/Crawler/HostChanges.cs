using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>Writes what a batch changed about hosts: counts and clocks, one write a host; robots answers; releases.</summary>
internal static class HostChanges
{
    /// <summary>Adds to a named count.</summary>
    public const string CountSql = "INSERT INTO count (name, n) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n";

    public static void Write(SqliteTx tx, CrawlBatch batch, BatchTally tally)
    {
        foreach (var clock in batch.Clocks)
        {
            tally.Of(clock.Id).Clock = clock;
        }

        WriteTallies(tx, tally);
        foreach (var clock in batch.Clocks)
        {
            if (clock.Robots is { } answer)
            {
                WriteRobots(tx, clock.Id, answer);
            }
        }

        using var count = tx.Use(CountSql);
        foreach (var (name, change) in tally.States)
        {
            count.Bind(1, name).Bind(2, change).Again();
        }

        using var release = tx.Use("UPDATE host_clock SET lease = 0 WHERE id = ?1");
        foreach (var host in batch.Released)
        {
            release.Bind(1, host).Again();
        }
    }

    private static void WriteTallies(SqliteTx tx, BatchTally tally)
    {
        var order = tally.Hosts.Keys.ToArray();
        Array.Sort(order);
        using var counts = tx.Use("UPDATE host_clock SET waiting = waiting + ?2, fetched = fetched + ?3, parked = parked + ?4 WHERE id = ?1");
        using var whole = tx.Use(
            """
            UPDATE host_clock SET waiting = waiting + ?2, fetched = fetched + ?3, parked = parked + ?4, next_at = ?5, block = ?6, latency_ms = ?7, errors = ?8, address = coalesce(?9, address)
            WHERE id = ?1
            """);
        foreach (var id in order)
        {
            var change = tally.Hosts[id];
            var statement = change.Clock is null ? counts : whole;
            _ = statement.Bind(1, id).Bind(2, change.Waiting).Bind(3, change.Fetched).Bind(4, change.Parked);
            if (change.Clock is { } clock)
            {
                _ = statement.Bind(5, clock.NextAt).Bind(6, clock.Block).Bind(7, clock.LatencyMs).Bind(8, clock.Errors).Bind(9, clock.Address);
            }

            statement.Again();
            if (statement.Changes == 0)
            {
                throw new InvalidOperationException("A URL or clock of a host that was never added.");
            }
        }
    }

    private static void WriteRobots(SqliteTx tx, long host, RobotsAnswer answer)
    {
        using var update = tx.Use("UPDATE host SET robots_at = ?2, robots_status = ?3, robots_failing_since = ?4 WHERE id = ?1");
        update.Bind(1, host).Bind(2, answer.At).Bind(3, answer.Status).Bind(4, answer.FailingSince).Again();
        if (answer.Body is { } body)
        {
            using var put = tx.Use("INSERT INTO host_robots (host, body) VALUES (?1, ?2) ON CONFLICT (host) DO UPDATE SET body = excluded.body");
            put.Bind(1, host).Bind(2, body).Again();
        }
    }
}
