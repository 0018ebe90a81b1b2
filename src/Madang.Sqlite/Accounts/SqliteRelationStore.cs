using Madang.Accounts;
using Madang.Api;
using Madang.Storage;

namespace Madang.Sqlite.Accounts;

internal sealed class SqliteRelationStore(SqliteDatabase database) : IRelationStore
{
    private const string Columns = "user_id, kind, target_id, state, created_at, ends_at, shares";

    public Relation? Find(WriteTx tx, UserId owner, RelationKind kind, UserId target)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM relation WHERE user_id = ?1 AND kind = ?2 AND target_id = ?3");
        return select.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, target.Value).Step() ? Read(select) : null;
    }

    public void Put(WriteTx tx, Relation relation)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO relation (user_id, kind, target_id, state, created_at, ends_at, shares) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (user_id, kind, target_id) DO UPDATE
            SET state = excluded.state, created_at = excluded.created_at, ends_at = excluded.ends_at, shares = excluded.shares
            """);
        insert.Bind(1, relation.Owner.Value).Bind(2, (long)relation.Kind).Bind(3, relation.Target.Value).Bind(4, (long)relation.State).Bind(5, relation.CreatedAt)
            .Bind(6, relation.EndsAt).Bind(7, relation.Shares).Run();
    }

    public bool Delete(WriteTx tx, UserId owner, RelationKind kind, UserId target)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM relation WHERE user_id = ?1 AND kind = ?2 AND target_id = ?3");
        return delete.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, target.Value).Run() == 1;
    }

    public int Count(WriteTx tx, UserId owner, RelationKind kind, int atMost)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM (SELECT 1 FROM relation WHERE user_id = ?1 AND kind = ?2 LIMIT ?3)");
        return (int)(count.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, atMost).Scalar() ?? 0);
    }

    public IReadOnlyList<(UserId Viewer, UserId Other)> TakeEnded(WriteTx tx, DateTimeOffset now, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use(
            """
            DELETE FROM relation
            WHERE (user_id, kind, target_id) IN (SELECT user_id, kind, target_id FROM relation WHERE ends_at <= ?1 ORDER BY ends_at LIMIT ?2)
            RETURNING user_id, target_id
            """);
        _ = delete.Bind(1, now).Bind(2, limit);
        var ended = new List<(UserId, UserId)>();
        while (delete.Step())
        {
            ended.Add((new(delete.Int64(0)), new(delete.Int64(1))));
        }

        return ended;
    }

    public bool IsBlockedEitherWay(WriteTx tx, UserId a, UserId b)
    {
        using var select = SqliteTx.Of(tx).Use(
            """
            SELECT 1 FROM relation WHERE user_id = ?1 AND kind = 4 AND target_id = ?2
            UNION ALL
            SELECT 1 FROM relation WHERE user_id = ?2 AND kind = 4 AND target_id = ?1
            LIMIT 1
            """);
        return select.Bind(1, a.Value).Bind(2, b.Value).Step();
    }

    public IReadOnlySet<UserId> BlockersOf(WriteTx tx, UserId target, IReadOnlyCollection<UserId> among)
    {
        using var select = SqliteTx.Of(tx).Use(
            "SELECT user_id FROM relation WHERE target_id = ?1 AND kind = 4 AND user_id IN (SELECT value FROM json_each(?2))");
        return Ids(select.Bind(1, target.Value).Bind(2, IdList.Of(among)));
    }

    public Task<IReadOnlyList<Relation>> OfAsync(UserId owner, IReadOnlyCollection<UserId> targets, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Relation>>(
            connection =>
            {
                using var select = connection.Use(
                    $"""
                    SELECT {Columns} FROM relation
                    WHERE user_id = ?1 AND kind IN (1, 2, 3, 4) AND target_id IN (SELECT value FROM json_each(?2))
                    """);
                return ReadAll(select.Bind(1, owner.Value).Bind(2, IdList.Of(targets)));
            },
            cancellationToken);

    public Task<IReadOnlyList<Relation>> ListAsync(
        UserId owner, RelationKind kind, FriendState? state, DateTimeOffset now, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Relation>>(
            connection =>
            {
                using var select = connection.Use(
                    $"""
                    SELECT {Columns} FROM relation
                    WHERE user_id = ?1 AND kind = ?2 AND target_id > ?3 AND (?4 IS NULL OR state = ?4) AND (ends_at IS NULL OR ends_at > ?6)
                    ORDER BY target_id LIMIT ?5
                    """);
                return ReadAll(select.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, after ?? 0).Bind(4, (long?)state).Bind(5, limit).Bind(6, now));
            },
            cancellationToken);

    public Task<IReadOnlySet<UserId>> BlockedByAsync(UserId owner, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<UserId>>(
            connection =>
            {
                using var select = connection.Use("SELECT target_id FROM relation WHERE user_id = ?1 AND kind = 4");
                return Ids(select.Bind(1, owner.Value));
            },
            cancellationToken);

    private static List<Relation> ReadAll(Statement select)
    {
        var relations = new List<Relation>();
        while (select.Step())
        {
            relations.Add(Read(select));
        }

        return relations;
    }

    private static Relation Read(Statement row) => new(
        new UserId(row.Int64(0)), (RelationKind)row.Int32(1), new UserId(row.Int64(2)), (FriendState)row.Int32(3), row.Time(4))
    {
        EndsAt = row.TimeOrNull(5),
        Shares = row.Bool(6),
    };

    private static HashSet<UserId> Ids(Statement select)
    {
        var ids = new HashSet<UserId>();
        while (select.Step())
        {
            ids.Add(new UserId(select.Int64(0)));
        }

        return ids;
    }
}
