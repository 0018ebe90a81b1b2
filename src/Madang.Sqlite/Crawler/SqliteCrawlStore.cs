using System.Text.Json;
using Madang.Api;
using Madang.Crawler;
using Madang.Storage;

namespace Madang.Sqlite.Crawler;

internal sealed class SqliteCrawlStore(SqliteDatabase database) : ICrawlStore
{
    private const string Columns = "id, name, settings, state, created_by, created_at, finished_at, failure, counts";

    public void Create(WriteTx tx, Crawl crawl)
    {
        using var insert = SqliteTx.Of(tx).Use($"INSERT INTO crawl ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _ = insert.Bind(1, crawl.Id.Value).Bind(2, crawl.Name).Bind(3, JsonSerializer.Serialize(crawl.Settings, ApiJson.Options)).Bind(4, (int)crawl.State).Bind(5, crawl.CreatedBy?.Value)
            .Bind(6, crawl.CreatedAt).Bind(7, crawl.FinishedAt).Bind(8, crawl.Failure).Bind(9, JsonSerializer.Serialize(crawl.Counts, ApiJson.Options)).Run();
    }

    public Task<Crawl?> FindAsync(CrawlId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var find = connection.Use($"SELECT {Columns} FROM crawl WHERE id = ?1");
            return find.Bind(1, id.Value).Step() ? Read(find) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Crawl>> ListAsync(CrawlState? state, CrawlId? before, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Crawl>>(
        connection =>
        {
            using var list = connection.Use($"SELECT {Columns} FROM crawl WHERE id < ?1 {(state is null ? "" : "AND state = ?3")} ORDER BY id DESC LIMIT ?2");
            _ = list.Bind(1, before?.Value ?? long.MaxValue).Bind(2, limit);
            if (state is { } only)
            {
                _ = list.Bind(3, (int)only);
            }

            var crawls = new List<Crawl>();
            while (list.Step())
            {
                crawls.Add(Read(list));
            }

            return crawls;
        },
        cancellationToken);

    public bool SetState(WriteTx tx, CrawlId id, CrawlState state, IReadOnlyCollection<CrawlState> expected, string? failure, IReadOnlyDictionary<string, long>? counts)
    {
        var sqlite = SqliteTx.Of(tx);
        using (var find = sqlite.Use("SELECT state FROM crawl WHERE id = ?1"))
        {
            if (!find.Bind(1, id.Value).Step() || !expected.Contains((CrawlState)find.Int32(0)))
            {
                return false;
            }
        }

        using var update = sqlite.Use("UPDATE crawl SET state = ?2, finished_at = ?3, failure = ?4, counts = coalesce(?5, counts) WHERE id = ?1");
        _ = update.Bind(1, id.Value).Bind(2, (int)state).Bind(3, state.IsEnd() ? tx.Now : null).Bind(4, state == CrawlState.Running ? null : failure)
            .Bind(5, counts is null ? null : JsonSerializer.Serialize(counts, ApiJson.Options)).Run();
        return true;
    }

    public void SetSeeds(WriteTx tx, CrawlId id, IReadOnlyList<string> seeds)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE crawl SET settings = json_set(settings, '$.seeds', json(?2)) WHERE id = ?1");
        _ = update.Bind(1, id.Value).Bind(2, JsonSerializer.Serialize(seeds, ApiJson.Options)).Run();
    }

    public bool Delete(WriteTx tx, CrawlId id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM crawl WHERE id = ?1");
        return delete.Bind(1, id.Value).Run() == 1;
    }

    private static Crawl Read(Statement row) => new(
        new CrawlId(row.Int64(0)), row.TextOrNull(1), JsonSerializer.Deserialize<CrawlSettings>(row.Bytes(2), ApiJson.Options)!, (CrawlState)row.Int32(3),
        row.Int64OrNull(4) is { } user ? new UserId(user) : null, row.Time(5), row.TimeOrNull(6), row.TextOrNull(7),
        JsonSerializer.Deserialize<Dictionary<string, long>>(row.Bytes(8), ApiJson.Options)!);
}
