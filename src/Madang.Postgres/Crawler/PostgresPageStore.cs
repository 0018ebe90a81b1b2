using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>What a crawl has found, as any node sees it.</summary>
internal sealed class PostgresPageStore(PostgresDatabase database, long crawl) : IPageStore
{
    public async Task<UrlRow?> UrlAsync(UrlKey key, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            "SELECT path, state, reason, class, seq, depth, ref_host, ref_hash, due_at, attempts FROM crawl_url WHERE crawl_id = $1 AND host = $2 AND hash = $3").With(crawl, key.Host, key.Hash);
        var rows = await CrawlRows.AllAsync(
            select,
            row => new UrlRow(
                key, row.GetString(0), (UrlState)row.GetInt16(1), (RefusalReason)row.GetInt16(2), row.GetInt16(3), row.GetInt64(4), row.GetInt32(5),
                row.IsDBNull(7) ? default : new UrlKey(row.IsDBNull(6) ? key.Host : row.GetInt64(6), row.GetInt64(7)), row.GetInt64(8), row.GetInt32(9)),
            cancellationToken);
        return rows is [var url] ? url : null;
    }

    public async Task<StoredPage?> PageAsync(UrlKey key, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            $"""
            SELECT {CrawlRows.PageColumns} FROM crawl_page p {CrawlRows.PageJoins}
            WHERE p.crawl_id = $1 AND p.log = (SELECT log FROM crawl_url WHERE crawl_id = $1 AND host = $2 AND hash = $3)
            """).With(crawl, key.Host, key.Hash);
        return await CrawlRows.AllAsync(select, CrawlRows.Page, cancellationToken) is [var page] ? page : null;
    }

    public async Task<HostRow?> HostAsync(long host, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            $"SELECT {CrawlRows.HostColumns}, {CrawlRows.RobotsColumn} FROM crawl_host h WHERE h.crawl_id = $1 AND h.id = $2").With(crawl, host);
        return await CrawlRows.AllAsync(select, static row => CrawlRows.Host(row, withRobots: true), cancellationToken) is [var found] ? found : null;
    }

    public async Task<long> PlaceAsync(UrlKey key, CancellationToken cancellationToken)
    {
        await using var count = database.Keyed.CreateCommand(
            """
            SELECT count(*) FROM crawl_url u WHERE u.crawl_id = $1 AND u.host = $2 AND u.state = 0
              AND (u.class, u.seq) < ((SELECT class FROM crawl_url WHERE crawl_id = $1 AND host = $2 AND hash = $3), (SELECT seq FROM crawl_url WHERE crawl_id = $1 AND host = $2 AND hash = $3))
            """).With(crawl, key.Host, key.Hash);
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<StoredPage>> PagesAsync(PageFilter filter, long? after, bool descending, int max, CancellationToken cancellationToken)
    {
        // Whoever goes upward remembers where it was, and must not pass by a page that is still being written; downward one looks at what there is.
        // One text per combination, so that each gets the plan it deserves.
        var range = descending ? "p.log < $2" : $"p.log > $2 AND p.log < {PageLog.Complete}";
        var from = filter.Host is null ? "crawl_page p" : """
            (SELECT log FROM crawl_url WHERE crawl_id = $1 AND host = $4 AND log IS NOT NULL OFFSET 0) mine
            CROSS JOIN LATERAL (SELECT * FROM crawl_page WHERE crawl_id = $1 AND log = mine.log OFFSET 0) p
            """;
        await using var select = database.Keyed.CreateCommand(
            $"""
            SELECT {CrawlRows.PageColumns} FROM {from} {CrawlRows.PageJoins}
            WHERE p.crawl_id = $1 AND {range} AND ($5::int IS NULL OR p.status / 100 = $5) AND ($6::int IS NULL OR p.duplicate = $6) AND ($7::text IS NULL OR strpos(h.origin || u.path, $7) > 0)
              {(filter.Host is null ? "AND $4::bigint IS NULL" : "")}
            ORDER BY p.log {(descending ? "DESC" : "")} LIMIT $3
            """).With(crawl, after ?? (descending ? long.MaxValue : 0), (long)max, filter.Host, filter.StatusClass, (int?)filter.Duplicate, filter.UrlPart);
        return await CrawlRows.AllAsync(select, CrawlRows.Page, cancellationToken);
    }

    public async Task<IReadOnlyList<HostRow>> HostsAsync(string? query, long? after, bool busiest, int max, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            $"""
            SELECT {CrawlRows.HostColumns} FROM crawl_host h
            WHERE h.crawl_id = $1 AND ($2::bigint IS NULL OR h.id > $2) AND ($3::text IS NULL OR strpos(h.origin, $3) > 0) ORDER BY {(busiest ? "h.waiting DESC, h.id" : "h.id")} LIMIT $4
            """).With(crawl, busiest ? null : after, query, (long)max);
        return await CrawlRows.AllAsync(select, static row => CrawlRows.Host(row, withRobots: false), cancellationToken);
    }

    public async Task<IReadOnlyDictionary<string, long>> CountsAsync(CancellationToken cancellationToken) => await CrawlRows.CountsAsync(database, crawl, cancellationToken);

    public async Task<IReadOnlyList<string?>> UrlsAsync(IReadOnlyList<UrlKey> keys, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            """
            SELECT h.origin || u.path FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS k (host, hash, place)
            LEFT JOIN LATERAL (SELECT path FROM crawl_url WHERE crawl_id = $1 AND host = k.host AND hash = k.hash OFFSET 0) u ON true
            LEFT JOIN LATERAL (SELECT origin FROM crawl_host WHERE crawl_id = $1 AND id = k.host OFFSET 0) h ON true ORDER BY k.place
            """).With(crawl, keys.Select(static key => key.Host).ToArray(), keys.Select(static key => key.Hash).ToArray());
        return await CrawlRows.AllAsync(select, static row => row.IsDBNull(0) ? null : row.GetString(0), cancellationToken);
    }

    public async Task<long> SinkAsync(string sink, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT log FROM crawl_sink WHERE crawl_id = $1 AND name = $2").With(crawl, sink);
        return await select.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    public async Task<SinkPlace> TakeSinkAsync(string sink, string holder, TimeSpan length, CancellationToken cancellationToken)
    {
        await using var look = database.Keyed.CreateCommand("SELECT log, node IS NULL OR node = $3 OR until <= clock_timestamp() FROM crawl_sink WHERE crawl_id = $1 AND name = $2").With(crawl, sink, holder);
        if (await CrawlRows.AllAsync(look, static row => new SinkPlace(row.GetBoolean(1), row.GetInt64(0)), cancellationToken) is [{ IsOurs: false } theirs])
        {
            return theirs;
        }

        var log = await database.WriteCrawlAsync(
            tx =>
            {
                using var take = tx.Use(
                    """
                    INSERT INTO crawl_sink AS s (crawl_id, name, log, node, until) VALUES ($1, $2, 0, $3, clock_timestamp() + $4)
                    ON CONFLICT (crawl_id, name) DO UPDATE SET node = excluded.node, until = excluded.until WHERE s.node IS NULL OR s.node = excluded.node OR s.until <= clock_timestamp()
                    RETURNING log
                    """,
                    crawl, sink, holder, length);
                return take.ExecuteScalar() as long?;
            },
            cancellationToken);
        return new SinkPlace(log is not null, log ?? await SinkAsync(sink, cancellationToken));
    }

    public Task<bool> AdvanceAsync(string sink, string holder, long log, TimeSpan length, CancellationToken cancellationToken) => database.WriteCrawlAsync(
        tx => tx.Run(
            "UPDATE crawl_sink SET log = greatest(log, $4), until = clock_timestamp() + $5 WHERE crawl_id = $1 AND name = $2 AND node = $3", crawl, sink, holder, log, length) == 1,
        cancellationToken);

    public Task LeaveSinkAsync(string sink, string holder, CancellationToken cancellationToken) => database.WriteCrawlAsync(
        tx => tx.Run("UPDATE crawl_sink SET node = NULL WHERE crawl_id = $1 AND name = $2 AND node = $3", crawl, sink, holder), cancellationToken);

    public async Task<IReadOnlyList<byte[]?>> TextsAsync(IReadOnlyList<long> logs, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            "SELECT (SELECT text FROM crawl_text WHERE crawl_id = $1 AND log = k.log) FROM unnest($2::bigint[]) WITH ORDINALITY AS k (log, place) ORDER BY k.place").With(crawl, logs.ToArray());
        return await CrawlRows.AllAsync(select, static row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), cancellationToken);
    }

    public Task<int> ForgetTextsAsync(long log, int max, CancellationToken cancellationToken) => database.WriteCrawlAsync(
        tx => tx.Run(
            "DELETE FROM crawl_text WHERE crawl_id = $1 AND log = ANY(ARRAY(SELECT log FROM crawl_text WHERE crawl_id = $1 AND log <= $2 ORDER BY log LIMIT $3))", crawl, log, (long)max),
        cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
