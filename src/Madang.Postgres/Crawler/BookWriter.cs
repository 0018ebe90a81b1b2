using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>Writes what a batch says beside URLs and hosts: counts, archive lengths, templates, domains.</summary>
internal sealed class BookWriter(PostgresTx tx, long crawl, string node, CrawlBatch batch, BatchTally tally)
{
    public void Write()
    {
        WriteDomains();
        WriteTemplates();
        var warcs = batch.WarcLengths.OrderBy(static warc => warc.Key, StringComparer.Ordinal).ToList();
        if (warcs.Count > 0)
        {
            _ = tx.Run(
                """
                INSERT INTO crawl_warc (crawl_id, name, length) SELECT $1, name, length FROM unnest($2::text[], $3::bigint[]) AS n (name, length)
                ON CONFLICT (crawl_id, name) DO UPDATE SET length = excluded.length
                """,
                crawl, warcs.Select(static warc => warc.Key).ToArray(), warcs.Select(static warc => warc.Value).ToArray());
        }

        var counts = batch.Counts.Select(static count => (Name: count.Key, Change: count.Value)).Concat(tally.States).OrderBy(static count => count.Name, StringComparer.Ordinal).ToList();
        if (counts.Count > 0)
        {
            _ = tx.Run(
                """
                INSERT INTO crawl_count AS c (crawl_id, node, name, n) SELECT $1, $2, name, n FROM unnest($3::text[], $4::bigint[]) AS n (name, n)
                ON CONFLICT (crawl_id, node, name) DO UPDATE SET n = c.n + excluded.n
                """,
                crawl, node, counts.Select(static count => count.Name).ToArray(), counts.Select(static count => count.Change).ToArray());
        }
    }

    private void WriteTemplates()
    {
        var rows = batch.Templates.GroupBy(static row => (row.Host, row.Hash)).Select(static same => same.Last()).OrderBy(static row => row.Host).ThenBy(static row => row.Hash).ToList();
        if (rows.Count > 0)
        {
            _ = tx.Run(
                """
                INSERT INTO crawl_template (crawl_id, host, hash, template, fetched, duplicates)
                SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::int[], $6::int[]) AS n
                ON CONFLICT (crawl_id, host, hash) DO UPDATE SET fetched = excluded.fetched, duplicates = excluded.duplicates
                """,
                crawl, rows.Select(static row => row.Host).ToArray(), rows.Select(static row => row.Hash).ToArray(), rows.Select(static row => CrawlRows.Clean(row.Template)).ToArray(),
                rows.Select(static row => row.Fetched).ToArray(), rows.Select(static row => row.Duplicates).ToArray());
        }
    }

    /// <summary>Bitmaps are merged here: PostgreSQL has no OR for bytes.</summary>
    private void WriteDomains()
    {
        var rows = batch.Domains.GroupBy(static row => row.Domain, StringComparer.Ordinal)
            .Select(static same => (Name: same.Key, Fetched: (long)same.Sum(static row => row.Fetched), References: same.Select(static row => row.References).ToList()))
            .OrderBy(static row => row.Name, StringComparer.Ordinal).ToList();
        if (rows.Count == 0)
        {
            return;
        }

        var names = rows.Select(static row => row.Name).ToArray();
        _ = tx.Run("INSERT INTO crawl_domain (crawl_id, name, fetched) SELECT $1, name, 0 FROM unnest($2::text[]) AS n (name) ON CONFLICT (crawl_id, name) DO NOTHING", crawl, names);
        var known = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        using (var read = tx.Use(
            "SELECT n.name, d.refs FROM unnest($2::text[]) AS n (name) CROSS JOIN LATERAL (SELECT refs FROM crawl_domain WHERE crawl_id = $1 AND name = n.name FOR NO KEY UPDATE) d", crawl, names))
        {
            using var reader = read.ExecuteReader();
            while (reader.Read())
            {
                known[reader.GetString(0)] = reader.IsDBNull(1) ? null : reader.GetFieldValue<byte[]>(1);
            }
        }

        _ = tx.Run(
            """
            INSERT INTO crawl_domain AS d (crawl_id, name, fetched, refs) SELECT $1, n.* FROM unnest($2::text[], $3::bigint[], $4::bytea[]) AS n
            ON CONFLICT (crawl_id, name) DO UPDATE SET fetched = d.fetched + excluded.fetched, refs = excluded.refs
            """,
            crawl, names, rows.Select(static row => row.Fetched).ToArray(),
            rows.Select(row => row.References.Aggregate(known[row.Name], static (all, more) => all is null ? more : DomainDelta.Merge(all, more))).ToArray());
    }
}
