using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteGraphStore(SqliteDatabase database) : IGraphStore
{
    // Each side walks its own index range in order and stops at the limit; what is on both sides is one.
    private const string Followers =
        """
        SELECT user_id FROM (SELECT user_id FROM relation WHERE target_id = ?1 AND kind = 2 AND user_id > ?2 ORDER BY user_id LIMIT ?3)
        UNION
        SELECT user_id FROM (SELECT user_id FROM relation WHERE target_id = ?1 AND kind = 1 AND user_id > ?2 AND state = 3 ORDER BY user_id LIMIT ?3)
        ORDER BY user_id LIMIT ?3
        """;

    public void Raise(WriteTx tx, IReadOnlyList<UserId> ascending)
    {
        using var raise = SqliteTx.Of(tx).Use("INSERT INTO relation_epoch (user_id, epoch) VALUES (?1, 1) ON CONFLICT (user_id) DO UPDATE SET epoch = epoch + 1");
        foreach (var person in ascending)
        {
            raise.Bind(1, person.Value).Again();
        }
    }

    public Task<ViewerGraph> ReadAsync(UserId viewer, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            var rows = new GraphRows(viewer, now);
            using var epoch = connection.Use("SELECT epoch FROM relation_epoch WHERE user_id = ?1");
            rows.Epoch = epoch.Bind(1, viewer.Value).Scalar() ?? 0;
            using var relations = connection.Use("SELECT kind, target_id, state, shares, ends_at FROM relation WHERE user_id = ?1");
            _ = relations.Bind(1, viewer.Value);
            while (relations.Step())
            {
                rows.Relation((RelationKind)relations.Int32(0), relations.Int64(1), (FriendState)relations.Int32(2), relations.Bool(3), relations.TimeOrNull(4));
            }

            Each(connection, "SELECT user_id FROM relation WHERE target_id = ?1 AND kind = 4 ORDER BY user_id", viewer, row => rows.BlockedBy(row.Int64(0)));
            Each(connection, "SELECT list_id FROM people_list_member WHERE user_id = ?1", viewer, row => rows.OnList(row.Int64(0)));
            Each(connection, "SELECT m.user_id FROM people_list l JOIN people_list_member m ON m.list_id = l.id WHERE l.owner_id = ?1 AND l.exclusive = 1", viewer,
                row => rows.Apart(row.Int64(0)));
            Each(connection, "SELECT tag FROM tag_follow WHERE user_id = ?1", viewer, row => rows.Tag(row.Text(0)));
            return rows.Build();
        },
        cancellationToken);

    public Task<IReadOnlyList<UserId>> FollowersAsync(UserId author, UserId after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UserId>>(
            connection =>
            {
                using var select = connection.Use(Followers);
                _ = select.Bind(1, author.Value).Bind(2, after.Value).Bind(3, limit);
                var followers = new List<UserId>();
                while (select.Step())
                {
                    followers.Add(new(select.Int64(0)));
                }

                return followers;
            },
            cancellationToken);

    public Task<int> CountFollowersAsync(UserId author, int atMost, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var count = connection.Use($"SELECT count(*) FROM ({Followers})");
            return (int)(count.Bind(1, author.Value).Bind(2, 0).Bind(3, atMost).Scalar() ?? 0);
        },
        cancellationToken);

    private static void Each(SqliteConnection connection, string sql, UserId viewer, Action<Statement> row)
    {
        using var select = connection.Use(sql);
        _ = select.Bind(1, viewer.Value);
        while (select.Step())
        {
            row(select);
        }
    }
}
