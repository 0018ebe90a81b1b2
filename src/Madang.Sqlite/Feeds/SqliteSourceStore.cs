using Madang.Api;
using Madang.Crawler;
using Madang.Feeds.Sources;
using Madang.Sqlite.Accounts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteSourceStore(SqliteDatabase database) : ISourceStore, ISourceItemStore
{
    private const string Columns = "id, url, at, kind, crawl_id, created_by, primed, created_at, last_item_at";

    public Source? Find(WriteTx tx, string url)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM source WHERE url = ?1");
        return select.Bind(1, url).Step() ? Read(select) : null;
    }

    public void Insert(WriteTx tx, Source source)
    {
        using var insert = SqliteTx.Of(tx).Use($"INSERT INTO source ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        insert.Bind(1, source.Id.Value).Bind(2, source.Url).Bind(3, source.At).Bind(4, (long)source.Kind).Bind(5, source.Crawl.Value)
            .Bind(6, source.CreatedBy?.Value).Bind(7, source.Primed).Bind(8, source.CreatedAt).Bind(9, source.LastItemAt).Run();
    }

    public void Delete(WriteTx tx, SourceId id)
    {
        using (var items = SqliteTx.Of(tx).Use("DELETE FROM source_item WHERE source_id = ?1"))
        {
            items.Bind(1, id.Value).Run();
        }

        using var delete = SqliteTx.Of(tx).Use("DELETE FROM source WHERE id = ?1");
        delete.Bind(1, id.Value).Run();
    }

    public int Count(WriteTx tx)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM source");
        return (int)(count.Scalar() ?? 0);
    }

    public CrawlId? CrawlOf(WriteTx tx, SourceKind kind)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT crawl_id FROM source WHERE kind = ?1 LIMIT 1");
        return select.Bind(1, (long)kind).Scalar() is { } id ? new CrawlId(id) : null;
    }

    public IReadOnlyList<string> Places(WriteTx tx, CrawlId crawl)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT DISTINCT at FROM source WHERE crawl_id = ?1 ORDER BY at");
        select.Bind(1, crawl.Value);
        var places = new List<string>();
        while (select.Step())
        {
            places.Add(select.Text(0));
        }

        return places;
    }

    public int Adopt(WriteTx tx, CrawlId from, CrawlId to)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE source SET crawl_id = ?2 WHERE crawl_id = ?1");
        return update.Bind(1, from.Value).Bind(2, to.Value).Run();
    }

    public int Move(WriteTx tx, CrawlId crawl, string from, string to)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE source SET at = ?3 WHERE crawl_id = ?1 AND at = ?2");
        return update.Bind(1, crawl.Value).Bind(2, from).Bind(3, to).Run();
    }

    public Task<Source?> FindAsync(SourceId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns} FROM source WHERE id = ?1");
                return select.Bind(1, id.Value).Step() ? Read(select) : null;
            },
            cancellationToken);

    public Task<IReadOnlyList<Source>> OfCrawlAsync(CrawlId crawl, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Source>>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns} FROM source WHERE crawl_id = ?1");
                return ReadAll(select.Bind(1, crawl.Value));
            },
            cancellationToken);

    public Task<IReadOnlyList<Source>> ListAsync(SourceId? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Source>>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns} FROM source WHERE id < ?1 ORDER BY id DESC LIMIT ?2");
                return ReadAll(select.Bind(1, before?.Value ?? long.MaxValue).Bind(2, limit));
            },
            cancellationToken);

    public Task<IReadOnlySet<long>> KnownAsync(SourceId id, IReadOnlyCollection<long> items, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<long>>(
            connection =>
            {
                using var select = connection.Use("SELECT i.item FROM json_each(?2) j CROSS JOIN source_item i ON i.source_id = ?1 AND i.item = j.value");
                select.Bind(1, id.Value).Bind(2, IdList.Of(items));
                var known = new HashSet<long>();
                while (select.Step())
                {
                    known.Add(select.Int64(0));
                }

                return known;
            },
            cancellationToken);

    public void Remember(WriteTx tx, SourceId id, IReadOnlyList<long> items, DateTimeOffset? lastItemAt)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE source SET primed = 1, last_item_at = max(coalesce(last_item_at, ?2), coalesce(?2, last_item_at)) WHERE id = ?1");
        if (update.Bind(1, id.Value).Bind(2, lastItemAt).Run() == 1)
        {
            using var insert = SqliteTx.Of(tx).Use("INSERT OR IGNORE INTO source_item (source_id, item) SELECT ?1, value FROM json_each(?2)");
            insert.Bind(1, id.Value).Bind(2, IdList.Of(items)).Run();
        }
    }

    private static List<Source> ReadAll(Statement select)
    {
        var sources = new List<Source>();
        while (select.Step())
        {
            sources.Add(Read(select));
        }

        return sources;
    }

    private static Source Read(Statement row) => new(
        new SourceId(row.Int64(0)), row.Text(1), row.Text(2), (SourceKind)row.Int32(3), new CrawlId(row.Int64(4)),
        row.Int64OrNull(5) is { } by ? new UserId(by) : null, row.Bool(6), row.Time(7), row.TimeOrNull(8));
}
