using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Sqlite.Crawler;

/// <summary>The search index in the crawl's own file: FTS5 over our own terms (sqlite.org/fts5.html), ranked by its BM25.</summary>
internal sealed class SqlitePageSearchStore(CrawlFile file, Func<Task> close) : IPageSearchStore
{
    private int _closed;

    public Task PutAsync(IReadOnlyList<SearchEntry> entries, CancellationToken cancellationToken) => file.WriteAsync(
        tx =>
        {
            foreach (var entry in entries)
            {
                Remove(tx, entry.Key);
                Insert(tx, entry);
            }

            return entries.Count;
        },
        cancellationToken,
        Lane.Background);

    public Task RemoveAsync(IReadOnlyList<UrlKey> keys, CancellationToken cancellationToken) => file.WriteAsync(
        tx =>
        {
            foreach (var key in keys)
            {
                Remove(tx, key);
            }

            return keys.Count;
        },
        cancellationToken,
        Lane.Background);

    public Task<SearchMatches> MatchAsync(SearchQuery query, SearchFilter filter, int max, CancellationToken cancellationToken) => file.ReadAsync(
        connection =>
        {
            using var select = connection.Use(
                $"""
                SELECT s.id, -bm25(search_term, {PageRanking.TitleWeight:F1}, 1.0), s.importance, s.noise, s.near FROM search_term JOIN search_page AS s ON s.id = search_term.rowid
                WHERE search_term MATCH ?1 AND (?2 IS NULL OR s.site = ?2) AND (?3 IS NULL OR s.language = ?3) ORDER BY search_term.rowid DESC LIMIT ?4
                """);
            _ = select.Bind(1, FtsMatch.Of(query)).Bind(2, filter.Site).Bind(3, filter.Language).Bind(4, max);
            var matches = new List<SearchMatch>();
            while (select.Step())
            {
                matches.Add(new SearchMatch(select.Int64(0), select.Double(1), new SearchWeight(select.Double(2), select.Int32(3), select.Bool(4))));
            }

            using var count = connection.Use("SELECT count(*) FROM search_page");
            return new SearchMatches(matches, count.Scalar() ?? 0);
        },
        cancellationToken);

    public Task<IReadOnlyList<SearchShown?>> ShowAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken) => file.ReadAsync<IReadOnlyList<SearchShown?>>(
        connection =>
        {
            using var select = connection.Use("SELECT url, title, fetched_at, text FROM search_shown WHERE id = ?1");
            var shown = new SearchShown?[ids.Count];
            for (var i = 0; i < shown.Length; i++)
            {
                shown[i] = select.Bind(1, ids[i]).Step() ? new SearchShown(select.Text(0), select.Text(1), select.Int64(2), select.Blob(3)) : null;
                select.Reset();
            }

            return shown;
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            await close();
        }
    }

    private static void Insert(SqliteTx tx, SearchEntry entry)
    {
        using var page = tx.Use("INSERT INTO search_page (host, hash, site, language, importance, noise, near) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id");
        var id = page.Bind(1, entry.Key.Host).Bind(2, entry.Key.Hash).Bind(3, entry.Site).Bind(4, entry.Language).Bind(5, entry.Weight.Importance).Bind(6, entry.Weight.Noise)
            .Bind(7, entry.Weight.IsNearDuplicate).Scalar()!.Value;
        using var shown = tx.Use("INSERT INTO search_shown (id, url, title, fetched_at, text) VALUES (?1, ?2, ?3, ?4, ?5)");
        _ = shown.Bind(1, id).Bind(2, entry.Url).Bind(3, entry.Title).Bind(4, entry.FetchedAt).Bind(5, entry.Text).Run();
        using var terms = tx.Use("INSERT INTO search_term (rowid, title, text) VALUES (?1, ?2, ?3)");
        _ = terms.Bind(1, id).Bind(2, entry.TitleTerms).Bind(3, entry.TextTerms).Run();
    }

    private static void Remove(SqliteTx tx, UrlKey key)
    {
        using var find = tx.Use("DELETE FROM search_page WHERE host = ?1 AND hash = ?2 RETURNING id");
        if (find.Bind(1, key.Host).Bind(2, key.Hash).Scalar() is not { } id)
        {
            return;
        }

        using var shown = tx.Use("DELETE FROM search_shown WHERE id = ?1");
        using var terms = tx.Use("DELETE FROM search_term WHERE rowid = ?1");
        _ = shown.Bind(1, id).Run() + terms.Bind(1, id).Run();
    }
}
