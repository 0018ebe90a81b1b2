using System.Security.Cryptography;
using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>The frontier as one node of several sees it. What must not be told otherwise by another node is decided by rows; leases run by the server's clock.</summary>
internal sealed class PostgresFrontierStore(PostgresDatabase database, long crawl, string node) : IFrontierStore
{
    private readonly CrawlLeases _leases = new(crawl, node);
    private readonly CrawlGates _gates = new(database, crawl);
    private int _closed;

    public ISharedGates? SharedGates => _gates;

    public async Task<FrontierStart> StartAsync(CancellationToken cancellationToken)
    {
        var made = RandomNumberGenerator.GetBytes(16);
        var (key, clean) = await database.WriteCrawlAsync(tx => Begin(tx, made), cancellationToken);
        await using var clock = database.Keyed.CreateCommand($"SELECT {GateRows.Now}");
        await using var warcs = database.Keyed.CreateCommand("SELECT name, length FROM crawl_warc WHERE crawl_id = $1").With(crawl);
        return new FrontierStart(
            key, await CrawlRows.CountsAsync(database, crawl, cancellationToken),
            (await CrawlRows.AllAsync(warcs, static row => (Name: row.GetString(0), Length: row.GetInt64(1)), cancellationToken)).ToDictionary(static warc => warc.Name, static warc => warc.Length),
            clean, (long)(await clock.ExecuteScalarAsync(cancellationToken))!);
    }

    public async Task<IReadOnlyList<LeasedHost>> LeaseAsync(int max, string? region, long now, CancellationToken cancellationToken)
    {
        var leased = await database.WriteCrawlAsync(tx => _leases.Take(tx, max, region), cancellationToken);
        _leases.Region = region;
        return leased;
    }

    public Task<Heartbeat> RenewAsync(long now, long until, CancellationToken cancellationToken) =>
        database.WriteCrawlAsync(tx => _leases.Renew(tx, TimeSpan.FromMilliseconds(until - now)), cancellationToken);

    public async Task<IReadOnlyList<WaitingUrl>> QueueAsync(long host, int max, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(CrawlRows.QueueSql).With(crawl, host, (long)max);
        return await CrawlRows.AllAsync(select, row => CrawlRows.Waiting(row, host), cancellationToken);
    }

    public async Task<CommitOutcome> CommitAsync(CrawlBatch batch, CancellationToken cancellationToken)
    {
        var lost = new HashSet<long>();
        while (true)
        {
            try
            {
                var added = await database.WriteCrawlAsync(tx => new BatchWriter(tx, crawl, node, _leases.Region, batch, lost).Write(), cancellationToken);
                return new CommitOutcome(added, [.. lost.Order()]);
            }
            catch (HostsLostException gone)
            {
                // Undone as a whole: again, without what is no longer ours.
                lost.UnionWith(gone.Hosts);
            }
        }
    }

    public async Task<WakeOutcome> WakeAsync(long now, int max, CancellationToken cancellationToken)
    {
        var due = await NextDueAsync(cancellationToken);
        var woken = 0;
        if (due <= now && max > 0)
        {
            woken = await database.WriteCrawlAsync(
                tx => Requeue(tx, CrawlRows.Keys(tx.Use(
                    "SELECT host, hash FROM crawl_url WHERE crawl_id = $1 AND state = 1 AND due_at <= $2 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED", crawl, now, (long)max))),
                cancellationToken);
            due = await NextDueAsync(cancellationToken);
        }

        var counts = await CrawlRows.CountsAsync(database, crawl, cancellationToken);
        return new WakeOutcome(woken, counts.GetValueOrDefault(UrlState.Waiting.Count()) > 0, due);
    }

    public Task<int> UnparkAsync(string? domain, RefusalReason reason, int max, CancellationToken cancellationToken) => database.WriteCrawlAsync(
        tx => Requeue(tx, CrawlRows.Keys(domain is null
            ? tx.Use("SELECT host, hash FROM crawl_url WHERE crawl_id = $1 AND state = 3 AND reason = $2 ORDER BY host, seq LIMIT $3 FOR UPDATE SKIP LOCKED", crawl, (short)reason, (long)max)
            : tx.Use(
                """
                SELECT u.host, u.hash FROM crawl_host h CROSS JOIN LATERAL (
                  SELECT host, hash, seq FROM crawl_url WHERE crawl_id = $1 AND host = h.id AND state = 3 AND reason = $2 ORDER BY seq LIMIT $3 FOR UPDATE SKIP LOCKED) u
                WHERE h.crawl_id = $1 AND h.domain = $4 ORDER BY u.seq LIMIT $3
                """,
                crawl, (short)reason, (long)max, domain))),
        cancellationToken);

    public async Task<IReadOnlyList<TemplateRow>> TemplatesAsync(long host, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            "SELECT hash, template, fetched, duplicates FROM crawl_template WHERE crawl_id = $1 AND host = $2 ORDER BY hash").With(crawl, host);
        return await CrawlRows.AllAsync(select, row => new TemplateRow(host, row.GetInt64(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3)), cancellationToken);
    }

    public async Task<DomainRow?> DomainAsync(string domain, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT fetched, refs FROM crawl_domain WHERE crawl_id = $1 AND name = $2").With(crawl, domain);
        var rows = await CrawlRows.AllAsync(
            select, row => new DomainRow(domain, row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)), cancellationToken);
        return rows is [var row] ? row : null;
    }

    public async Task<IReadOnlyList<PageFingerprint>> FingerprintsAsync(long after, int max, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            $"SELECT log, host, hash, body_hash, sim_hash FROM crawl_page WHERE crawl_id = $1 AND log > $2 AND log < {PageLog.Complete} ORDER BY log LIMIT $3").With(crawl, after, (long)max);
        return await CrawlRows.AllAsync(
            select, static row => new PageFingerprint(row.GetInt64(0), new UrlKey(row.GetInt64(1), row.GetInt64(2)), row.GetInt64(3), row.GetInt64(4)), cancellationToken);
    }

    /// <summary>Gives all hosts back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        try
        {
            _ = await database.WriteCrawlAsync(_leases.GiveAllBack, CancellationToken.None);
        }
        catch (Exception fault) when (fault is Madang.Storage.UnavailableException or Madang.Storage.StorageFullException)
        {
            // As after a kill: others take the hosts over when the lease has run out.
        }
    }

    private (byte[] Key, bool WasClean) Begin(PostgresTx tx, byte[] made)
    {
        _ = tx.Run("INSERT INTO crawl_book (crawl_id, key, shift) VALUES ($1, $2, 0) ON CONFLICT (crawl_id) DO NOTHING", crawl, made);
        PageLog.MendShift(tx, crawl);
        using var select = tx.Use("SELECT key FROM crawl_book WHERE crawl_id = $1", crawl);
        var key = (byte[])select.ExecuteScalar()!;
        var clean = _leases.Begin(tx);
        // What nodes that are gone have counted goes into one row a name.
        _ = tx.Run(
            """
            WITH gone AS (
              DELETE FROM crawl_count c WHERE c.crawl_id = $1 AND c.node <> '' AND NOT EXISTS (SELECT FROM crawl_node n WHERE n.crawl_id = c.crawl_id AND n.node = c.node)
              RETURNING c.name, c.n)
            INSERT INTO crawl_count AS kept (crawl_id, node, name, n) SELECT $1, '', name, sum(n) FROM gone GROUP BY name ORDER BY name
            ON CONFLICT (crawl_id, node, name) DO UPDATE SET n = kept.n + excluded.n
            """,
            crawl);
        return (key, clean);
    }

    private async Task<long?> NextDueAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT due_at FROM crawl_url WHERE crawl_id = $1 AND state = 1 ORDER BY due_at LIMIT 1").With(crawl);
        return await select.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <summary>Rows that are locked already. Counts of foreign hosts may change: so they may of new URLs.</summary>
    private int Requeue(PostgresTx tx, List<UrlKey> keys)
    {
        var batch = new CrawlBatch();
        foreach (var key in keys)
        {
            batch.Moves.Add(new UrlMove(key, UrlState.Waiting, RefusalReason.None, Class: -1, DueAt: 0, Attempts: -1));
        }

        _ = new BatchWriter(tx, crawl, node, null, batch, null).Write();
        return keys.Count;
    }
}
