using System.Runtime.InteropServices;
using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>What a batch changes about hosts: counts from the moves of their URLs, clocks as given, one write a host; and the counts of all URLs by state.</summary>
internal sealed class HostChanges
{
    private readonly Dictionary<long, Change> _changes = [];
    private readonly long[] _states = new long[Enum.GetValues<UrlState>().Length];

    /// <summary>Adds to a named count.</summary>
    public const string CountSql = "INSERT INTO count (name, n) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n";

    public void Enter(long host, UrlState state) => Count(host, state, 1);

    public void Leave(long host, UrlState state) => Count(host, state, -1);

    public void Visit(long host) => Of(host).Fetched++;

    public void Write(SqliteTx tx, CrawlBatch batch)
    {
        foreach (var clock in batch.Clocks)
        {
            Of(clock.Id).Clock = clock;
        }

        WriteClocks(tx);
        foreach (var clock in batch.Clocks)
        {
            if (clock.Robots is { } answer)
            {
                WriteRobots(tx, clock.Id, answer);
            }
        }

        using var count = tx.Use(CountSql);
        for (var state = 0; state < _states.Length; state++)
        {
            if (_states[state] != 0)
            {
                count.Bind(1, ((UrlState)state).Count()).Bind(2, _states[state]).Again();
            }
        }

        using var release = tx.Use("UPDATE host_clock SET lease = 0 WHERE id = ?1");
        foreach (var host in batch.Released)
        {
            release.Bind(1, host).Again();
        }
    }

    private void WriteClocks(SqliteTx tx)
    {
        var order = _changes.Keys.ToArray();
        Array.Sort(order);
        using var counts = tx.Use("UPDATE host_clock SET waiting = waiting + ?2, fetched = fetched + ?3, parked = parked + ?4 WHERE id = ?1");
        using var whole = tx.Use(
            """
            UPDATE host_clock SET waiting = waiting + ?2, fetched = fetched + ?3, parked = parked + ?4, next_at = ?5, block = ?6, latency_ms = ?7, errors = ?8, address = coalesce(?9, address)
            WHERE id = ?1
            """);
        foreach (var id in order)
        {
            var change = _changes[id];
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

    private void Count(long host, UrlState state, int by)
    {
        var change = Of(host);
        _states[(int)state] += by;
        if (state == UrlState.Waiting)
        {
            change.Waiting += by;
        }
        else if (state == UrlState.Parked)
        {
            change.Parked += by;
        }
    }

    private Change Of(long host)
    {
        ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, host, out _);
        return change ??= new Change();
    }

    private sealed class Change
    {
        public long Waiting { get; set; }

        public long Fetched { get; set; }

        public long Parked { get; set; }

        public HostClock? Clock { get; set; }
    }
}
