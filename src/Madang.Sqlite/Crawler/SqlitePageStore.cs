using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>What a crawl's file holds, read beside its writer.</summary>
internal sealed class SqlitePageStore(CrawlFile file, Func<Task> close) : IPageStore
{
    // A read holds its snapshot 5 s at most: a filter that finds little goes through the log in slices.
    private const int SliceRows = 50_000;
    private int _closed;

    public Task<UrlRow?> UrlAsync(UrlKey key, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT path, state, reason, class, seq, depth, ref_host, ref_hash, due_at, attempts FROM url WHERE host = ?1 AND hash = ?2");
            if (!select.Bind(1, key.Host).Bind(2, key.Hash).Step())
            {
                return null;
            }

            var referrer = select.IsNull(7) ? default : new UrlKey(select.IsNull(6) ? key.Host : select.Int64(6), select.Int64(7));
            return new UrlRow(
                key, select.Text(0), (UrlState)select.Int32(1), (RefusalReason)select.Int32(2), select.Int32(3), select.Int64(4), select.Int32(5), referrer, select.Int64(8), select.Int32(9));
        },
        cancellationToken);

    public Task<StoredPage?> PageAsync(UrlKey key, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            using var select = connection.Use($"SELECT {CrawlRows.PageColumns} FROM page AS p {CrawlRows.PageJoins} WHERE p.log = (SELECT log FROM url WHERE host = ?1 AND hash = ?2)");
            return select.Bind(1, key.Host).Bind(2, key.Hash).Step() ? CrawlRows.Page(select) : null;
        },
        cancellationToken);

    public Task<HostRow?> HostAsync(long host, CancellationToken cancellationToken) =>
        file.ReadAsync(connection => CrawlRows.Host(connection.Use(CrawlRows.HostSql), host), cancellationToken);

    public Task<long> PlaceAsync(UrlKey key, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            using var count = connection.Use(
                """
                SELECT count(*) FROM url AS mine JOIN url AS u INDEXED BY url_queue ON u.host = mine.host AND u.state = 0 AND (u.class, u.seq) < (mine.class, mine.seq)
                WHERE mine.host = ?1 AND mine.hash = ?2
                """);
            return count.Bind(1, key.Host).Bind(2, key.Hash).Scalar() ?? 0;
        },
        cancellationToken);

    public async Task<IReadOnlyList<StoredPage>> PagesAsync(PageFilter filter, long? after, bool descending, int max, CancellationToken cancellationToken)
    {
        var pages = new List<StoredPage>();
        if (filter.Host is not null)
        {
            await file.ReadAsync(connection => ReadPages(connection, filter, after ?? (descending ? long.MaxValue : 0), null, descending, max, pages), cancellationToken);
            return pages;
        }

        var newest = await file.ReadAsync(
            static connection =>
            {
                using var last = connection.Use("SELECT max(log) FROM page");
                return last.Scalar() ?? 0;
            },
            cancellationToken);
        var from = descending ? Math.Min(after ?? long.MaxValue, newest + 1) : after ?? 0;
        while (pages.Count < max && (descending ? from > 1 : from < newest))
        {
            var to = descending ? from - SliceRows : from + SliceRows;
            var start = from;
            await file.ReadAsync(connection => ReadPages(connection, filter, start, to, descending, max, pages), cancellationToken);
            from = to;
        }

        return pages;
    }

    public Task<IReadOnlyList<HostRow>> HostsAsync(string? query, long? after, bool busiest, int max, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<HostRow>>(
        connection =>
        {
            var order = busiest ? "ORDER BY c.waiting DESC, h.id" : "ORDER BY h.id";
            using var select = connection.Use(
                $"""
                SELECT {CrawlRows.HostColumns} FROM host AS h JOIN host_clock AS c ON c.id = h.id
                WHERE h.id >= ?1 AND (?2 IS NULL OR instr(h.origin, ?2) > 0) AND (?4 IS NULL OR h.id > ?4) {order} LIMIT ?3
                """);
            var from = busiest ? null : after;
            _ = select.Bind(1, from ?? long.MinValue).Bind(2, query).Bind(3, max).Bind(4, from);
            var hosts = new List<HostRow>();
            while (select.Step())
            {
                hosts.Add(CrawlRows.Host(select, withRobots: false));
            }

            return hosts;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<string, long>> CountsAsync(CancellationToken cancellationToken) =>
        file.ReadAsync(static connection => CrawlRows.Counts(connection.Use("SELECT name, n FROM count")), cancellationToken);

    public Task<IReadOnlyList<string?>> UrlsAsync(IReadOnlyList<UrlKey> keys, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<string?>>(
        connection =>
        {
            var urls = new string?[keys.Count];
            using var select = connection.Use("SELECT h.origin, u.path FROM url AS u JOIN host AS h ON h.id = u.host WHERE u.host = ?1 AND u.hash = ?2");
            for (var i = 0; i < urls.Length; i++)
            {
                urls[i] = select.Bind(1, keys[i].Host).Bind(2, keys[i].Hash).Step() ? select.Text(0) + select.Text(1) : null;
                select.Reset();
            }

            return urls;
        },
        cancellationToken);

    public Task<long> SinkAsync(string sink, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT log FROM sink WHERE name = ?1");
            return select.Bind(1, sink).Scalar() ?? 0;
        },
        cancellationToken);

    /// <summary>The file belongs to one process, and so do its sinks.</summary>
    public async Task<SinkPlace> TakeSinkAsync(string sink, string holder, TimeSpan length, CancellationToken cancellationToken) => new(true, await SinkAsync(sink, cancellationToken));

    public Task LeaveSinkAsync(string sink, string holder, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<bool> AdvanceAsync(string sink, string holder, long log, TimeSpan length, CancellationToken cancellationToken) => file.WriteAsync(
        tx =>
        {
            using var put = tx.Use("INSERT INTO sink (name, log) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET log = excluded.log WHERE excluded.log > log");
            _ = put.Bind(1, sink).Bind(2, log).Run();
            return true;
        },
        cancellationToken);

    public Task<IReadOnlyList<byte[]?>> TextsAsync(IReadOnlyList<long> logs, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<byte[]?>>(
        connection =>
        {
            var texts = new byte[]?[logs.Count];
            using var select = connection.Use("SELECT text FROM page_text WHERE log = ?1");
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = select.Bind(1, logs[i]).Step() ? select.Blob(0) : null;
                select.Reset();
            }

            return texts;
        },
        cancellationToken);

    public Task<int> ForgetTextsAsync(long log, int max, CancellationToken cancellationToken) => file.WriteAsync(
        tx =>
        {
            using var forget = tx.Use("DELETE FROM page_text WHERE log IN (SELECT log FROM page_text WHERE log <= ?1 ORDER BY log LIMIT ?2)");
            return forget.Bind(1, log).Bind(2, max).Run();
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            await close();
        }
    }

    /// <param name="to">The far end of the slice; null goes through all pages of the host.</param>
    private static int ReadPages(SqliteConnection connection, PageFilter filter, long from, long? to, bool descending, int max, List<StoredPage> pages)
    {
        // The plus keeps SQLite from walking the whole log for one host's pages: they are found through its URLs and sorted.
        var (table, range) = filter.Host is null ? ("page AS p", "p.log") : ("url AS mine CROSS JOIN page AS p ON p.log = mine.log", "+p.log");
        var (after, until, order) = descending ? ("<", ">=", "DESC") : (">", "<=", "ASC");
        using var select = connection.Use(
            $"""
            SELECT {CrawlRows.PageColumns} FROM {table} {CrawlRows.PageJoins}
            WHERE {range} {after} ?1 AND {(filter.Host is null ? $"p.log {until} ?2" : "mine.host = ?2")}
              AND (?3 IS NULL OR p.status / 100 = ?3) AND (?4 IS NULL OR p.duplicate = ?4) AND (?5 IS NULL OR instr(h.origin || u.path, ?5) > 0)
            ORDER BY {range} {order} LIMIT ?6
            """);
        _ = select.Bind(1, from).Bind(2, filter.Host ?? to).Bind(3, filter.StatusClass).Bind(4, (int?)filter.Duplicate).Bind(5, filter.UrlPart).Bind(6, max - pages.Count);
        while (select.Step())
        {
            pages.Add(CrawlRows.Page(select));
        }

        return pages.Count;
    }
}
