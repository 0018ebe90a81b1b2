using Madang.Notifications.Delivering;
using Npgsql;

namespace Madang.Postgres.Notifications;

/// <summary>
/// When leases end, a row a claim. An index over the leases themselves would cost every claim three more index entries a delivery; this costs a row a claim, and
/// a look at what a claim's deliveries have become.
/// </summary>
internal static class PostgresDeliveryLeases
{
    private const int Page = 100;

    // A row of more than two kilobytes would be compressed, and put elsewhere.
    private const int MostOfRow = 200;
    private const string InsertSql = "INSERT INTO delivery_lease (until, node, deliveries) VALUES ($1, $2, $3)";

    // A test reads the plans of these.
    internal const string EndedSql = "DELETE FROM delivery_lease WHERE id = ANY(ARRAY(SELECT id FROM delivery_lease WHERE until < $1 AND id <= $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)) RETURNING deliveries";
    internal const string OfNodeSql = "DELETE FROM delivery_lease WHERE id = ANY(ARRAY(SELECT id FROM delivery_lease WHERE node = $1 AND id <= $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)) RETURNING deliveries";
    internal const string SendingSql = $"SELECT {PostgresDeliveryRows.Columns} FROM delivery_queue WHERE id = ANY($1) AND state = 2 ORDER BY id FOR UPDATE";

    public static void Add(NpgsqlBatch batch, DateTimeOffset until, int node, long[] deliveries)
    {
        foreach (var some in deliveries.Chunk(MostOfRow))
        {
            batch.Add(InsertSql, until, node, some);
        }
    }

    /// <summary>Being sent under a lease that ended, or under <paramref name="node"/>; locked, the longest ended first.</summary>
    public static IReadOnlyList<Delivery> Abandoned(PostgresTx tx, int? node, int limit)
    {
        List<Delivery> abandoned = [];
        if (Last(tx) is not { } last)
        {
            return abandoned;
        }

        for (var taken = Page; taken == Page && abandoned.Count < limit;)
        {
            (taken, var ids) = Take(tx, node, last);
            using var find = tx.Use(SendingSql, ids);
            var sending = PostgresDeliveryRows.ReadAll(find);
            abandoned.AddRange(sending.Where(delivery => node is null ? delivery.LeaseUntil < tx.Now : delivery.Node == node));

            // Whatever of them is still being sent is written down again: renewed meanwhile, over the limit, or not ended by the caller.
            foreach (var lease in sending.GroupBy(delivery => (delivery.LeaseUntil, delivery.Node)))
            {
                tx.Run(InsertSql, lease.Key.LeaseUntil ?? tx.Now, lease.Key.Node ?? 0, lease.Select(delivery => delivery.Id.Value).ToArray());
            }
        }

        return [.. abandoned.OrderBy(delivery => delivery.LeaseUntil).Take(limit)];
    }

    /// <summary>Lets go of claims none of whose deliveries is being sent any more, above <paramref name="after"/>; where to go on, null at the end.</summary>
    public static long? Forget(PostgresTx tx, long after, int limit)
    {
        using var forget = tx.Use(
            """
            WITH looked AS MATERIALIZED (SELECT id, deliveries FROM delivery_lease WHERE id > $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED),
            over AS (SELECT id FROM looked WHERE NOT EXISTS (SELECT FROM delivery_queue d WHERE d.id = ANY(looked.deliveries) AND d.state = 2)),
            gone AS (DELETE FROM delivery_lease WHERE id = ANY(ARRAY(SELECT id FROM over)))
            SELECT max(id), count(*) FROM looked
            """,
            after, (long)limit);
        using var row = forget.ExecuteReader();
        return row.Read() && row.GetInt64(1) == limit ? row.GetInt64(0) : null;
    }

    /// <summary>Rows that are written from now on are not for this look.</summary>
    private static long? Last(PostgresTx tx)
    {
        using var last = tx.Use("SELECT max(id) FROM delivery_lease");
        return last.ExecuteScalar() as long?;
    }

    private static (int Taken, long[] Ids) Take(PostgresTx tx, int? node, long last)
    {
        using var take = node is { } mine ? tx.Use(OfNodeSql, mine, last, (long)Page) : tx.Use(EndedSql, tx.Now, last, (long)Page);
        using var rows = take.ExecuteReader();
        var taken = 0;
        HashSet<long> ids = [];
        for (; rows.Read(); taken++)
        {
            ids.UnionWith(rows.GetFieldValue<long[]>(0));
        }

        return (taken, [.. ids]);
    }
}
