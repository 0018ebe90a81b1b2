using System.Security.Cryptography;
using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>The frontier in the crawl's own file, which one process holds: leases are kept for what a kill leaves behind, not for other nodes.</summary>
internal sealed class SqliteFrontierStore(CrawlFile file, Func<Task> close) : IFrontierStore
{
    private static readonly IReadOnlyList<long> NoHosts = [];
    private int _closed;

    public ISharedGates? SharedGates => null;

    public Task<FrontierStart> StartAsync(CancellationToken cancellationToken) => file.WriteAsync(
        tx =>
        {
            var (key, clean) = Begin(tx);
            return new FrontierStart(key, CrawlRows.Counts(tx.Use("SELECT name, n FROM count")), CrawlRows.Counts(tx.Use("SELECT name, length FROM warc")), clean);
        },
        cancellationToken);

    /// <summary>One node crawls all regions: only due times order the hosts.</summary>
    public Task<IReadOnlyList<LeasedHost>> LeaseAsync(int max, string? region, long now, CancellationToken cancellationToken) => file.WriteAsync<IReadOnlyList<LeasedHost>>(
        tx =>
        {
            var ids = new List<(long Id, bool Abandoned)>();
            using (var free = tx.Use("SELECT id, lease FROM host_clock WHERE lease <> 1 AND waiting > 0 ORDER BY next_at LIMIT ?1"))
            {
                _ = free.Bind(1, max);
                while (free.Step())
                {
                    ids.Add((free.Int64(0), free.Int64(1) == 2));
                }
            }

            var leased = new List<LeasedHost>(ids.Count);
            foreach (var (id, abandoned) in ids)
            {
                var host = CrawlRows.Host(tx.Use(CrawlRows.HostSql), id)!;
                leased.Add(new LeasedHost(host, Gate(tx, "d:" + host.Domain), abandoned));
            }

            using var hold = tx.Use("UPDATE host_clock SET lease = 1 WHERE id = ?1");
            foreach (var (id, _) in ids)
            {
                hold.Bind(1, id).Again();
            }

            return leased;
        },
        cancellationToken);

    public Task<Heartbeat> RenewAsync(long now, long until, CancellationToken cancellationToken) => Task.FromResult(new Heartbeat(true, null));

    public Task<IReadOnlyList<WaitingUrl>> QueueAsync(long host, int max, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<WaitingUrl>>(
        connection =>
        {
            using var select = connection.Use(
                """
                SELECT u.hash, u.path, u.class, u.seq, u.depth, u.attempts, p.log, p.etag, p.last_modified, p.body_hash, p.sim_hash, p.interval_seconds, p.fetches, p.changes, p.missing,
                  p.fetched_at
                FROM url AS u LEFT JOIN page AS p ON p.log = u.log
                WHERE u.host = ?1 AND u.state = 0 ORDER BY u.class, u.seq LIMIT ?2
                """);
            _ = select.Bind(1, host).Bind(2, max);
            var urls = new List<WaitingUrl>();
            while (select.Step())
            {
                urls.Add(CrawlRows.Waiting(select, host));
            }

            return urls;
        },
        cancellationToken);

    public Task<CommitOutcome> CommitAsync(CrawlBatch batch, CancellationToken cancellationToken) =>
        file.WriteAsync(tx => new CommitOutcome(new BatchWriter(tx, batch).Write(), NoHosts), cancellationToken);

    public async Task<WakeOutcome> WakeAsync(long now, int max, CancellationToken cancellationToken)
    {
        // Mostly nothing is due: that is found out without a transaction that waits for the disk.
        var rest = await file.ReadAsync(static connection => (Any: CrawlRows.AnyWaiting(connection.Use(CrawlRows.WaitingSql)), Due: CrawlRows.NextDue(connection.Use(CrawlRows.DueSql))), cancellationToken);
        return rest.Due is not { } due || due > now || max < 1
            ? new WakeOutcome(0, rest.Any, rest.Due)
            : await file.WriteAsync(tx => new WakeOutcome(WakeDue(tx, now, max), CrawlRows.AnyWaiting(tx.Use(CrawlRows.WaitingSql)), CrawlRows.NextDue(tx.Use(CrawlRows.DueSql))), cancellationToken);
    }

    public Task<int> UnparkAsync(string? domain, RefusalReason reason, int max, CancellationToken cancellationToken) => file.WriteAsync(
        tx =>
        {
            using var parked = domain is null
                ? tx.Use("SELECT host, hash FROM url WHERE state = 3 AND reason = ?1 ORDER BY host, seq LIMIT ?2")
                : tx.Use("SELECT u.host, u.hash FROM host AS h JOIN url AS u ON u.host = h.id WHERE h.domain = ?3 AND u.state = 3 AND u.reason = ?1 ORDER BY u.seq LIMIT ?2");
            _ = parked.Bind(1, (int)reason).Bind(2, max);
            if (domain is not null)
            {
                _ = parked.Bind(3, domain);
            }

            return Requeue(tx, CrawlRows.Keys(parked));
        },
        cancellationToken);

    public Task<IReadOnlyList<TemplateRow>> TemplatesAsync(long host, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<TemplateRow>>(
        connection =>
        {
            using var select = connection.Use("SELECT hash, template, fetched, duplicates FROM template WHERE host = ?1");
            _ = select.Bind(1, host);
            var rows = new List<TemplateRow>();
            while (select.Step())
            {
                rows.Add(new TemplateRow(host, select.Int64(0), select.Text(1), select.Int32(2), select.Int32(3)));
            }

            return rows;
        },
        cancellationToken);

    public Task<DomainRow?> DomainAsync(string domain, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT fetched, refs FROM domain WHERE name = ?1");
            return select.Bind(1, domain).Step() ? new DomainRow(domain, select.Int64(0), select.IsNull(1) ? null : select.Blob(1)) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<PageFingerprint>> FingerprintsAsync(long after, int max, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<PageFingerprint>>(
        connection =>
        {
            using var select = connection.Use("SELECT log, host, hash, body_hash, sim_hash FROM page WHERE log > ?1 ORDER BY log LIMIT ?2");
            _ = select.Bind(1, after).Bind(2, max);
            var prints = new List<PageFingerprint>();
            while (select.Step())
            {
                prints.Add(new PageFingerprint(select.Int64(0), new UrlKey(select.Int64(1), select.Int64(2)), select.Int64(3), select.Int64(4)));
            }

            return prints;
        },
        cancellationToken);

    /// <summary>Gives all hosts back and leaves the mark of a clean end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        try
        {
            _ = await file.WriteAsync(
                static tx =>
                {
                    using var free = tx.Use("UPDATE host_clock SET lease = 0 WHERE lease = 1");
                    using var mark = tx.Use("UPDATE meta SET clean = 1");
                    return free.Run() + mark.Run();
                },
                CancellationToken.None);
        }
        catch (Exception fault) when (fault is Madang.Storage.StorageFullException or Madang.Storage.StorageBrokenException)
        {
            // As after a kill: the next run finds no mark and treats every clock with care.
        }

        await close();
    }

    private static (byte[] Key, bool WasClean) Begin(SqliteTx tx)
    {
        using (var select = tx.Use("SELECT key, clean FROM meta"))
        {
            if (select.Step())
            {
                var (key, clean) = (select.Blob(0), select.Bool(1));
                using var mark = tx.Use("UPDATE meta SET clean = 0");
                using var free = tx.Use("UPDATE host_clock SET lease = 2 WHERE lease = 1");
                _ = mark.Run() + free.Run();
                return (key, clean);
            }
        }

        var made = RandomNumberGenerator.GetBytes(16);
        using var insert = tx.Use("INSERT INTO meta (id, key, seq, log, clean) VALUES (1, ?1, 0, 0, 0)");
        _ = insert.Bind(1, made).Run();
        return (made, true);
    }

    private static long Gate(SqliteTx tx, string name)
    {
        using var select = tx.Use("SELECT at FROM gate WHERE id = ?1");
        return select.Bind(1, GateId.Of(name)).Scalar() ?? 0;
    }

    private static int WakeDue(SqliteTx tx, long now, int max)
    {
        using var due = tx.Use("SELECT host, hash FROM url WHERE state = 1 AND due_at <= ?1 ORDER BY due_at LIMIT ?2");
        return Requeue(tx, CrawlRows.Keys(due.Bind(1, now).Bind(2, max)));
    }

    private static int Requeue(SqliteTx tx, List<UrlKey> keys)
    {
        var batch = new CrawlBatch();
        foreach (var key in keys)
        {
            batch.Moves.Add(new UrlMove(key, UrlState.Waiting, RefusalReason.None, Class: -1, DueAt: 0, Attempts: -1));
        }

        _ = new BatchWriter(tx, batch).Write();
        return keys.Count;
    }
}
