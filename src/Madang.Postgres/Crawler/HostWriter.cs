using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>The end of a batch: locks every host it touches, looks whether they are still ours, and writes counts and clocks.</summary>
internal sealed class HostWriter(PostgresTx tx, long crawl, string node, string? region, CrawlBatch batch, BatchTally tally, IReadOnlySet<long>? lost)
{
    /// <summary>How much a new connect time weighs in its mean.</summary>
    private const double Weight = 0.25;

    public void Write()
    {
        var clocks = batch.Clocks.Where(clock => lost?.Contains(clock.Id) != true).GroupBy(static clock => clock.Id).Select(static same => same.Last()).OrderBy(static clock => clock.Id).ToList();
        foreach (var clock in clocks)
        {
            _ = tally.Of(clock.Id);
        }

        LockAndFence();
        WriteCounts();
        WriteClocks(clocks);
        WriteRobots(clocks);
        WriteReach([.. clocks.Where(static clock => clock.ConnectMs is not null)]);
        CrawlLeases.Release(tx, crawl, node, batch.Released);
    }

    private void LockAndFence()
    {
        var ids = tally.Hosts.Keys.Order().ToArray();
        if (ids.Length == 0)
        {
            return;
        }

        var found = 0;
        List<long> others = [];
        using (var read = tx.Use(
            "SELECT k.id, h.node FROM unnest($2::bigint[]) AS k (id) CROSS JOIN LATERAL (SELECT node FROM crawl_host WHERE crawl_id = $1 AND id = k.id FOR NO KEY UPDATE) h", crawl, ids))
        {
            using var rows = read.ExecuteReader();
            while (rows.Read())
            {
                found++;
                if (!rows.IsDBNull(1) && rows.GetString(1) != node)
                {
                    others.Add(rows.GetInt64(0));
                }
            }
        }

        if (found < ids.Length)
        {
            throw new InvalidOperationException("A URL or clock of a host that was never added.");
        }

        if (lost is not null)
        {
            // New URLs of their hosts are welcome; what only a holder may say is not.
            var ours = batch.Pages.Select(static page => page.Key.Host).Concat(batch.Moves.Select(static move => move.Key.Host)).Concat(batch.Clocks.Select(static clock => clock.Id)).ToHashSet();
            var gone = others.Where(host => ours.Contains(host) && !lost.Contains(host)).ToList();
            if (gone.Count > 0)
            {
                throw new HostsLostException(gone);
            }
        }
    }

    private void WriteCounts()
    {
        var rows = tally.Hosts.Where(static host => host.Value.Waiting != 0 || host.Value.Fetched != 0 || host.Value.Parked != 0).OrderBy(static host => host.Key).ToList();
        if (rows.Count > 0)
        {
            _ = tx.Run(
                """
                UPDATE crawl_host SET (waiting, fetched, parked) = (
                  SELECT waiting + ($3::bigint[])[at], fetched + ($4::bigint[])[at], parked + ($5::bigint[])[at] FROM (SELECT array_position($2::bigint[], id) AS at OFFSET 0) place)
                WHERE crawl_id = $1 AND id = ANY($2)
                """,
                crawl, rows.Select(static host => host.Key).ToArray(), rows.Select(static host => host.Value.Waiting).ToArray(), rows.Select(static host => host.Value.Fetched).ToArray(),
                rows.Select(static host => host.Value.Parked).ToArray());
        }
    }

    private void WriteClocks(List<HostClock> clocks)
    {
        if (clocks.Count > 0)
        {
            _ = tx.Run(
                """
                UPDATE crawl_host SET (next_at, block, latency_ms, errors, address) = (
                  SELECT ($3::bigint[])[at], ($4::text[])[at], ($5::int[])[at], ($6::int[])[at], coalesce(($7::text[])[at], address)
                  FROM (SELECT array_position($2::bigint[], id) AS at OFFSET 0) place)
                WHERE crawl_id = $1 AND id = ANY($2)
                """,
                crawl, clocks.Select(static clock => clock.Id).ToArray(), clocks.Select(static clock => clock.NextAt).ToArray(), clocks.Select(static clock => clock.Block).ToArray(),
                clocks.Select(static clock => clock.LatencyMs).ToArray(), clocks.Select(static clock => clock.Errors).ToArray(), clocks.Select(static clock => clock.Address).ToArray());
        }
    }

    private void WriteRobots(List<HostClock> clocks)
    {
        foreach (var clock in clocks)
        {
            if (clock.Robots is not { } answer)
            {
                continue;
            }

            _ = tx.Run(
                "UPDATE crawl_host SET robots_at = $3, robots_status = $4, robots_failing_since = $5 WHERE crawl_id = $1 AND id = $2", crawl, clock.Id, answer.At, answer.Status, answer.FailingSince);
            if (answer.Body is { } body)
            {
                _ = tx.Run("INSERT INTO crawl_robots (crawl_id, host, body) VALUES ($1, $2, $3) ON CONFLICT (crawl_id, host) DO UPDATE SET body = excluded.body", crawl, clock.Id, body);
            }
        }
    }

    /// <summary>Who connects quickest is nearest: told only once two regions have tried, and never against a rule.</summary>
    private void WriteReach(List<HostClock> clocks)
    {
        if (region is null || clocks.Count == 0)
        {
            return;
        }

        var ids = clocks.Select(static clock => clock.Id).ToArray();
        _ = tx.Run(
            """
            INSERT INTO crawl_reach AS r (crawl_id, host, region, connect_ms) SELECT $1, host, $2, ms FROM unnest($3::bigint[], $4::int[]) AS n (host, ms)
            ON CONFLICT (crawl_id, host, region) DO UPDATE SET connect_ms = r.connect_ms + (excluded.connect_ms - r.connect_ms) * $5
            """,
            crawl, region, ids, clocks.Select(static clock => clock.ConnectMs!.Value).ToArray(), Weight);
        _ = tx.Run(
            """
            UPDATE crawl_host h SET region = (SELECT r.region FROM crawl_reach r WHERE r.crawl_id = $1 AND r.host = h.id ORDER BY r.connect_ms, r.region LIMIT 1)
            WHERE h.crawl_id = $1 AND h.id = ANY($2) AND NOT h.ruled AND (SELECT count(*) FROM crawl_reach r WHERE r.crawl_id = $1 AND r.host = h.id) > 1
            """,
            crawl, ids);
    }
}
