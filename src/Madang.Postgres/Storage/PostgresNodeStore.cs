using Madang.Storage;

namespace Madang.Postgres.Storage;

internal sealed class PostgresNodeStore : INodeStore
{
    public NodeGrant? Take(WriteTx tx, string owner, DateTimeOffset until)
    {
        var postgres = PostgresTx.Of(tx);
        // Nodes that start together take turns: two may look for the lowest free id, and a row that is not there yet cannot be locked.
        _ = postgres.Run("LOCK TABLE node IN SHARE ROW EXCLUSIVE MODE");
        // Free by the server's clock: a node whose own clock runs ahead must not take what another still holds.
        using var take = postgres.Use(
            """
            WITH free AS (
              SELECT n.id, node.high_water AS mark
              FROM generate_series(0, $3) AS n(id) LEFT JOIN node ON node.id = n.id
              WHERE node.id IS NULL OR node.lease_until <= clock_timestamp()
              ORDER BY n.id LIMIT 1)
            INSERT INTO node AS held (id, owner, lease_until, high_water)
              SELECT id, $1, clock_timestamp() + $2, greatest(mark, $4) FROM free
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until, high_water = excluded.high_water
            RETURNING id, (SELECT mark FROM free)
            """,
            owner, until - tx.Now, Snowflake.MaxNode, until);
        using var row = take.ExecuteReader();
        return row.Read() ? new NodeGrant(row.GetInt32(0), row.IsDBNull(1) ? default : row.GetDateTime(1)) : null;
    }

    public bool Renew(WriteTx tx, int id, string owner, DateTimeOffset until, DateTimeOffset highWater) => PostgresTx.Of(tx).Run(
        "UPDATE node SET lease_until = greatest(lease_until, clock_timestamp() + $3), high_water = greatest(high_water, $4) WHERE id = $1 AND owner = $2",
        id, owner, until - tx.Now, highWater) == 1;

    public void Release(WriteTx tx, int id, string owner, DateTimeOffset highWater) => PostgresTx.Of(tx).Run(
        "UPDATE node SET lease_until = '-infinity', high_water = $3 WHERE id = $1 AND owner = $2", id, owner, highWater);
}
