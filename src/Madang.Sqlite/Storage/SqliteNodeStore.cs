using Madang.Storage;

namespace Madang.Sqlite.Storage;

internal sealed class SqliteNodeStore : INodeStore
{
    public NodeGrant? Take(WriteTx tx, string owner, DateTimeOffset until)
    {
        var (id, mark) = FirstFree(SqliteTx.Of(tx));
        if (id > Snowflake.MaxNode)
        {
            return null;
        }

        using var take = SqliteTx.Of(tx).Use(
            """
            INSERT INTO node (id, owner, lease_until, high_water) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until, high_water = excluded.high_water
            """);
        _ = take.Bind(1, id).Bind(2, owner).Bind(3, until).Bind(4, mark > until ? mark : until).Run();
        return new NodeGrant(id, mark);
    }

    public bool Renew(WriteTx tx, int id, string owner, DateTimeOffset until, DateTimeOffset highWater)
    {
        using var renew = SqliteTx.Of(tx).Use(
            "UPDATE node SET lease_until = max(lease_until, ?3), high_water = max(high_water, ?4) WHERE id = ?1 AND owner = ?2");
        return renew.Bind(1, id).Bind(2, owner).Bind(3, until).Bind(4, highWater).Run() == 1;
    }

    public void Release(WriteTx tx, int id, string owner, DateTimeOffset highWater)
    {
        using var release = SqliteTx.Of(tx).Use("UPDATE node SET lease_until = 0, high_water = ?3 WHERE id = ?1 AND owner = ?2");
        _ = release.Bind(1, id).Bind(2, owner).Bind(3, highWater).Run();
    }

    private static (int Id, DateTimeOffset HighWater) FirstFree(SqliteTx tx)
    {
        // One process owns the folder: whoever held an id before is gone, however long its lease still runs.
        using var select = tx.Use("SELECT id, high_water FROM node WHERE id = 0");
        return select.Step() ? (select.Int32(0), select.Time(1)) : (0, default);
    }
}
