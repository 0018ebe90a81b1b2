using Madang.Accounts;
using Madang.Api;
using Madang.Storage;

namespace Madang.Sqlite.Accounts;

internal sealed class SqliteRelationStore(SqliteDatabase database) : IRelationStore
{
    public Relation? Find(WriteTx tx, UserId owner, RelationKind kind, UserId target)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT user_id, kind, target_id, state, created_at FROM relation WHERE user_id = ?1 AND kind = ?2 AND target_id = ?3");
        return select.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, target.Value).Step() ? Read(select) : null;
    }

    public void Put(WriteTx tx, Relation relation)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO relation (user_id, kind, target_id, state, created_at) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (user_id, kind, target_id) DO UPDATE SET state = excluded.state, created_at = excluded.created_at
            """);
        insert.Bind(1, relation.Owner.Value).Bind(2, (long)relation.Kind).Bind(3, relation.Target.Value).Bind(4, (long)relation.State).Bind(5, relation.CreatedAt).Run();
    }

    public bool Delete(WriteTx tx, UserId owner, RelationKind kind, UserId target)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM relation WHERE user_id = ?1 AND kind = ?2 AND target_id = ?3");
        return delete.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, target.Value).Run() == 1;
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
                    """
                    SELECT user_id, kind, target_id, state, created_at FROM relation
                    WHERE user_id = ?1 AND kind IN (1, 2, 3, 4) AND target_id IN (SELECT value FROM json_each(?2))
                    """);
                return ReadAll(select.Bind(1, owner.Value).Bind(2, IdList.Of(targets)));
            },
            cancellationToken);

    public Task<IReadOnlyList<Relation>> ListAsync(
        UserId owner, RelationKind kind, FriendState? state, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Relation>>(
            connection =>
            {
                using var select = connection.Use(
                    """
                    SELECT user_id, kind, target_id, state, created_at FROM relation
                    WHERE user_id = ?1 AND kind = ?2 AND target_id > ?3 AND (?4 IS NULL OR state = ?4) ORDER BY target_id LIMIT ?5
                    """);
                return ReadAll(select.Bind(1, owner.Value).Bind(2, (long)kind).Bind(3, after ?? 0).Bind(4, (long?)state).Bind(5, limit));
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
        new UserId(row.Int64(0)), (RelationKind)row.Int32(1), new UserId(row.Int64(2)), (FriendState)row.Int32(3), row.Time(4));

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
