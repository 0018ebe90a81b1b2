using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>Appends pages to the log, their texts beside them.</summary>
internal static class PageWriter
{
    public static void Append(PostgresTx tx, long crawl, List<PageRow> pages, long first)
    {
        var logs = pages.Select((_, place) => first + place).ToArray();
        using var insert = tx.Use(
            """
            INSERT INTO crawl_page (crawl_id, log, host, hash, status, fault, fetched_at, etag, last_modified, content_type, title, language, target, body_hash, sim_hash, words, bytes,
              wire_bytes, elapsed_ms, duplicate, original_host, original_hash, noise, no_index, importance, interval_seconds, fetches, changes, missing, changed, warc, warc_offset,
              warc_length, links)
            SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::int[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
              $14::bigint[], $15::bigint[], $16::int[], $17::bigint[], $18::bigint[], $19::int[], $20::smallint[], $21::bigint[], $22::bigint[], $23::int[], $24::boolean[],
              $25::double precision[], $26::int[], $27::int[], $28::int[], $29::int[], $30::boolean[], $31::text[], $32::bigint[], $33::int[], $34::bytea[]) AS n
            """,
            crawl, logs, Of(pages, static page => page.Key.Host), Of(pages, static page => page.Key.Hash), Of(pages, static page => page.Status), Of(pages, static page => page.Fault),
            Of(pages, static page => page.FetchedAt), Of(pages, static page => CrawlRows.Clean(page.Etag)), Of(pages, static page => CrawlRows.Clean(page.LastModified)),
            Of(pages, static page => CrawlRows.Clean(page.ContentType)), Of(pages, static page => CrawlRows.Clean(page.Title)), Of(pages, static page => CrawlRows.Clean(page.Language)),
            Of(pages, static page => CrawlRows.Clean(page.Target)), Of(pages, static page => page.BodyHash), Of(pages, static page => page.SimHash), Of(pages, static page => page.Words),
            Of(pages, static page => page.Bytes), Of(pages, static page => page.WireBytes), Of(pages, static page => page.ElapsedMs), Of(pages, static page => (short)page.Duplicate),
            Of(pages, static page => page.Original.Host), Of(pages, static page => page.Original.Hash), Of(pages, static page => page.Noise), Of(pages, static page => page.NoIndex),
            Of(pages, static page => page.Importance), Of(pages, static page => page.IntervalSeconds), Of(pages, static page => page.Fetches), Of(pages, static page => page.Changes),
            Of(pages, static page => page.Missing), Of(pages, static page => page.Changed), Of(pages, static page => page.WarcFile), Of(pages, static page => page.WarcOffset),
            Of(pages, static page => page.WarcLength), Of(pages, static page => page.Links));
        _ = insert.ExecuteNonQuery();

        var texts = pages.Select((page, place) => (Log: first + place, page.Text)).Where(static page => page.Text is not null).ToList();
        if (texts.Count > 0)
        {
            _ = tx.Run(
                "INSERT INTO crawl_text (crawl_id, log, text) SELECT $1, n.log, n.text FROM unnest($2::bigint[], $3::bytea[]) AS n (log, text)",
                crawl, texts.Select(static text => text.Log).ToArray(), texts.Select(static text => text.Text!).ToArray());
        }
    }

    /// <summary>The rows of earlier visits, wherever they stood.</summary>
    public static void Remove(PostgresTx tx, long crawl, List<long> logs)
    {
        if (logs.Count > 0)
        {
            logs.Sort();
            var order = logs.ToArray();
            _ = tx.Run("DELETE FROM crawl_page WHERE crawl_id = $1 AND log = ANY($2)", crawl, order) + tx.Run("DELETE FROM crawl_text WHERE crawl_id = $1 AND log = ANY($2)", crawl, order);
        }
    }

    private static T[] Of<T>(List<PageRow> pages, Converter<PageRow, T> column) => [.. pages.ConvertAll(column)];
}
