using Madang.Feeds;
using Madang.Feeds.Searching;
using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Sqlite.Feeds;

/// <summary>FTS5 over our own terms, by the posts' ids: newest first is the order of its rows, read backwards (sqlite.org/fts5.html).</summary>
internal sealed class SqlitePostSearchStore(SqliteDatabase database) : IPostSearchStore
{
    public void Put(WriteTx tx, IReadOnlyList<IndexedPost> posts)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM post_search WHERE rowid = ?1");
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO post_search (rowid, text) VALUES (?1, ?2)");
        foreach (var post in posts)
        {
            delete.Bind(1, post.Id.Value).Again();
            if (post.Terms.Length > 0)
            {
                insert.Bind(1, post.Id.Value).Bind(2, post.Terms).Again();
            }
        }
    }

    public Task<IReadOnlyList<PostId>> FindAsync(SearchQuery query, PostId? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PostId>>(
            connection =>
            {
                using var select = connection.Use("SELECT rowid FROM post_search WHERE post_search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3");
                select.Bind(1, FtsMatch.Of(query)).Bind(2, before?.Value ?? long.MaxValue).Bind(3, limit);
                var ids = new List<PostId>();
                while (select.Step())
                {
                    ids.Add(new(select.Int64(0)));
                }

                return ids;
            },
            cancellationToken);
}
