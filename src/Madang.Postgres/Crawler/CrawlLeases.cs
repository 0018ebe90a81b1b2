using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>
/// Which hosts this node holds. A node lives while its row is younger than its lease, by the server's clock. Rows are locked hosts first, then domains, each in
/// ascending order or skipping what is locked, here and in <see cref="BatchWriter"/>: nobody waits in a circle.
/// </summary>
internal sealed class CrawlLeases(long crawl, string node)
{
    /// <summary>Until the first renewal says otherwise.</summary>
    private static readonly TimeSpan FirstLease = TimeSpan.FromSeconds(15);

    /// <summary>So many free hosts are enough for every node.</summary>
    private const long MostCounted = 100_000;

    private const string FreeHost = "h.crawl_id = $1 AND h.node IS NULL AND h.waiting > 0 AND NOT EXISTS (SELECT FROM crawl_domain_lease d WHERE d.crawl_id = $1 AND d.domain = h.domain AND d.node <> $2)";

    /// <summary>As of the last lease: whose connect times ours are.</summary>
    public string? Region { get; set; }

    /// <summary>Makes the node live. False when others had died without a word.</summary>
    public bool Begin(PostgresTx tx)
    {
        var clean = Sweep(tx) == 0;
        Live(tx, FirstLease);
        return clean;
    }

    public Heartbeat Renew(PostgresTx tx, TimeSpan length)
    {
        if (tx.Run("UPDATE crawl_node SET until = clock_timestamp() + $3 WHERE crawl_id = $1 AND node = $2 AND until > clock_timestamp()", crawl, node, length) == 1)
        {
            return new Heartbeat(true, Share(tx));
        }

        // Too late: whatever others have left of it is given up too, and the node begins anew.
        Free(tx, node, abandoned: true);
        Live(tx, length);
        return new Heartbeat(false, null);
    }

    public IReadOnlyList<LeasedHost> Take(PostgresTx tx, int max, string? region)
    {
        _ = Sweep(tx);
        if (region != Region)
        {
            _ = tx.Run("UPDATE crawl_node SET region = $3 WHERE crawl_id = $1 AND node = $2", crawl, node, region);
        }

        if (!IsAlive(tx))
        {
            return [];
        }

        var found = new List<(long Id, string Domain)>();
        if (region is not null)
        {
            Find(tx, found, max, "h.region = $4 ORDER BY h.next_at", region);
        }

        // Then hosts that no region has a claim to, or one that has no living node.
        Find(
            tx, found, max,
            """
            ($4 IS NULL OR h.region IS DISTINCT FROM $4) AND NOT EXISTS (
              SELECT FROM crawl_node n WHERE n.crawl_id = $1 AND n.region = h.region AND n.until > clock_timestamp()) ORDER BY h.next_at
            """,
            region);
        return found.Count == 0 ? [] : Hold(tx, found);
    }

    /// <summary>Hosts of this batch that are held no more: the holder of a row says when it is done with it.</summary>
    public static void Release(PostgresTx tx, long crawl, string node, IEnumerable<long> hosts)
    {
        var order = hosts.Distinct().Order().ToArray();
        if (order.Length == 0)
        {
            return;
        }

        var domains = new List<string>();
        using (var free = tx.Use(
            "UPDATE crawl_host SET node = NULL, abandoned = false WHERE crawl_id = $1 AND id = ANY($3) AND node = $2 RETURNING domain", crawl, node, order))
        {
            using var rows = free.ExecuteReader();
            while (rows.Read())
            {
                domains.Add(rows.GetString(0));
            }
        }

        var counted = domains.GroupBy(static domain => domain, StringComparer.Ordinal).Select(static domain => (Name: domain.Key, Count: domain.Count()))
            .OrderBy(static domain => domain.Name, StringComparer.Ordinal).ToList();
        _ = tx.Run(
            """
            UPDATE crawl_domain_lease SET held = held - ($4::int[])[array_position($3::text[], domain)] WHERE crawl_id = $1 AND domain = ANY($3) AND node = $2
            """,
            crawl, node, counted.Select(static domain => domain.Name).ToArray(), counted.Select(static domain => domain.Count).ToArray());
        _ = tx.Run("DELETE FROM crawl_domain_lease WHERE crawl_id = $1 AND node = $2 AND held <= 0 AND domain = ANY($3)", crawl, node, counted.Select(static domain => domain.Name).ToArray());
    }

    public bool GiveAllBack(PostgresTx tx)
    {
        Free(tx, node, abandoned: false);
        return tx.Run("DELETE FROM crawl_node WHERE crawl_id = $1 AND node = $2", crawl, node) == 1;
    }

    /// <summary>Of the hosts that nodes of this region hold or may lease at once.</summary>
    private int? Share(PostgresTx tx)
    {
        using var count = tx.Use(
            """
            SELECT count(*), sum((SELECT count(*) FROM crawl_host h WHERE h.crawl_id = $1 AND h.node = n.node))::bigint
              + (SELECT count(*) FROM (SELECT FROM crawl_host h WHERE h.crawl_id = $1 AND h.node IS NULL AND h.waiting > 0 LIMIT $3) free)
            FROM crawl_node n JOIN crawl_node mine ON mine.crawl_id = $1 AND mine.node = $2 AND mine.region IS NOT DISTINCT FROM n.region
            WHERE n.crawl_id = $1 AND n.until > clock_timestamp()
            """,
            crawl, node, MostCounted);
        using var rows = count.ExecuteReader();
        return rows.Read() && rows.GetInt64(0) is > 1 and var nodes ? (int)((rows.GetInt64(1) + nodes - 1) / nodes) : null;
    }

    private void Live(PostgresTx tx, TimeSpan length) => tx.Run(
        "INSERT INTO crawl_node (crawl_id, node, region, until) VALUES ($1, $2, $3, clock_timestamp() + $4) ON CONFLICT (crawl_id, node) DO UPDATE SET until = excluded.until",
        crawl, node, Region, length);

    /// <summary>Frees what dead nodes held. How many had died.</summary>
    private int Sweep(PostgresTx tx)
    {
        var dead = new List<string>();
        using (var find = tx.Use("SELECT node FROM crawl_node WHERE crawl_id = $1 AND until <= clock_timestamp() AND node <> $2 ORDER BY node FOR UPDATE SKIP LOCKED", crawl, node))
        {
            using var rows = find.ExecuteReader();
            while (rows.Read())
            {
                dead.Add(rows.GetString(0));
            }
        }

        foreach (var gone in dead)
        {
            Free(tx, gone, abandoned: true);
            _ = tx.Run("DELETE FROM crawl_node WHERE crawl_id = $1 AND node = $2", crawl, gone);
        }

        return dead.Count;
    }

    /// <summary>Its last request may have begun right before its lease ran out: neither its hosts nor their domains are asked before this moment, nor without care afterwards.</summary>
    private void Free(PostgresTx tx, string holder, bool abandoned)
    {
        _ = tx.Run(
            """
            UPDATE crawl_host SET node = NULL, abandoned = $3, next_at = CASE WHEN $3 THEN greatest(next_at, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) ELSE next_at END
            WHERE crawl_id = $1 AND id = ANY(ARRAY(SELECT id FROM crawl_host WHERE crawl_id = $1 AND node = $2 ORDER BY id FOR NO KEY UPDATE))
            """,
            crawl, holder, abandoned);
        _ = tx.Run("DELETE FROM crawl_domain_lease WHERE crawl_id = $1 AND node = $2", crawl, holder);
    }

    /// <summary>And it stays so while this transaction runs: a sweep would wait for the row.</summary>
    private bool IsAlive(PostgresTx tx)
    {
        using var select = tx.Use("SELECT 1 FROM crawl_node WHERE crawl_id = $1 AND node = $2 AND until > clock_timestamp() FOR SHARE", crawl, node);
        return select.ExecuteScalar() is not null;
    }

    private void Find(PostgresTx tx, List<(long Id, string Domain)> found, int max, string condition, string? region)
    {
        if (found.Count >= max)
        {
            return;
        }

        using var find = tx.Use($"SELECT h.id, h.domain FROM crawl_host h WHERE {FreeHost} AND {condition} LIMIT $3 FOR NO KEY UPDATE OF h SKIP LOCKED", crawl, node, (long)(max - found.Count));
        _ = find.Parameters.Add(new Npgsql.NpgsqlParameter { Value = region ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        using var rows = find.ExecuteReader();
        while (rows.Read())
        {
            found.Add((rows.GetInt64(0), rows.GetString(1)));
        }
    }

    private List<LeasedHost> Hold(PostgresTx tx, List<(long Id, string Domain)> found)
    {
        var mine = TakeDomains(tx, found);
        // Another node came first in the others; theirs is the whole domain.
        var ids = found.Where(host => mine.Contains(host.Domain)).Select(static host => host.Id).ToArray();
        var leased = new List<LeasedHost>(ids.Length);
        using (var read = tx.Use(
            $"""
            SELECT {CrawlRows.HostColumns}, {CrawlRows.RobotsColumn}, h.abandoned, coalesce((SELECT at FROM crawl_gate WHERE crawl_id = $1 AND name = 'd:' || h.domain), 0)
            FROM unnest($2::bigint[]) WITH ORDINALITY AS k (id, place) CROSS JOIN LATERAL (SELECT * FROM crawl_host WHERE crawl_id = $1 AND id = k.id OFFSET 0) h ORDER BY k.place
            """,
            crawl, ids))
        {
            using var rows = read.ExecuteReader();
            while (rows.Read())
            {
                leased.Add(new LeasedHost(CrawlRows.Host(rows, withRobots: true), rows.GetInt64(17), rows.GetBoolean(16)));
            }
        }

        _ = tx.Run("UPDATE crawl_host SET node = $2 WHERE crawl_id = $1 AND id = ANY($3)", crawl, node, ids);
        return leased;
    }

    private HashSet<string> TakeDomains(PostgresTx tx, List<(long Id, string Domain)> found)
    {
        var domains = found.GroupBy(static host => host.Domain, StringComparer.Ordinal).Select(static domain => (Name: domain.Key, Count: domain.Count()))
            .OrderBy(static domain => domain.Name, StringComparer.Ordinal).ToList();
        var mine = new HashSet<string>(StringComparer.Ordinal);
        using var take = tx.Use(
            """
            INSERT INTO crawl_domain_lease AS d (crawl_id, domain, node, held) SELECT $1, domain, $2, held FROM unnest($3::text[], $4::int[]) AS wanted (domain, held)
            ON CONFLICT (crawl_id, domain) DO UPDATE SET held = d.held + excluded.held WHERE d.node = excluded.node
            RETURNING domain
            """,
            crawl, node, domains.Select(static domain => domain.Name).ToArray(), domains.Select(static domain => domain.Count).ToArray());
        using var rows = take.ExecuteReader();
        while (rows.Read())
        {
            _ = mine.Add(rows.GetString(0));
        }

        return mine;
    }
}
