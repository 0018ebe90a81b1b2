using Madang.Api;
using Madang.Feeds.Ranking;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteClosenessStore(SqliteDatabase database) : IClosenessStore
{
    internal const string ReactionsSql =
        """
        SELECT p.author_id, count(*) FROM (SELECT post_id, reactions FROM post_action WHERE user_id = ?1 ORDER BY post_id DESC LIMIT ?2) a
        CROSS JOIN post p ON p.id = a.post_id WHERE a.reactions <> 0 GROUP BY 1
        """;

    internal const string CommentsSql =
        """
        SELECT p.author_id, count(*) FROM (SELECT parent_id FROM post INDEXED BY post_comment_of_author WHERE author_id = ?1 AND root_id IS NOT NULL ORDER BY id DESC LIMIT ?2) c
        CROSS JOIN post p ON p.id = c.parent_id GROUP BY 1
        """;

    public Task<IReadOnlyDictionary<UserId, Closeness>> OfAsync(UserId reader, int reactions, int comments, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<UserId, Closeness>>(
            connection =>
            {
                var close = new Dictionary<UserId, Closeness>();
                foreach (var (author, count) in Count(connection, ReactionsSql, reader, reactions))
                {
                    close[author] = new(count, 0);
                }

                foreach (var (author, count) in Count(connection, CommentsSql, reader, comments))
                {
                    close[author] = close.GetValueOrDefault(author) with { Comments = count };
                }

                return close;
            },
            cancellationToken);

    private static List<(UserId Author, int Count)> Count(SqliteConnection connection, string sql, UserId reader, int limit)
    {
        using var select = connection.Use(sql);
        select.Bind(1, reader.Value).Bind(2, limit);
        var counts = new List<(UserId, int)>();
        while (select.Step())
        {
            counts.Add((new(select.Int64(0)), select.Int32(1)));
        }

        return counts;
    }
}
