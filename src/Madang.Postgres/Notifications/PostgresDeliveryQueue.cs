using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

/// <summary>
/// A whole turn's rows go in one statement each way, as arrays: one round trip and one plan for five hundred of them. The hot statements know the queue alone,
/// which is small whatever the log holds; a claim changes nothing that an index knows.
/// </summary>
internal sealed class PostgresDeliveryQueue : IDeliveryQueue
{
    private const string Columns = PostgresDeliveryRows.Columns;
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    // What a runner asks again and again; a test reads the plans. The limits of the later ranges are what the earlier ones left. Rows that are locked stay where
    // they are, so they are changed by their place in the table, and no index is asked for them again.
    internal const string ClaimSql =
        $"""
        WITH doubtful AS MATERIALIZED (
            SELECT ctid AS place FROM delivery_queue WHERE provider = $1 AND turn = 0 AND state = 3 AND due_at <= $2 AND $4 ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED),
        high AS MATERIALIZED (
            SELECT ctid AS place FROM delivery_queue WHERE provider = $1 AND turn = 1 AND state = 1 AND due_at <= $2 AND (ambiguous = 0 OR NOT $5)
            ORDER BY due_at, id LIMIT $3 - (SELECT count(*) FROM doubtful) FOR UPDATE SKIP LOCKED),
        normal AS MATERIALIZED (
            SELECT ctid AS place FROM delivery_queue WHERE provider = $1 AND turn = 2 AND state = 1 AND due_at <= $2 AND (ambiguous = 0 OR NOT $5)
            ORDER BY due_at, id LIMIT $3 - (SELECT count(*) FROM doubtful) - (SELECT count(*) FROM high) FOR UPDATE SKIP LOCKED),
        low AS MATERIALIZED (
            SELECT ctid AS place FROM delivery_queue WHERE provider = $1 AND turn = 3 AND state = 1 AND due_at <= $2 AND (ambiguous = 0 OR NOT $5)
            ORDER BY due_at, id LIMIT $3 - (SELECT count(*) FROM doubtful) - (SELECT count(*) FROM high) - (SELECT count(*) FROM normal) FOR UPDATE SKIP LOCKED)
        UPDATE delivery_queue SET state = 2, attempt = attempt + 1 - unanswered::integer, fence = fence + 1, node = $6, lease_until = $7,
            started_at = CASE WHEN unanswered THEN coalesce(started_at, $2) ELSE $2 END, provider = $8
        WHERE ctid = ANY(ARRAY(SELECT place FROM doubtful UNION ALL SELECT place FROM high UNION ALL SELECT place FROM normal UNION ALL SELECT place FROM low))
        RETURNING {PostgresDeliveryRows.ClaimedColumns}
        """;

    internal const string NextSql =
        """
        SELECT least(
            (SELECT due_at FROM delivery_queue WHERE provider = $1 AND turn = 0 AND state = 3 ORDER BY due_at LIMIT 1),
            (SELECT due_at FROM delivery_queue WHERE provider = $1 AND turn = 1 AND state = 1 ORDER BY due_at LIMIT 1),
            (SELECT due_at FROM delivery_queue WHERE provider = $1 AND turn = 2 AND state = 1 ORDER BY due_at LIMIT 1),
            (SELECT due_at FROM delivery_queue WHERE provider = $1 AND turn = 3 AND state = 1 ORDER BY due_at LIMIT 1))
        """;

    // ON CONFLICT would announce each row before it enters it, and confirm it afterwards. Who plans has locked the notification; should two ever plan the same
    // at the same moment, the index refuses the second, which runs again and finds what the first has written.
    private static readonly string s_planSql = InsertSql(
        "delivery_queue",
        """
        AND NOT EXISTS (
            SELECT FROM delivery_queue AS old WHERE old.notification_id = new.notification_id AND old.user_id = new.user_id
                AND old.channel = coalesce(new.channel, ($5::smallint[])[1]) AND old.address_id = new.address_id)
        """);

    // The in-app inbox has arrived with its plan.
    private static readonly string s_arriveSql = InsertSql("delivery_log", "ON CONFLICT DO NOTHING");

    // What ended already is looked for in the days since its notification came; no index reaches over all days. A column that is the same in every row comes as
    // an array of one (CommandParameters.Same), and unnest gives NULL for the others.
    private static string InsertSql(string table, string once) =>
        $"""
        INSERT INTO {table} (id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at,
            expires_at, state, finished_at, attempt, fence, ambiguous, unanswered, cancel_requested)
        SELECT id, notification_id, user_id, coalesce(category, ($4::text[])[1]), coalesce(channel, ($5::smallint[])[1]), coalesce(provider, ($6::text[])[1]), address_id, address,
            collapse_key, coalesce(digest_id, ($10::bigint[])[1]), fallback_of, coalesce(priority, ($12::smallint[])[1]), coalesce(policy, ($13::smallint[])[1]),
            coalesce(due_at, ($14::timestamptz[])[1]), coalesce(expires_at, ($15::timestamptz[])[1]), coalesce(state, ($16::smallint[])[1]), finished_at, 0, 0, 0, false, false
        FROM (SELECT
            unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS notification_id, unnest($3::bigint[]) AS user_id, unnest($4::text[]) AS category,
            unnest($5::smallint[]) AS channel, unnest($6::text[]) AS provider, unnest($7::bigint[]) AS address_id, unnest($8::text[]) AS address,
            unnest($9::text[]) AS collapse_key, unnest($10::bigint[]) AS digest_id, unnest($11::smallint[]) AS fallback_of,
            unnest($12::smallint[]) AS priority, unnest($13::smallint[]) AS policy, unnest($14::timestamptz[]) AS due_at,
            unnest($15::timestamptz[]) AS expires_at, unnest($16::smallint[]) AS state, unnest($17::timestamptz[]) AS finished_at) AS new
        WHERE NOT EXISTS (
            SELECT FROM delivery_log AS old WHERE old.notification_id = new.notification_id AND old.user_id = new.user_id
                AND old.channel = coalesce(new.channel, ($5::smallint[])[1]) AND old.address_id = new.address_id AND old.id >= $18 AND old.id <= $19)
        {once}
        """;

    public int Insert(WriteTx tx, IReadOnlyList<Delivery> deliveries)
    {
        var postgres = PostgresTx.Of(tx);
        Delivery[] once = [.. deliveries.DistinctBy(delivery => (delivery.Notification, delivery.User, delivery.Channel, delivery.AddressId))];
        var alive = System.Array.FindAll(once, delivery => delivery.IsAlive);
        var written = alive.Length == 0 ? 0 : Insert(postgres, "delivery_queue", s_planSql, alive);
        return alive.Length == once.Length ? written : written + Insert(postgres, "delivery_log", s_arriveSql, System.Array.FindAll(once, delivery => !delivery.IsAlive));
    }

    public IReadOnlyList<Delivery> Claim(WriteTx tx, DeliveryClaim claim)
    {
        var postgres = PostgresTx.Of(tx);
        var isTakeOver = claim.Queue != claim.Provider;
        List<Delivery> claimed;
        using (var take = postgres.Use(
            ClaimSql, claim.Queue, tx.Now, (long)claim.Limit, claim.AmbiguousFirst && !isTakeOver, isTakeOver, claim.Node, claim.LeaseUntil, claim.Provider))
        {
            claimed = PostgresDeliveryRows.ReadAll(take, row => PostgresDeliveryRows.ReadClaimed(row, claim));
        }

        if (claimed.Count == 0)
        {
            return claimed;
        }

        // RETURNING answers in any order.
        claimed.Sort(static (a, b) => Order(a).CompareTo(Order(b)));
        var doubtful = claimed.Count(delivery => delivery.IsUnanswered);
        var counts = new DeliveryCounts();
        counts.Add(DeliveryCounts.Alive, claim.Queue, DeliveryState.Waiting, doubtful - claimed.Count);
        counts.Add(DeliveryCounts.Alive, claim.Queue, DeliveryState.Ambiguous, -doubtful);
        counts.Add(DeliveryCounts.Alive, claim.Provider, DeliveryState.Sending, claimed.Count);
        using var books = postgres.Batch();
        PostgresDeliveryLeases.Add(books, claim.LeaseUntil, claim.Node, Array(claimed, delivery => delivery.Id.Value));
        counts.Write(books);
        books.ExecuteNonQuery();
        return claimed;
    }

    public DateTimeOffset? NextDueAt(WriteTx tx, string queue)
    {
        using var find = PostgresTx.Of(tx).Use(NextSql, queue);
        return find.ExecuteScalar() is DateTime next ? next : null;
    }

    public IReadOnlyList<DeliveryChange> Put(WriteTx tx, IReadOnlyList<DeliveryChange> changes) =>
        changes.Count == 0 ? [] : PostgresDeliveryEnds.Put(PostgresTx.Of(tx), changes);

    public IReadOnlySet<DeliveryId> Renew(WriteTx tx, IReadOnlyList<Delivery> held, DateTimeOffset until)
    {
        var ordered = held.OrderBy(delivery => delivery.Id.Value).ToArray();
        using var renew = PostgresTx.Of(tx).Use(
            """
            WITH kept AS (
                SELECT q.id FROM delivery_queue AS q JOIN unnest($1::bigint[], $2::bigint[]) AS mine (id, fence) ON q.id = mine.id AND q.fence = mine.fence
                WHERE q.state = 2 ORDER BY q.id FOR UPDATE OF q)
            UPDATE delivery_queue AS q SET lease_until = $3 FROM kept WHERE q.id = kept.id RETURNING q.id
            """,
            Array(ordered, delivery => delivery.Id.Value), Array(ordered, delivery => delivery.Fence), until);
        HashSet<DeliveryId> kept = [];
        using var rows = renew.ExecuteReader();
        while (rows.Read())
        {
            kept.Add(new(rows.GetInt64(0)));
        }

        return kept;
    }

    public IReadOnlyList<Delivery> Abandoned(WriteTx tx, int? node, int limit) => PostgresDeliveryLeases.Abandoned(PostgresTx.Of(tx), node, limit);

    // It may move from one place to the other between two looks; never twice while anybody waits for it.
    public Delivery? Lock(WriteTx tx, DeliveryId id) => Lock(tx, "delivery_queue", id) ?? Lock(tx, "delivery_log", id) ?? Lock(tx, "delivery_queue", id);

    public IReadOnlyList<Delivery> LockAlive(WriteTx tx, NotificationId notification, DeliveryId after, int limit)
    {
        using var find = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM delivery_queue WHERE notification_id = $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE", notification.Value, after.Value, (long)limit);
        return PostgresDeliveryRows.ReadAll(find);
    }

    public IReadOnlyList<Delivery> LockSiblings(WriteTx tx, NotificationId notification, UserId? user)
    {
        var postgres = PostgresTx.Of(tx);
        using var alive = postgres.Use($"SELECT {Columns} FROM delivery_queue WHERE notification_id = $1 AND user_id = $2 ORDER BY id FOR UPDATE", notification.Value, user?.Value ?? 0);
        var siblings = PostgresDeliveryRows.ReadAll(alive);
        using var ended = postgres.Use(
            $"SELECT {Columns} FROM delivery_log WHERE notification_id = $1 AND user_id = $2 AND id >= $3 ORDER BY id FOR UPDATE",
            notification.Value, user?.Value ?? 0, PostgresDeliveryRows.FirstOf(notification));
        siblings.AddRange(PostgresDeliveryRows.ReadAll(ended));
        siblings.Sort(static (one, other) => one.Id.Value.CompareTo(other.Id.Value));
        return siblings;
    }

    public IReadOnlyList<Delivery> LockCollapsed(WriteTx tx, UserId user, string collapseKey)
    {
        using var find = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM delivery_queue WHERE user_id = $1 AND collapse_key = $2 AND collapse_key IS NOT NULL AND state = 1 ORDER BY id FOR UPDATE", user.Value, collapseKey);
        return PostgresDeliveryRows.ReadAll(find);
    }

    public IReadOnlyDictionary<string, QueuePause> Pauses(WriteTx tx)
    {
        using var find = PostgresTx.Of(tx).Use(PostgresDeliveryRows.PausesSql);
        using var rows = find.ExecuteReader();
        Dictionary<string, QueuePause> pauses = [];
        while (rows.Read())
        {
            PostgresDeliveryRows.AddPause(rows, pauses);
        }

        return pauses;
    }

    public void Pause(WriteTx tx, string queue, QueuePause? pause)
    {
        var postgres = PostgresTx.Of(tx);
        if (pause is null)
        {
            postgres.Run("DELETE FROM delivery_pause WHERE provider = $1", queue);
        }
        else
        {
            postgres.Run(
                "INSERT INTO delivery_pause (provider, at, reason, by_hand) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", queue, pause.At, pause.Reason, pause.IsByHand);
        }
    }

    private static int Insert(PostgresTx tx, string table, string sql, IReadOnlyList<Delivery> deliveries)
    {
        var counts = new DeliveryCounts();
        foreach (var delivery in deliveries)
        {
            counts.Add(delivery, 1);
        }

        var ids = Array(deliveries, row => row.Id.Value);
        using var batch = tx.Batch();
        batch.Add(
            sql,
            ids, Array(deliveries, row => row.Notification.Value), Array(deliveries, row => row.User?.Value ?? 0), Same(deliveries, row => row.Category),
            Same(deliveries, row => (short)row.Channel), Same(deliveries, row => row.Provider), Array(deliveries, row => row.AddressId), CommandParameters.Sparse(Array(deliveries, row => row.Address)),
            CommandParameters.Sparse(Array(deliveries, row => row.CollapseKey)), Same(deliveries, row => row.DigestId), CommandParameters.Sparse(Array(deliveries, row => (short?)row.FallbackOf)),
            Same(deliveries, row => (short)row.Priority), Same(deliveries, row => (short)row.Policy), Same(deliveries, row => row.DueAt.UtcDateTime), Same(deliveries, row => row.ExpiresAt.UtcDateTime),
            Same(deliveries, row => (short)row.State), CommandParameters.Times(CommandParameters.Sparse(Array(deliveries, row => row.FinishedAt?.UtcDateTime))),
            PostgresDeliveryRows.FirstOf(new(deliveries.Min(row => row.Notification.Value))), Snowflake.FirstAt(Snowflake.TimeOf(ids[^1]) + s_skew));

        // Nearly always all of them are new, and one round trip is enough.
        counts.Write(batch);
        try
        {
            batch.ExecuteNonQuery();
        }
        catch (PostgresException e) when (e is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "delivery_queue_of" })
        {
            throw new RerunException(e);
        }

        var written = batch.BatchCommands[0].RecordsAffected;
        if (written < ids.Length)
        {
            LeftOut(tx, table, deliveries, ids);
        }

        return written;
    }

    /// <summary>Takes those out of the counts again that were there before.</summary>
    private static void LeftOut(PostgresTx tx, string table, IReadOnlyList<Delivery> deliveries, long[] ids)
    {
        HashSet<long> written = [];
        using (var find = tx.Use($"SELECT id FROM {table} WHERE id = ANY($1) AND id >= $2 AND id <= $3", ids, ids.Min(), ids.Max()))
        {
            using var rows = find.ExecuteReader();
            while (rows.Read())
            {
                written.Add(rows.GetInt64(0));
            }
        }

        var counts = new DeliveryCounts();
        foreach (var delivery in deliveries.Where(delivery => !written.Contains(delivery.Id.Value)))
        {
            counts.Add(delivery, -1);
        }

        counts.Write(tx);
    }

    private static Delivery? Lock(WriteTx tx, string table, DeliveryId id)
    {
        using var find = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM {table} WHERE id = $1 FOR UPDATE", id.Value);
        return PostgresDeliveryRows.ReadAll(find) is [var delivery] ? delivery : null;
    }

    private static (int, int, DateTimeOffset, long) Order(Delivery claimed) => (claimed.IsUnanswered ? 0 : 1, (int)claimed.Priority, claimed.DueAt, claimed.Id.Value);

    private static TValue[] Array<TRow, TValue>(IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return values;
    }

    private static TValue[] Same<TValue>(IReadOnlyList<Delivery> rows, Func<Delivery, TValue> value) => CommandParameters.Same(Array(rows, value));
}
