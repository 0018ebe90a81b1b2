using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>Adds the URLs that are new, and moves waiting ones to a better class.</summary>
internal sealed class UrlWriter(PostgresTx tx, long crawl, List<NewUrl> urls, ReadOnlyMemory<long> seqs, BatchTally tally)
{
    private readonly Dictionary<UrlKey, int> _first = new(urls.Count);
    private readonly Dictionary<UrlKey, int> _best = [];

    /// <summary>How many were new.</summary>
    public int Write()
    {
        if (urls.Count == 0)
        {
            return 0;
        }

        MergeRepeats();
        var order = _first.Keys.OrderBy(static key => key.Host).ThenBy(static key => key.Hash).ToList();
        var better = Known(order, out var known);
        var missing = order.Where(key => !known.Contains(key)).ToList();
        var added = Insert(missing);
        Better(better);
        return added;
    }

    /// <summary>The first of equals makes the row; a later one that waits too may better its class.</summary>
    private void MergeRepeats()
    {
        for (var i = 0; i < urls.Count; i++)
        {
            var url = urls[i];
            _ = _first.TryAdd(url.Key, i);
            if (url.State == UrlState.Waiting && (!_best.TryGetValue(url.Key, out var best) || url.Class < best))
            {
                _best[url.Key] = url.Class;
            }
        }
    }

    /// <summary>Looked up without a lock: an insert that meets its row would write to it, and most of them are known.</summary>
    private List<UrlKey> Known(List<UrlKey> order, out HashSet<UrlKey> known)
    {
        known = [];
        List<UrlKey> better = [];
        using var find = tx.Use(
            """
            SELECT u.host, u.hash, u.state, u.class FROM unnest($2::bigint[], $3::bigint[]) AS k (host, hash)
            JOIN crawl_url u ON u.crawl_id = $1 AND u.host = k.host AND u.hash = k.hash
            """,
            crawl, order.Select(static key => key.Host).ToArray(), order.Select(static key => key.Hash).ToArray());
        using var rows = find.ExecuteReader();
        while (rows.Read())
        {
            var key = new UrlKey(rows.GetInt64(0), rows.GetInt64(1));
            _ = known.Add(key);
            if ((UrlState)rows.GetInt16(2) == UrlState.Waiting && _best.TryGetValue(key, out var best) && best < rows.GetInt16(3))
            {
                better.Add(key);
            }
        }

        return better;
    }

    private int Insert(List<UrlKey> missing)
    {
        if (missing.Count == 0)
        {
            return 0;
        }

        var rows = missing.Select(key => urls[_first[key]]).ToList();
        using var insert = tx.Use(
            """
            INSERT INTO crawl_url (crawl_id, host, hash, state, class, seq, reason, attempts, depth, due_at, ref_host, ref_hash, path)
            SELECT $1, n.host, n.hash, n.state, n.class, n.seq, n.reason, 0, n.depth, n.due_at, n.ref_host, n.ref_hash, n.path
            FROM unnest($2::bigint[], $3::bigint[], $4::smallint[], $5::smallint[], $6::bigint[], $7::smallint[], $8::int[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
              AS n (host, hash, state, class, seq, reason, depth, due_at, ref_host, ref_hash, path)
            ON CONFLICT (crawl_id, host, hash) DO NOTHING RETURNING host, state
            """,
            crawl, rows.Select(static url => url.Key.Host).ToArray(), rows.Select(static url => url.Key.Hash).ToArray(), rows.Select(static url => (short)url.State).ToArray(),
            rows.Select(url => (short)(url.State == UrlState.Waiting ? _best[url.Key] : url.Class)).ToArray(), rows.Select(url => seqs.Span[_first[url.Key]]).ToArray(),
            rows.Select(static url => (short)url.Reason).ToArray(), rows.Select(static url => url.Depth).ToArray(), rows.Select(static url => url.DueAt).ToArray(),
            rows.Select(static url => url.Referrer == default || url.Referrer.Host == url.Key.Host ? (long?)null : url.Referrer.Host).ToArray(),
            rows.Select(static url => url.Referrer == default ? (long?)null : url.Referrer.Hash).ToArray(), rows.Select(static url => CrawlRows.Clean(url.Path)).ToArray());
        using var inserted = insert.ExecuteReader();
        var added = 0;
        while (inserted.Read())
        {
            tally.Enter(inserted.GetInt64(0), (UrlState)inserted.GetInt16(1));
            added++;
        }

        return added;
    }

    private void Better(List<UrlKey> keys)
    {
        if (keys.Count > 0)
        {
            var order = keys.OrderBy(static key => key.Host).ThenBy(static key => key.Hash).ToList();
            _ = tx.Run(
                """
                UPDATE crawl_url u SET class = n.class FROM unnest($2::bigint[], $3::bigint[], $4::smallint[]) AS n (host, hash, class)
                WHERE u.crawl_id = $1 AND u.host = n.host AND u.hash = n.hash AND u.state = 0 AND u.class > n.class
                """,
                crawl, order.Select(static key => key.Host).ToArray(), order.Select(static key => key.Hash).ToArray(), order.Select(key => (short)_best[key]).ToArray());
        }
    }
}
