using Madang.Accounts;
using Madang.Api;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Accounts;

internal sealed class PostgresRelationStore(PostgresDatabase database) : IRelationStore
{
    private const string Columns = "user_id, kind, target_id, state, created_at, ends_at, shares";

    public Relation? Find(WriteTx tx, UserId owner, RelationKind kind, UserId target)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM relation WHERE user_id = $1 AND kind = $2 AND target_id = $3", owner.Value, (short)kind, target.Value);
        return select.ReadAll(Read) is [var one] ? one : null;
    }

    public void Put(WriteTx tx, Relation relation) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO relation (user_id, kind, target_id, state, created_at, ends_at, shares) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (user_id, kind, target_id) DO UPDATE
        SET state = excluded.state, created_at = excluded.created_at, ends_at = excluded.ends_at, shares = excluded.shares
        """,
        relation.Owner.Value, (short)relation.Kind, relation.Target.Value, (short)relation.State, relation.CreatedAt,
        CommandParameters.Time(relation.EndsAt), relation.Shares);

    public bool Delete(WriteTx tx, UserId owner, RelationKind kind, UserId target) => PostgresTx.Of(tx).Run(
        "DELETE FROM relation WHERE user_id = $1 AND kind = $2 AND target_id = $3", owner.Value, (short)kind, target.Value) == 1;

    public int Count(WriteTx tx, UserId owner, RelationKind kind, int atMost)
    {
        using var count = PostgresTx.Of(tx).Use(
            "SELECT count(*) FROM (SELECT 1 FROM relation WHERE user_id = $1 AND kind = $2 LIMIT $3) n", owner.Value, (short)kind, (long)atMost);
        return (int)(long)count.ExecuteScalar()!;
    }

    // Who is being muted anew just now is left for the next time.
    public IReadOnlyList<(UserId Viewer, UserId Other)> TakeEnded(WriteTx tx, DateTimeOffset now, int limit)
    {
        using var delete = PostgresTx.Of(tx).Use(
            """
            DELETE FROM relation r USING (
                SELECT user_id, kind, target_id FROM relation WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2 FOR UPDATE SKIP LOCKED) e
            WHERE r.user_id = e.user_id AND r.kind = e.kind AND r.target_id = e.target_id
            RETURNING r.user_id, r.target_id
            """,
            now, (long)limit);
        return delete.ReadAll(row => (new UserId(row.GetInt64(0)), new UserId(row.GetInt64(1))));
    }

    public bool IsBlockedEitherWay(WriteTx tx, UserId a, UserId b)
    {
        using var select = PostgresTx.Of(tx).Use(
            """
            SELECT 1 FROM relation WHERE user_id = $1 AND kind = 4 AND target_id = $2
            UNION ALL
            SELECT 1 FROM relation WHERE user_id = $2 AND kind = 4 AND target_id = $1
            LIMIT 1
            """,
            a.Value, b.Value);
        return select.ExecuteScalar() is not null;
    }

    public IReadOnlySet<UserId> BlockersOf(WriteTx tx, UserId target, IReadOnlyCollection<UserId> among)
    {
        using var select = PostgresTx.Of(tx).Use(
            "SELECT user_id FROM relation WHERE target_id = $1 AND kind = 4 AND user_id = ANY($2)", target.Value, among.Values());
        return select.ReadAll(Rows.UserId).ToHashSet();
    }

    public async Task<IReadOnlyList<Relation>> OfAsync(UserId owner, IReadOnlyCollection<UserId> targets, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM relation WHERE user_id = $1 AND kind = ANY('{{1,2,3,4}}') AND target_id = ANY($2)").With(owner.Value, targets.Values());
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Relation>> ListAsync(
        UserId owner, RelationKind kind, FriendState? state, DateTimeOffset now, long? after, int limit, CancellationToken cancellationToken)
    {
        // States count from 1: 0 stands for "any".
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {Columns} FROM relation
            WHERE user_id = $1 AND kind = $2 AND target_id > $3 AND ($4 = 0 OR state = $4) AND (ends_at IS NULL OR ends_at > $6)
            ORDER BY target_id LIMIT $5
            """).With(owner.Value, (short)kind, after ?? 0, (short)(state ?? 0), (long)limit, now);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlySet<UserId>> BlockedByAsync(UserId owner, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT target_id FROM relation WHERE user_id = $1 AND kind = 4").With(owner.Value);
        return (await select.ReadAllAsync(Rows.UserId, cancellationToken)).ToHashSet();
    }

    private static Relation Read(NpgsqlDataReader row) => new(
        new UserId(row.GetInt64(0)), (RelationKind)row.GetInt16(1), new UserId(row.GetInt64(2)), (FriendState)row.GetInt16(3), row.GetDateTime(4))
    {
        EndsAt = row.IsDBNull(5) ? null : row.GetDateTime(5),
        Shares = row.GetBoolean(6),
    };
}
