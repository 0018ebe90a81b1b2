using Madang.Api;
using Madang.Feeds.Ranking;
using Madang.Postgres.Accounts;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresClosenessStore(PostgresDatabase database) : IClosenessStore
{
    internal const string Sql =
        """
        SELECT p.author_id, count(*) FILTER (WHERE d.is_reaction), count(*) FILTER (WHERE NOT d.is_reaction) FROM (
          (SELECT post_id, true AS is_reaction, reactions FROM post_action WHERE user_id = $1 ORDER BY post_id DESC LIMIT $2)
          UNION ALL
          (SELECT parent_id, false, 1 FROM post WHERE author_id = $1 AND root_id IS NOT NULL ORDER BY id DESC LIMIT $3)) d
        JOIN post p ON p.id = d.post_id WHERE d.reactions <> 0 GROUP BY 1
        """;

    public async Task<IReadOnlyDictionary<UserId, Closeness>> OfAsync(UserId reader, int reactions, int comments, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(Sql).With(reader.Value, (long)reactions, (long)comments);
        var rows = await select.ReadAllAsync(row => (Author: new UserId(row.GetInt64(0)), Reactions: (int)row.GetInt64(1), Comments: (int)row.GetInt64(2)), cancellationToken);
        return rows.ToDictionary(row => row.Author, row => new Closeness(row.Reactions, row.Comments));
    }
}
