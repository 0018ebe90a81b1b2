using System.Text;
using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Postgres.Crawler;

/// <summary>
/// The search index in the one database: a GIN index over our own terms. The text score is ts_rank's (saturating counts by weight and length), which knows no rarity of terms: every
/// term of a query must be there, so that rarity would weigh all pages alike but for their counts.
/// </summary>
internal sealed class PostgresPageSearchStore(PostgresDatabase database, long crawl) : IPageSearchStore
{
    // The title's positions stand before the text's, with a gap that no phrase crosses. PostgreSQL counts positions up to 16,383.
    private const int TextFrom = 100;

    public Task PutAsync(IReadOnlyList<SearchEntry> entries, CancellationToken cancellationToken)
    {
        // The unique index is locked in one order by all nodes.
        var rows = entries.OrderBy(entry => entry.Key.Host).ThenBy(entry => entry.Key.Hash).Select(entry => (Entry: entry, Terms: Vector(entry))).ToList();
        return database.WriteAsync(
            tx =>
            {
                using var batch = PostgresTx.Of(tx).Batch();
                foreach (var (entry, terms) in rows)
                {
                    batch.Add("DELETE FROM search_page WHERE crawl_id = $1 AND host = $2 AND hash = $3", crawl, entry.Key.Host, entry.Key.Hash);
                    batch.Add(
                        """
                        INSERT INTO search_page (crawl_id, host, hash, site, language, importance, noise, near, url, title, fetched_at, text, terms)
                        VALUES ($1, $2, $3, $4, $5::text, $6, $7, $8, $9, $10, $11, $12, $13::text::tsvector)
                        """,
                        crawl, entry.Key.Host, entry.Key.Hash, entry.Site, entry.Language, entry.Weight.Importance, (short)entry.Weight.Noise, entry.Weight.IsNearDuplicate, NoNul(entry.Url),
                        NoNul(entry.Title), entry.FetchedAt, entry.Text, terms);
                }

                return batch.ExecuteNonQuery();
            },
            Lane.Background,
            cancellationToken);
    }

    public Task RemoveAsync(IReadOnlyList<UrlKey> keys, CancellationToken cancellationToken)
    {
        var ordered = keys.OrderBy(key => key.Host).ThenBy(key => key.Hash).ToList();
        return database.WriteAsync(
            tx => PostgresTx.Of(tx).Run(
                "DELETE FROM search_page AS p USING unnest($2, $3) AS gone (host, hash) WHERE p.crawl_id = $1 AND p.host = gone.host AND p.hash = gone.hash",
                crawl, ordered.Select(key => key.Host).ToArray(), ordered.Select(key => key.Hash).ToArray()),
            Lane.Background,
            cancellationToken);
    }

    public async Task<SearchMatches> MatchAsync(SearchQuery query, SearchFilter filter, int max, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $$"""
            SELECT id, ts_rank('{{{1 / PageRanking.TitleWeight:F3}}, 0.4, 0.6, 1}', terms, $2::text::tsquery, 1), importance, noise, near FROM search_page
            WHERE crawl_id = $1 AND terms @@ $2::text::tsquery AND ($3::text IS NULL OR site = $3) AND ($4::text IS NULL OR language = $4) ORDER BY id DESC LIMIT $5
            """).With(crawl, TsText.Match(query), filter.Site, filter.Language, (long)max);
        var matches = new List<SearchMatch>();
        await using (var row = await select.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                matches.Add(new SearchMatch(row.GetInt64(0), row.GetFloat(1), new SearchWeight(row.GetDouble(2), row.GetInt16(3), row.GetBoolean(4))));
            }
        }

        await using var count = database.Source.CreateCommand("SELECT count(*) FROM search_page WHERE crawl_id = $1").With(crawl);
        return new SearchMatches(matches, (long)(await count.ExecuteScalarAsync(cancellationToken))!);
    }

    public async Task<IReadOnlyList<SearchShown?>> ShowAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT id, url, title, fetched_at, text FROM search_page WHERE id = ANY($1)").With(ids.ToArray());
        var found = new Dictionary<long, SearchShown>();
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            found[row.GetInt64(0)] = new SearchShown(row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetFieldValue<byte[]>(4));
        }

        return [.. ids.Select(found.GetValueOrDefault)];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Vector(SearchEntry entry)
    {
        var vector = new StringBuilder();
        TsText.Add(vector, entry.TitleTerms, 1, "A");
        TsText.Add(vector, entry.TextTerms, TextFrom, "");
        return vector.ToString();
    }

    /// <summary>PostgreSQL keeps no NUL in a text; nobody sees one either.</summary>
    private static string NoNul(string text) => text.Replace("\0", "", StringComparison.Ordinal);
}
