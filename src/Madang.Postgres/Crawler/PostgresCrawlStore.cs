using System.Text.Json;
using Madang.Api;
using Madang.Crawler;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Crawler;

internal sealed class PostgresCrawlStore(PostgresDatabase database) : ICrawlStore
{
    private const string Columns = "id, name, settings, state, created_by, created_at, finished_at, failure, counts";

    public void Create(WriteTx tx, Crawl crawl) => PostgresTx.Of(tx).Run(
        $"INSERT INTO crawl ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        crawl.Id.Value, Text(crawl.Name), JsonSerializer.Serialize(crawl.Settings, ApiJson.Options), (short)crawl.State, crawl.CreatedBy?.Value, crawl.CreatedAt, crawl.FinishedAt,
        Text(crawl.Failure), JsonSerializer.Serialize(crawl.Counts, ApiJson.Options));

    public async Task<Crawl?> FindAsync(CrawlId id, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand($"SELECT {Columns} FROM crawl WHERE id = $1").With(id.Value);
        return await ReadAllAsync(find, cancellationToken) is [var crawl] ? crawl : null;
    }

    public async Task<IReadOnlyList<Crawl>> ListAsync(CrawlState? state, CrawlId? before, int limit, CancellationToken cancellationToken)
    {
        await using var list = database.Source.CreateCommand(
            $"SELECT {Columns} FROM crawl WHERE id < $1 {(state is { } only ? $"AND state = {only:D}" : "")} ORDER BY id DESC LIMIT $2").With(before?.Value ?? long.MaxValue, (long)limit);
        return await ReadAllAsync(list, cancellationToken);
    }

    public bool SetState(WriteTx tx, CrawlId id, CrawlState state, IReadOnlyCollection<CrawlState> expected, string? failure, IReadOnlyDictionary<string, long>? counts) =>
        PostgresTx.Of(tx).Run(
            "UPDATE crawl SET state = $2, finished_at = $3, failure = $4, counts = coalesce($5, counts) WHERE id = $1 AND state = ANY($6)",
            id.Value, (short)state, state.IsEnd() ? tx.Now : null, state == CrawlState.Running ? null : Text(failure), counts is null ? null : JsonSerializer.Serialize(counts, ApiJson.Options),
            expected.Select(one => (short)one).ToArray()) == 1;

    public void SetSeeds(WriteTx tx, CrawlId id, IReadOnlyList<string> seeds) => PostgresTx.Of(tx).Run(
        "UPDATE crawl SET settings = jsonb_set(settings::jsonb, '{seeds}', $2::text::jsonb)::text WHERE id = $1", id.Value, JsonSerializer.Serialize(seeds, ApiJson.Options));

    public bool Delete(WriteTx tx, CrawlId id) => PostgresTx.Of(tx).Run(
        "WITH gone AS (DELETE FROM crawl WHERE id = $1 RETURNING id) INSERT INTO crawl_trash (crawl_id) SELECT id FROM gone", id.Value) == 1;

    /// <summary>PostgreSQL keeps no NUL in a text; nobody sees one either.</summary>
    private static string? Text(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);

    private static async Task<List<Crawl>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        List<Crawl> crawls = [];
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            crawls.Add(new Crawl(
                new CrawlId(row.GetInt64(0)), row.IsDBNull(1) ? null : row.GetString(1), JsonSerializer.Deserialize<CrawlSettings>(row.GetString(2), ApiJson.Options)!,
                (CrawlState)row.GetInt16(3), row.IsDBNull(4) ? null : new UserId(row.GetInt64(4)), row.GetDateTime(5), row.IsDBNull(6) ? null : row.GetDateTime(6),
                row.IsDBNull(7) ? null : row.GetString(7), JsonSerializer.Deserialize<Dictionary<string, long>>(row.GetString(8), ApiJson.Options)!));
        }

        return crawls;
    }
}
