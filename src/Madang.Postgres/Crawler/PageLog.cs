namespace Madang.Postgres.Crawler;

/// <summary>
/// Positions of the page log: the writing transaction's id, then the place in its batch. Ids are given in order but transactions end in any: a reader looks
/// only below the oldest that still runs, and so never passes over one that ends later.
/// </summary>
internal static class PageLog
{
    private const int BatchBits = 20;

    // Transactions that others may be ahead of us while the book is read; a restored database is behind by far more or not at all.
    private const long Slack = 1_000_000;

    /// <summary>SQL: the first position that may still be missing something, for the crawl $1.</summary>
    public const string Complete = "(((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT shift FROM crawl_book WHERE crawl_id = $1)) << 20))";

    /// <summary>The position of the first page that this transaction writes.</summary>
    public static long First(PostgresTx tx, long crawl)
    {
        using var select = tx.Use("SELECT pg_current_xact_id()::text::bigint + shift FROM crawl_book WHERE crawl_id = $1", crawl);
        return select.ExecuteScalar() is long id ? id << BatchBits : throw new InvalidOperationException("The crawl was not started.");
    }

    /// <summary>After a restore into a new cluster transaction ids begin again: the log goes on where it was.</summary>
    public static void MendShift(PostgresTx tx, long crawl) => tx.Run(
        """
        UPDATE crawl_book SET shift = last.id + 1 - pg_current_xact_id()::text::bigint
        FROM (SELECT log >> 20 AS id FROM crawl_page WHERE crawl_id = $1 ORDER BY log DESC LIMIT 1) last
        WHERE crawl_id = $1 AND last.id > pg_current_xact_id()::text::bigint + shift + $2
        """,
        crawl, Slack);
}
