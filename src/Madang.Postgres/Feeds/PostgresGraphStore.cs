using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Graph;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

/// <summary>Reads by key on the sessions that do nothing else: a plan from when these tables were empty would scan them for ever.</summary>
internal sealed class PostgresGraphStore(PostgresDatabase database) : IGraphStore
{
    private const int BlockedBy = 5;
    private const int OnList = 6;
    private const int Apart = 7;
    private const int Tag = 8;

    // Each side walks its own index range in order and stops at the limit; what is on both sides is one.
    private const string Followers =
        """
        SELECT user_id FROM (
            (SELECT user_id FROM relation WHERE target_id = $1 AND kind = 2 AND user_id > $2 ORDER BY user_id LIMIT $3)
            UNION
            (SELECT user_id FROM relation WHERE target_id = $1 AND kind = 1 AND user_id > $2 AND state = 3 ORDER BY user_id LIMIT $3)) f
        ORDER BY user_id LIMIT $3
        """;

    // One statement is one snapshot, and one round trip. The first four are the kinds of a relation.
    private static readonly string Everything =
        $"""
        SELECT 0::smallint AS what, epoch AS id, 0::smallint AS state, false AS shares, NULL::timestamptz AS ends_at, NULL::text AS tag
        FROM relation_epoch WHERE user_id = $1
        UNION ALL SELECT kind, target_id, state, shares, ends_at, NULL FROM relation WHERE user_id = $1
        UNION ALL SELECT {BlockedBy}, user_id, 0, false, NULL, NULL FROM relation WHERE target_id = $1 AND kind = 4
        UNION ALL SELECT {OnList}, list_id, 0, false, NULL, NULL FROM people_list_member WHERE user_id = $1
        UNION ALL SELECT {Apart}, m.user_id, 0, false, NULL, NULL FROM people_list l JOIN people_list_member m ON m.list_id = l.id WHERE l.owner_id = $1 AND l.exclusive
        UNION ALL SELECT {Tag}, 0, 0, false, NULL, tag FROM tag_follow WHERE user_id = $1
        """;

    // In the order of ids: two who change at once wait for each other one way only.
    public void Raise(WriteTx tx, IReadOnlyList<UserId> ascending) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO relation_epoch (user_id, epoch) SELECT id, 1 FROM unnest($1) WITH ORDINALITY AS p (id, place) ORDER BY place
        ON CONFLICT (user_id) DO UPDATE SET epoch = relation_epoch.epoch + 1
        """,
        [ascending.Values()]);

    public async Task<ViewerGraph> ReadAsync(UserId viewer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var graph = new GraphRows(viewer, now);
        await using var select = database.Keyed.CreateCommand(Everything).With(viewer.Value);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            Add(graph, rows);
        }

        return graph.Build();
    }

    public async Task<IReadOnlyList<UserId>> FollowersAsync(UserId author, UserId after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(Followers).With(author.Value, after.Value, (long)limit);
        return await select.ReadAllAsync(Rows.UserId, cancellationToken);
    }

    public async Task<int> CountFollowersAsync(UserId author, int atMost, CancellationToken cancellationToken)
    {
        await using var count = database.Keyed.CreateCommand($"SELECT count(*) FROM ({Followers}) n").With(author.Value, 0L, (long)atMost);
        return (int)(long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private static void Add(GraphRows graph, NpgsqlDataReader row)
    {
        var id = row.GetInt64(1);
        switch ((int)row.GetInt16(0))
        {
            case 0:
                graph.Epoch = id;
                break;
            case BlockedBy:
                graph.BlockedBy(id);
                break;
            case OnList:
                graph.OnList(id);
                break;
            case Apart:
                graph.Apart(id);
                break;
            case Tag:
                graph.Tag(row.GetString(5));
                break;
            case var kind:
                graph.Relation((RelationKind)kind, id, (FriendState)row.GetInt16(2), row.GetBoolean(3), row.IsDBNull(4) ? null : row.GetDateTime(4));
                break;
        }
    }
}
