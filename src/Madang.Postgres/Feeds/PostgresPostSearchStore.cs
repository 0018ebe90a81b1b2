using System.Text;
using Madang.Feeds;
using Madang.Feeds.Searching;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Postgres.Feeds;

/// <summary>
/// A GIN index over our own terms. It knows no order, so that a word which many posts hold would be looked up in all of them for a page of the newest: the newest posts are read along first,
/// and only what they do not fill is asked of the index. No statistics are asked, since a plan that was made for a common word would read the whole table along for a rare one.
/// </summary>
internal sealed class PostgresPostSearchStore(PostgresDatabase database) : IPostSearchStore
{
    private const int Along = 2_000;

    internal const string AlongSql =
        """
        SELECT post_id FROM (SELECT post_id, terms FROM post_search WHERE post_id < $2 ORDER BY post_id DESC LIMIT $4) newest
        WHERE terms @@ $1::text::tsquery ORDER BY post_id DESC LIMIT $3
        """;

    internal const string IndexSql =
        """
        WITH found AS MATERIALIZED (SELECT post_id FROM post_search WHERE terms @@ $1::text::tsquery AND post_id < $2)
        SELECT post_id FROM found ORDER BY post_id DESC LIMIT $3
        """;

    public void Put(WriteTx tx, IReadOnlyList<IndexedPost> posts)
    {
        using var batch = PostgresTx.Of(tx).Batch();
        foreach (var post in posts)
        {
            if (post.Terms.Length == 0)
            {
                batch.Add("DELETE FROM post_search WHERE post_id = $1", post.Id.Value);
                continue;
            }

            var vector = new StringBuilder(post.Terms.Length * 2);
            TsText.Add(vector, post.Terms, 1, "");
            batch.Add(
                "INSERT INTO post_search (post_id, terms) VALUES ($1, $2::text::tsvector) ON CONFLICT (post_id) DO UPDATE SET terms = excluded.terms",
                post.Id.Value, vector.ToString());
        }

        _ = batch.ExecuteNonQuery();
    }

    public async Task<IReadOnlyList<PostId>> FindAsync(SearchQuery query, PostId? before, int limit, CancellationToken cancellationToken)
    {
        var (match, below) = (TsText.Match(query), before?.Value ?? long.MaxValue);
        await using (var along = database.Source.CreateCommand(AlongSql).With(match, below, (long)limit, (long)Along))
        {
            var newest = await along.ReadAllAsync(row => new PostId(row.GetInt64(0)), cancellationToken);
            if (newest.Count == limit)
            {
                return newest;
            }
        }

        await using var index = database.Source.CreateCommand(IndexSql).With(match, below, (long)limit);
        return await index.ReadAllAsync(row => new PostId(row.GetInt64(0)), cancellationToken);
    }
}
