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
            SELECT k.host, k.hash, u.state, u.class FROM unnest($2::bigint[], $3::bigint[]) AS k (host, hash)
            CROSS JOIN LATERAL (SELECT state, class FROM crawl_url WHERE crawl_id = $1 AND host = k.host AND hash = k.hash OFFSET 0) u
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

    /// <summary>Few, each by its key. The sums keep the planner from the queue's index, which would walk a long queue for one URL.</summary>
    private void Better(List<UrlKey> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        using var updates = tx.Batch();
        foreach (var key in keys.OrderBy(static key => key.Host).ThenBy(static key => key.Hash))
        {
            updates.Add(
                "UPDATE crawl_url SET class = $4 WHERE crawl_id = $1 AND host = $2 AND hash = $3 AND state + 0 = 0 AND class + 0 > $4", crawl, key.Host, key.Hash, (short)_best[key]);
        }

        _ = updates.ExecuteNonQuery();
    }
}
