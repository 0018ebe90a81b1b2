using Madang.Crawler.Frontier;

namespace Madang.Sqlite.Crawler;

/// <summary>Appends pages to the log, with their links and texts beside them.</summary>
internal sealed class PageWriter(SqliteTx tx)
{
    private readonly Dictionary<string, long> _warcs = new(StringComparer.Ordinal);

    /// <summary>The first one gets the position after <paramref name="log"/>.</summary>
    public void Append(List<PageRow> pages, long log)
    {
        using var insert = tx.Use(
            """
            INSERT INTO page (log, host, hash, status, fault, fetched_at, etag, last_modified, content_type, title, language, target, body_hash, sim_hash, words, bytes, wire_bytes,
              elapsed_ms, duplicate, original_host, original_hash, noise, no_index, importance, interval_seconds, fetches, changes, missing, changed, warc, warc_offset, warc_length)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32)
            """);
        using var links = tx.Use("INSERT INTO page_link (log, links) VALUES (?1, ?2)");
        using var texts = tx.Use("INSERT INTO page_text (log, text) VALUES (?1, ?2)");
        for (var i = 0; i < pages.Count; i++)
        {
            Insert(insert, pages[i], ++log);
        }

        log -= pages.Count;
        foreach (var page in pages)
        {
            log++;
            if (page.Links is { } keys)
            {
                links.Bind(1, log).Bind(2, keys).Again();
            }
        }

        log -= pages.Count;
        foreach (var page in pages)
        {
            log++;
            if (page.Text is { } text)
            {
                texts.Bind(1, log).Bind(2, text).Again();
            }
        }
    }

    /// <summary>The row of an earlier visit, wherever it stood.</summary>
    public static void Remove(SqliteTx tx, long log)
    {
        using var page = tx.Use("DELETE FROM page WHERE log = ?1");
        using var links = tx.Use("DELETE FROM page_link WHERE log = ?1");
        using var text = tx.Use("DELETE FROM page_text WHERE log = ?1");
        _ = page.Bind(1, log).Run() + links.Bind(1, log).Run() + text.Bind(1, log).Run();
    }

    private void Insert(Statement insert, PageRow page, long log)
    {
        _ = insert.Bind(1, log).Bind(2, page.Key.Host).Bind(3, page.Key.Hash).Bind(4, page.Status).Bind(5, page.Fault).Bind(6, page.FetchedAt).Bind(7, page.Etag)
            .Bind(8, page.LastModified).Bind(9, page.ContentType).Bind(10, page.Title).Bind(11, page.Language).Bind(12, page.Target).Bind(13, page.BodyHash).Bind(14, page.SimHash);
        _ = insert.Bind(15, page.Words).Bind(16, page.Bytes).Bind(17, page.WireBytes).Bind(18, page.ElapsedMs).Bind(19, (int)page.Duplicate);
        var repeats = page.Original != default;
        _ = insert.Bind(20, repeats ? page.Original.Host : null).Bind(21, repeats ? page.Original.Hash : null).Bind(22, page.Noise).Bind(23, page.NoIndex).Bind(24, page.Importance)
            .Bind(25, page.IntervalSeconds).Bind(26, page.Fetches).Bind(27, page.Changes).Bind(28, page.Missing).Bind(29, page.Changed);
        insert.Bind(30, page.WarcFile is { } file ? Warc(file) : null).Bind(31, page.WarcOffset).Bind(32, page.WarcLength).Again();
    }

    /// <summary>The number of a file, in place of its name in every row.</summary>
    private long Warc(string name)
    {
        if (!_warcs.TryGetValue(name, out var id))
        {
            using var put = tx.Use("INSERT INTO warc (name, length) VALUES (?1, 0) ON CONFLICT (name) DO UPDATE SET length = length RETURNING id");
            _warcs[name] = id = put.Bind(1, name).Scalar()!.Value;
        }

        return id;
    }
}
