using Madang.Api;
using Madang.Crawler;
using Madang.Feeds.Sources;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresSourceStore(PostgresDatabase database) : ISourceStore, ISourceItemStore
{
    private const string Columns = "id, url, at, kind, crawl_id, created_by, primed, created_at, last_item_at";

    public Source? Find(WriteTx tx, string url)
    {
        // Two who ask for one address at once, or for the first of its kind, take turns: the second finds what the first one made. Readers go on.
        PostgresTx.Of(tx).Run("LOCK TABLE source IN SHARE ROW EXCLUSIVE MODE");
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM source WHERE url = $1", url);
        return select.ReadAll(Read) is [var one] ? one : null;
    }

    public void Insert(WriteTx tx, Source source) => PostgresTx.Of(tx).Run(
        $"INSERT INTO source ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        source.Id.Value, source.Url, source.At, (short)source.Kind, source.Crawl.Value, source.CreatedBy?.Value, source.Primed, source.CreatedAt, source.LastItemAt);

    public void Delete(WriteTx tx, SourceId id)
    {
        PostgresTx.Of(tx).Run("DELETE FROM source WHERE id = $1", id.Value);
        PostgresTx.Of(tx).Run("DELETE FROM source_item WHERE source_id = $1", id.Value);
    }

    public int Count(WriteTx tx)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM source");
        return (int)(long)count.ExecuteScalar()!;
    }

    public CrawlId? CrawlOf(WriteTx tx, SourceKind kind)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT crawl_id FROM source WHERE kind = $1 LIMIT 1", (short)kind);
        return select.ExecuteScalar() is long id ? new CrawlId(id) : null;
    }

    public IReadOnlyList<string> Places(WriteTx tx, CrawlId crawl)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT DISTINCT at FROM source WHERE crawl_id = $1 ORDER BY at", crawl.Value);
        return select.ReadAll(row => row.GetString(0));
    }

    public int Adopt(WriteTx tx, CrawlId from, CrawlId to) =>
        PostgresTx.Of(tx).Run("UPDATE source SET crawl_id = $2 WHERE crawl_id = $1", from.Value, to.Value);

    public int Move(WriteTx tx, CrawlId crawl, string from, string to) =>
        PostgresTx.Of(tx).Run("UPDATE source SET at = $3 WHERE crawl_id = $1 AND at = $2", crawl.Value, from, to);

    public async Task<Source?> FindAsync(SourceId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM source WHERE id = $1").With(id.Value);
        return await select.ReadAllAsync(Read, cancellationToken) is [var one] ? one : null;
    }

    public async Task<IReadOnlyList<Source>> OfCrawlAsync(CrawlId crawl, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM source WHERE crawl_id = $1").With(crawl.Value);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Source>> ListAsync(SourceId? before, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM source WHERE id < $1 ORDER BY id DESC LIMIT $2")
            .With(before?.Value ?? long.MaxValue, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlySet<long>> KnownAsync(SourceId id, IReadOnlyCollection<long> items, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT item FROM source_item WHERE source_id = $1 AND item = ANY($2)").With(id.Value, items.ToArray());
        return (await select.ReadAllAsync(row => row.GetInt64(0), cancellationToken)).ToHashSet();
    }

    public void Remember(WriteTx tx, SourceId id, IReadOnlyList<long> items, DateTimeOffset? lastItemAt)
    {
        var stands = PostgresTx.Of(tx).Run("UPDATE source SET primed = true, last_item_at = greatest(last_item_at, $2) WHERE id = $1", id.Value, lastItemAt) == 1;
        if (stands)
        {
            PostgresTx.Of(tx).Run(
                "INSERT INTO source_item (source_id, item) SELECT $1, item FROM unnest($2::bigint[]) item ON CONFLICT DO NOTHING", id.Value, items.Order().ToArray());
        }
    }

    private static Source Read(NpgsqlDataReader row) => new(
        new SourceId(row.GetInt64(0)), row.GetString(1), row.GetString(2), (SourceKind)row.GetInt16(3), new CrawlId(row.GetInt64(4)),
        row.IsDBNull(5) ? null : new UserId(row.GetInt64(5)), row.GetBoolean(6), row.GetDateTime(7), row.IsDBNull(8) ? null : row.GetDateTime(8));
}
