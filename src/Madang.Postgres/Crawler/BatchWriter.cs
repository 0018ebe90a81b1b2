using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>
/// Writes one batch, each table by one statement over arrays in key order. Hosts come last: their rows are locked for the shortest time, by all nodes in ascending
/// order, and only then it shows whether they are still ours; if one is not, all of it is undone (<see cref="HostsLostException"/>).
/// </summary>
/// <remarks>
/// A plan lives on while tables grow. One that was made for an empty table may walk the table and look each row up in the batch's arrays; so nothing is joined here,
/// but each key looked up by itself (LATERAL with OFFSET 0 or a lock stays as it is written), met as a conflict, or asked for by = ANY.
/// </remarks>
/// <param name="lost">Hosts whose pages, moves and clocks are left out; null for moves that need no holder.</param>
internal sealed class BatchWriter(PostgresTx tx, long crawl, string node, string? region, CrawlBatch batch, IReadOnlySet<long>? lost)
{
    private readonly BatchTally _tally = new();
    private readonly Dictionary<UrlKey, UrlPlace> _urls = [];
    private long[] _seqs = [];
    private int _taken;

    /// <summary>How many URLs were new.</summary>
    public int Write()
    {
        var moves = batch.Moves.Where(move => lost?.Contains(move.Key.Host) != true).ToList();
        var pages = batch.Pages.Where(page => lost?.Contains(page.Key.Host) != true).ToList();
        TakeSeqs(batch.Urls.Count + moves.Count + pages.Count);
        AddHosts();
        var added = new UrlWriter(tx, crawl, batch.Urls, NextSeqs(batch.Urls.Count), _tally).Write();
        Lock([.. moves.Select(static move => move.Key), .. pages.Select(static page => page.Key)]);
        Move(moves, NextSeqs(moves.Count));
        Visit(pages, NextSeqs(pages.Count));
        WriteUrls();
        GateRows.Close(tx, crawl, batch.Gates);
        new BookWriter(tx, crawl, node, batch, _tally).Write();
        new HostWriter(tx, crawl, node, region, batch, _tally, lost).Write();
        return added;
    }

    /// <summary>Places for the whole batch; those of one kind follow each other in the order given.</summary>
    private void TakeSeqs(int count)
    {
        const int Block = 4096;
        using var take = tx.Use("SELECT nextval('crawl_seq') FROM generate_series(1, $1)", (count + Block - 1) / Block);
        using var rows = take.ExecuteReader();
        var seqs = new List<long>(count);
        while (rows.Read())
        {
            var first = rows.GetInt64(0);
            for (var i = 0; i < Block && seqs.Count < count; i++)
            {
                seqs.Add(first + i);
            }
        }

        _seqs = [.. seqs];
    }

    private ReadOnlyMemory<long> NextSeqs(int count)
    {
        var next = _seqs.AsMemory(_taken, count);
        _taken += count;
        return next;
    }

    private void AddHosts()
    {
        var hosts = batch.Hosts.DistinctBy(static host => host.Id).OrderBy(static host => host.Id).ToList();
        if (hosts.Count > 0)
        {
            _ = tx.Run(
                """
                INSERT INTO crawl_host (crawl_id, id, origin, domain, region, ruled, abandoned, next_at, latency_ms, errors, robots_at, robots_status, robots_failing_since, waiting, fetched, parked)
                SELECT $1, n.id, n.origin, n.domain, n.region, n.region IS NOT NULL, false, 0, 0, 0, 0, 0, 0, 0, 0, 0
                FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) AS n (id, origin, domain, region)
                WHERE NOT EXISTS (SELECT FROM crawl_host h WHERE h.crawl_id = $1 AND h.id = n.id OFFSET 0)
                ON CONFLICT (crawl_id, id) DO NOTHING
                """,
                crawl, hosts.Select(static host => host.Id).ToArray(), hosts.Select(static host => host.Origin).ToArray(), hosts.Select(static host => host.Domain).ToArray(),
                hosts.Select(static host => host.Region).ToArray());
        }
    }

    /// <summary>Reads what moves and pages are about to change, and keeps it from others.</summary>
    private void Lock(List<UrlKey> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        var order = keys.Distinct().OrderBy(static key => key.Host).ThenBy(static key => key.Hash).ToList();
        using var read = tx.Use(
            """
            SELECT k.host, k.hash, u.state, u.class, u.seq, u.reason, u.attempts, u.due_at, u.log FROM unnest($2::bigint[], $3::bigint[]) AS k (host, hash)
            CROSS JOIN LATERAL (
              SELECT state, class, seq, reason, attempts, due_at, log FROM crawl_url WHERE crawl_id = $1 AND host = k.host AND hash = k.hash FOR NO KEY UPDATE) u
            """,
            crawl, order.Select(static key => key.Host).ToArray(), order.Select(static key => key.Hash).ToArray());
        using var rows = read.ExecuteReader();
        while (rows.Read())
        {
            _urls.Add(new UrlKey(rows.GetInt64(0), rows.GetInt64(1)), new UrlPlace
            {
                State = (UrlState)rows.GetInt16(2),
                Class = rows.GetInt16(3),
                Seq = rows.GetInt64(4),
                Reason = (RefusalReason)rows.GetInt16(5),
                Attempts = rows.GetInt32(6),
                DueAt = rows.GetInt64(7),
                Log = rows.IsDBNull(8) ? null : rows.GetInt64(8),
            });
        }
    }

    private void Move(List<UrlMove> moves, ReadOnlyMemory<long> seqs)
    {
        for (var i = 0; i < moves.Count; i++)
        {
            var move = moves[i];
            if (!_urls.TryGetValue(move.Key, out var url))
            {
                continue;
            }

            _tally.Leave(move.Key.Host, url.State);
            _tally.Enter(move.Key.Host, move.State);
            url.Seq = move.State == UrlState.Waiting && url.State != UrlState.Waiting ? seqs.Span[i] : url.Seq;
            url.Class = move.Class < 0 ? url.Class : move.Class;
            url.Attempts = move.Attempts < 0 ? url.Attempts : move.Attempts;
            (url.State, url.Reason, url.DueAt) = (move.State, move.Reason, move.DueAt);
        }
    }

    private void Visit(List<PageRow> pages, ReadOnlyMemory<long> seqs)
    {
        if (pages.Count == 0)
        {
            return;
        }

        var first = PageLog.First(tx, crawl);
        var replaced = new List<long>();
        for (var i = 0; i < pages.Count; i++)
        {
            var page = pages[i];
            var url = _urls.GetValueOrDefault(page.Key) ?? throw new InvalidOperationException("A page of a URL that was never added.");
            _tally.Leave(page.Key.Host, url.State);
            _tally.Enter(page.Key.Host, page.Next);
            if (url.Log is { } before)
            {
                replaced.Add(before);
            }
            else
            {
                _tally.Visit(page.Key.Host);
            }

            url.Seq = page.Next == UrlState.Waiting ? seqs.Span[i] : url.Seq;
            (url.State, url.Reason, url.DueAt, url.Attempts, url.Log) = (page.Next, page.Reason, page.DueAt, page.Attempts, first + i);
        }

        PageWriter.Append(tx, crawl, pages, first);
        PageWriter.Remove(tx, crawl, replaced);
    }

    /// <summary>All of them are there and locked: the conflict is the rule, and finds each by its key whatever the planner thinks of the table's size.</summary>
    private void WriteUrls()
    {
        if (_urls.Count == 0)
        {
            return;
        }

        var order = _urls.OrderBy(static url => url.Key.Host).ThenBy(static url => url.Key.Hash).ToList();
        _ = tx.Run(
            """
            INSERT INTO crawl_url (crawl_id, host, hash, state, class, seq, reason, attempts, due_at, log, depth, path)
            SELECT $1, n.*, 0, '' FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[], $6::bigint[], $7::smallint[], $8::int[], $9::bigint[], $10::bigint[]) AS n
            ON CONFLICT (crawl_id, host, hash) DO UPDATE SET
              state = excluded.state, class = excluded.class, seq = excluded.seq, reason = excluded.reason, attempts = excluded.attempts, due_at = excluded.due_at, log = excluded.log
            """,
            crawl, order.Select(static url => url.Key.Host).ToArray(), order.Select(static url => url.Key.Hash).ToArray(), order.Select(static url => (short)url.Value.State).ToArray(),
            order.Select(static url => (short)url.Value.Class).ToArray(), order.Select(static url => url.Value.Seq).ToArray(), order.Select(static url => (short)url.Value.Reason).ToArray(),
            order.Select(static url => url.Value.Attempts).ToArray(), order.Select(static url => url.Value.DueAt).ToArray(), order.Select(static url => url.Value.Log).ToArray());
    }

    private sealed class UrlPlace
    {
        public UrlState State { get; set; }

        public int Class { get; set; }

        public long Seq { get; set; }

        public RefusalReason Reason { get; set; }

        public int Attempts { get; set; }

        public long DueAt { get; set; }

        public long? Log { get; set; }
    }
}

/// <summary>Other nodes hold these hosts of the batch by now.</summary>
internal sealed class HostsLostException(IReadOnlyList<long> hosts) : Exception("Hosts of the batch were leased by other nodes.")
{
    public IReadOnlyList<long> Hosts => hosts;
}
