using Madang.Jobs;
using Madang.Storage;

namespace Madang.Postgres.Crawler;

/// <summary>Lets go of the rows of deleted crawls, a few at a time: one of ten million URLs would hold a transaction open for minutes.</summary>
internal sealed class CrawlPruning : IRetention
{
    // Each by its primary key; the large ones first, since what is left of a crawl without its book is not found again by anybody.
    private static readonly (string Table, string Key)[] Tables =
    [
        ("search_page", "host, hash"), ("crawl_text", "log"), ("crawl_page", "log"), ("crawl_url", "host, hash"), ("crawl_template", "host, hash"), ("crawl_robots", "host"), ("crawl_reach", "host, region"),
        ("crawl_host", "id"), ("crawl_gate", "name"), ("crawl_domain", "name"), ("crawl_domain_lease", "domain"), ("crawl_warc", "name"), ("crawl_count", "node, name"),
        ("crawl_sink", "name"), ("crawl_node", "node"),
    ];

    public string Name => "crawls";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        using var find = postgres.Use("SELECT crawl_id FROM crawl_trash ORDER BY crawl_id LIMIT 1 FOR UPDATE SKIP LOCKED");
        if (find.ExecuteScalar() is not long crawl)
        {
            return 0;
        }

        var pruned = Prune(postgres, crawl, limit);
        if (pruned < limit)
        {
            _ = postgres.Run("DELETE FROM crawl_trash WHERE crawl_id = $1", crawl);
        }

        return pruned;
    }

    /// <summary>Fewer than the limit: nothing is left.</summary>
    public static int Prune(PostgresTx tx, long crawl, int limit)
    {
        var pruned = 0;
        foreach (var (table, key) in Tables)
        {
            pruned += tx.Run(
                $"DELETE FROM {table} WHERE (crawl_id, {key}) IN (SELECT crawl_id, {key} FROM {table} WHERE crawl_id = $1 LIMIT $2)", crawl, (long)(limit - pruned));
            if (pruned >= limit)
            {
                return pruned;
            }
        }

        return pruned + tx.Run("DELETE FROM crawl_book WHERE crawl_id = $1", crawl);
    }
}
