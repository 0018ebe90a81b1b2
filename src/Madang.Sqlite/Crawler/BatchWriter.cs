using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>
/// Writes one batch, table by table and each in key order, so that neighbours are written while their page is at hand. Keeps nothing: when the transaction
/// runs again, so does all of this.
/// </summary>
internal sealed class BatchWriter(SqliteTx tx, CrawlBatch batch)
{
    /// <summary>A gate only ever closes for longer.</summary>
    public const string GateSql = "INSERT INTO gate (id, at) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE excluded.at > at";

    // No class is worse: such a one betters nothing.
    private const int LeastClass = 15;

    private readonly BatchTally _tally = new();
    private long _seq;
    private long _log;

    /// <summary>How many URLs were new.</summary>
    public int Write()
    {
        ReadMeta();
        var (seq, log) = (_seq, _log);
        AddHosts();
        var added = AddUrls();
        MoveUrls();
        AddPages();
        HostChanges.Write(tx, batch, _tally);
        WriteBooks();
        if (_seq != seq || _log != log)
        {
            using var write = tx.Use("UPDATE meta SET seq = ?1, log = ?2");
            _ = write.Bind(1, _seq).Bind(2, _log).Run();
        }

        return added;
    }

    private void ReadMeta()
    {
        using var select = tx.Use("SELECT seq, log FROM meta");
        if (!select.Step())
        {
            throw new InvalidOperationException("The crawl was not started.");
        }

        (_seq, _log) = (select.Int64(0), select.Int64(1));
    }

    private void AddHosts()
    {
        if (batch.Hosts.Count == 0)
        {
            return;
        }

        using var add = tx.Use(
            """
            INSERT INTO host (id, origin, domain, region, robots_at, robots_status, robots_failing_since) VALUES (?1, ?2, ?3, ?4, 0, 0, 0) ON CONFLICT (id) DO NOTHING
            """);
        using var clock = tx.Use(
            """
            INSERT INTO host_clock (id, next_at, lease, waiting, fetched, parked, latency_ms, errors) VALUES (?1, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING
            """);
        foreach (var host in batch.Hosts.OrderBy(host => host.Id))
        {
            add.Bind(1, host.Id).Bind(2, host.Origin).Bind(3, host.Domain).Bind(4, host.Region).Again();
            clock.Bind(1, host.Id).Again();
        }
    }

    private int AddUrls()
    {
        if (batch.Urls.Count == 0)
        {
            return 0;
        }

        using var order = KeyOrder.Of(batch.Urls, static url => url.Key);
        using var find = tx.Use("SELECT id FROM url WHERE host = ?1 AND hash = ?2");
        using var insert = tx.Use(
            """
            INSERT INTO url (host, hash, state, class, seq, reason, attempts, depth, due_at, ref_host, ref_hash, path) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (host, hash) DO NOTHING
            """);
        using var better = tx.Use("UPDATE url SET class = ?2 WHERE id = ?1 AND state = 0 AND class > ?2");
        var (added, known) = (0, 0);
        foreach (var (key, index) in order.Rows)
        {
            var url = batch.Urls[index];
            // A look-up is half the price of an insert that meets its row, and no price at all where there is none: mostly the crawl's memory has left the known ones out.
            var id = known > added ? Find(find, key) : null;
            if (id is null && Insert(insert, url, _seq + index + 1))
            {
                _tally.Enter(key.Host, url.State);
                added++;
                continue;
            }

            known++;
            if (url.State == UrlState.Waiting && url.Class < LeastClass)
            {
                better.Bind(1, (id ?? Find(find, key))!.Value).Bind(2, url.Class).Again();
            }
        }

        _seq += order.Rows.Length;
        return added;
    }

    private static long? Find(Statement find, UrlKey key)
    {
        var id = find.Bind(1, key.Host).Bind(2, key.Hash).Step() ? find.Int64(0) : (long?)null;
        find.Reset();
        return id;
    }

    /// <summary>False when it is known.</summary>
    private static bool Insert(Statement insert, NewUrl url, long seq)
    {
        _ = insert.Bind(1, url.Key.Host).Bind(2, url.Key.Hash).Bind(3, (int)url.State).Bind(4, url.Class).Bind(5, seq).Bind(6, (int)url.Reason).Bind(7, url.Depth).Bind(8, url.DueAt);
        var known = url.Referrer != default;
        insert.Bind(9, known && url.Referrer.Host != url.Key.Host ? url.Referrer.Host : null).Bind(10, known ? url.Referrer.Hash : null).Bind(11, url.Path).Again();
        return insert.Changes > 0;
    }

    private void MoveUrls()
    {
        if (batch.Moves.Count == 0)
        {
            return;
        }

        using var find = tx.Use("SELECT state, class, attempts, seq FROM url WHERE host = ?1 AND hash = ?2");
        using var update = tx.Use("UPDATE url SET state = ?3, class = ?4, attempts = ?5, seq = ?6, reason = ?7, due_at = ?8 WHERE host = ?1 AND hash = ?2");
        using var order = KeyOrder.Of(batch.Moves, static move => move.Key);
        foreach (var (_, index) in order.Rows)
        {
            var move = batch.Moves[index];
            if (!find.Bind(1, move.Key.Host).Bind(2, move.Key.Hash).Step())
            {
                find.Reset();
                continue;
            }

            var state = (UrlState)find.Int32(0);
            var seq = move.State == UrlState.Waiting && state != UrlState.Waiting ? _seq + index + 1 : find.Int64(3);
            _ = update.Bind(1, move.Key.Host).Bind(2, move.Key.Hash).Bind(3, (int)move.State).Bind(4, move.Class < 0 ? find.Int32(1) : move.Class)
                .Bind(5, move.Attempts < 0 ? find.Int32(2) : move.Attempts).Bind(6, seq).Bind(7, (int)move.Reason).Bind(8, move.DueAt);
            find.Reset();
            update.Again();
            _tally.Leave(move.Key.Host, state);
            _tally.Enter(move.Key.Host, move.State);
        }

        _seq += order.Rows.Length;
    }

    private void AddPages()
    {
        if (batch.Pages.Count == 0)
        {
            return;
        }

        new PageWriter(tx).Append(batch.Pages, _log);
        using var order = KeyOrder.Of(batch.Pages, static page => page.Key);
        using var find = tx.Use("SELECT state, log, seq, id FROM url WHERE host = ?1 AND hash = ?2");
        using var update = tx.Use("UPDATE url SET state = ?2, reason = ?3, attempts = ?4, due_at = ?5, log = ?6, seq = ?7 WHERE id = ?1");
        foreach (var (key, index) in order.Rows)
        {
            var page = batch.Pages[index];
            if (!find.Bind(1, key.Host).Bind(2, key.Hash).Step())
            {
                throw new InvalidOperationException("A page of a URL that was never added.");
            }

            var (state, before, seq, id) = ((UrlState)find.Int32(0), find.Int64OrNull(1), page.Next == UrlState.Waiting ? _seq + index + 1 : find.Int64(2), find.Int64(3));
            find.Reset();
            update.Bind(1, id).Bind(2, (int)page.Next).Bind(3, (int)page.Reason).Bind(4, page.Attempts).Bind(5, page.DueAt).Bind(6, _log + index + 1).Bind(7, seq).Again();
            _tally.Leave(key.Host, state);
            _tally.Enter(key.Host, page.Next);
            if (before is { } log)
            {
                PageWriter.Remove(tx, log);
            }
            else
            {
                _tally.Visit(key.Host);
            }
        }

        _log += order.Rows.Length;
        _seq += order.Rows.Length;
    }

    private void WriteBooks()
    {
        using var gate = tx.Use(GateSql);
        foreach (var (id, at) in batch.Gates.Select(static gate => (Id: GateId.Of(gate.Key), At: gate.Value)).OrderBy(static gate => gate.Id))
        {
            gate.Bind(1, id).Bind(2, at).Again();
        }

        using var count = tx.Use(HostChanges.CountSql);
        foreach (var (name, change) in batch.Counts)
        {
            count.Bind(1, name).Bind(2, change).Again();
        }

        using var warc = tx.Use("INSERT INTO warc (name, length) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET length = excluded.length");
        foreach (var (name, length) in batch.WarcLengths)
        {
            warc.Bind(1, name).Bind(2, length).Again();
        }

        WriteTemplates();
        foreach (var change in batch.Domains)
        {
            WriteDomain(change);
        }
    }

    /// <summary>Nearly all of them are there already.</summary>
    private void WriteTemplates()
    {
        using var update = tx.Use("UPDATE template SET fetched = ?3, duplicates = ?4 WHERE host = ?1 AND hash = ?2");
        using var insert = tx.Use("INSERT INTO template (host, hash, template, fetched, duplicates) VALUES (?1, ?2, ?3, ?4, ?5)");
        foreach (var row in batch.Templates)
        {
            update.Bind(1, row.Host).Bind(2, row.Hash).Bind(3, row.Fetched).Bind(4, row.Duplicates).Again();
            if (update.Changes == 0)
            {
                insert.Bind(1, row.Host).Bind(2, row.Hash).Bind(3, row.Template).Bind(4, row.Fetched).Bind(5, row.Duplicates).Again();
            }
        }
    }

    /// <summary>Most changes are pages alone, and leave the references as they are.</summary>
    private void WriteDomain(DomainDelta change)
    {
        if (change.References is not { } references)
        {
            using var update = tx.Use("UPDATE domain SET fetched = fetched + ?2 WHERE name = ?1");
            update.Bind(1, change.Domain).Bind(2, change.Fetched).Again();
            if (update.Changes == 0)
            {
                using var add = tx.Use("INSERT INTO domain (name, fetched) VALUES (?1, ?2)");
                add.Bind(1, change.Domain).Bind(2, change.Fetched).Again();
            }

            return;
        }

        using (var find = tx.Use("SELECT refs FROM domain WHERE name = ?1"))
        {
            if (find.Bind(1, change.Domain).Step() && !find.IsNull(0))
            {
                references = DomainDelta.Merge(find.Bytes(0), references);
            }
        }

        using var put = tx.Use("INSERT INTO domain (name, fetched, refs) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET fetched = fetched + excluded.fetched, refs = excluded.refs");
        _ = put.Bind(1, change.Domain).Bind(2, change.Fetched).Bind(3, references).Run();
    }
}
