using Madang.Jobs;
using Madang.Storage;

namespace Madang.Postgres.Crawler;

/// <summary>Lets go of the rows of deleted crawls, a few at a time: one of ten million URLs would hold a transaction open for minutes.</summary>
internal sealed class CrawlPruning : IRetention
{
    // The large ones first: what is left of a crawl without its book is not found again by anybody.
    private static readonly string[] Tables =
    [
        "search_page", "crawl_text", "crawl_page", .. Enumerable.Range(0, 16).Select(static part => $"crawl_url_{part}"), "crawl_template", "crawl_robots", "crawl_reach", "crawl_host", "crawl_gate", "crawl_domain",
        "crawl_domain_lease", "crawl_warc", "crawl_count", "crawl_sink", "crawl_node",
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
        foreach (var table in Tables)
        {
            pruned += tx.Run(
                $"DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table} WHERE crawl_id = $1 LIMIT $2))", crawl, (long)(limit - pruned));
            if (pruned >= limit)
            {
                return pruned;
            }
        }

        return pruned + tx.Run("DELETE FROM crawl_book WHERE crawl_id = $1", crawl);
    }
}
