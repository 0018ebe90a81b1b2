using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Postgres.Notifications;

/// <summary>A whole turn's rows go in one statement each way, as arrays: one round trip and one plan for five hundred of them.</summary>
internal sealed class PostgresDeliveryQueue : IDeliveryQueue
{
    private const string Columns = PostgresDeliveryRows.Columns;

    // What a runner asks again and again; a test reads the plans. The limits of the later ranges are what the earlier ones left.
    internal const string ClaimSql =
        $"""
        WITH doubtful AS MATERIALIZED (
            SELECT id FROM delivery WHERE provider = $1 AND state = 3 AND due_at <= $2 AND $4 ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED),
        high AS MATERIALIZED (
            SELECT id FROM delivery WHERE provider = $1 AND state = 1 AND priority = 1 AND due_at <= $2 AND (ambiguous = 0 OR NOT $5)
            ORDER BY due_at, id LIMIT $3 - (SELECT count(*) FROM doubtful) FOR UPDATE SKIP LOCKED),
        normal AS MATERIALIZED (
            SELECT id FROM delivery WHERE provider = $1 AND state = 1 AND priority = 2 AND due_at <= $2 AND (ambiguous = 0 OR NOT $5)
            ORDER BY due_at, id LIMIT $3 - (SELECT count(*) FROM doubtful) - (SELECT count(*) FROM high) FOR UPDATE SKIP LOCKED),
        low AS MATERIALIZED (
            SELECT id FROM delivery WHERE provider = $1 AND state = 1 AND priority = 3 AND due_at <= $2 AND (ambiguous = 0 OR NOT $5)
            ORDER BY due_at, id LIMIT $3 - (SELECT count(*) FROM doubtful) - (SELECT count(*) FROM high) - (SELECT count(*) FROM normal) FOR UPDATE SKIP LOCKED)
        UPDATE delivery SET state = 2, attempt = attempt + 1 - unanswered::integer, fence = fence + 1, node = $6, lease_until = $7,
            started_at = CASE WHEN unanswered THEN coalesce(started_at, $2) ELSE $2 END, provider = $8
        WHERE id = ANY(ARRAY(SELECT id FROM doubtful UNION ALL SELECT id FROM high UNION ALL SELECT id FROM normal UNION ALL SELECT id FROM low))
        RETURNING {Columns}
        """;

    internal const string NextSql =
        """
        SELECT least(
            (SELECT due_at FROM delivery WHERE provider = $1 AND state = 1 AND priority = 1 ORDER BY due_at LIMIT 1),
            (SELECT due_at FROM delivery WHERE provider = $1 AND state = 1 AND priority = 2 ORDER BY due_at LIMIT 1),
            (SELECT due_at FROM delivery WHERE provider = $1 AND state = 1 AND priority = 3 ORDER BY due_at LIMIT 1),
            (SELECT due_at FROM delivery WHERE provider = $1 AND state = 3 ORDER BY due_at LIMIT 1))
        """;

    internal const string EndedSql = $"SELECT {Columns} FROM delivery WHERE state = 2 AND lease_until < $1 ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED";

    private const string InsertSql =
        """
        WITH added AS (
            INSERT INTO delivery (id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at,
                expires_at, state, finished_at, attempt, fence, ambiguous, unanswered, cancel_requested)
            SELECT *, 0, 0, 0, false, false
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::smallint[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::smallint[],
                $12::smallint[], $13::smallint[], $14::timestamptz[], $15::timestamptz[], $16::smallint[], $17::timestamptz[])
            ON CONFLICT DO NOTHING RETURNING provider, state),
        counted AS (
            INSERT INTO delivery_count_delta (provider, state, n) SELECT provider, state, count(*) FROM added GROUP BY provider, state)
        SELECT count(*)::integer FROM added
        """;

    // A cancellation that came meanwhile stands, unless the row begins anew from its end.
    private const string PutSql =
        """
        WITH put AS (
            UPDATE delivery SET state = c.state, due_at = c.due_at, expires_at = c.expires_at, attempt = c.attempt, ambiguous = c.ambiguous, unanswered = c.unanswered,
                cancel_requested = CASE WHEN delivery.state >= 4 THEN c.cancel_requested ELSE delivery.cancel_requested OR c.cancel_requested END, reason = c.reason,
                message_id = c.message_id, opened_at = c.opened_at, finished_at = c.finished_at, node = c.node, lease_until = c.lease_until,
                provider = c.provider
            FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::smallint[], $5::timestamptz[], $6::timestamptz[], $7::integer[], $8::integer[], $9::boolean[], $10::boolean[],
                $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::integer[], $16::timestamptz[], $17::text[], $18::text[])
                AS c (id, before, fence, state, due_at, expires_at, attempt, ambiguous, unanswered, cancel_requested, reason, message_id, opened_at, finished_at, node, lease_until, was_in, provider)
            WHERE delivery.id = c.id AND delivery.state = c.before AND delivery.fence = c.fence
            RETURNING delivery.id, c.was_in, c.provider, c.before, c.state),
        counted AS (
            INSERT INTO delivery_count_delta (provider, state, n)
            SELECT provider, state, sum(n) FROM (
                SELECT was_in AS provider, before AS state, -1 AS n FROM put UNION ALL SELECT provider, state, 1 FROM put) AS changed
            GROUP BY provider, state HAVING sum(n) <> 0)
        SELECT id FROM put
        """;

    private const string AttemptSql =
        """
        INSERT INTO delivery_attempt (delivery_id, number, at, provider, look_up, class, code, detail, latency_ms, next_at)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::boolean[], $6::smallint[], $7::text[], $8::text[], $9::integer[], $10::timestamptz[])
        ON CONFLICT DO NOTHING
        """;

    public int Insert(WriteTx tx, IReadOnlyList<Delivery> deliveries)
    {
        using var insert = PostgresTx.Of(tx).Use(
            InsertSql,
            Array(deliveries, row => row.Id.Value), Array(deliveries, row => row.Notification.Value), Array(deliveries, row => row.User?.Value ?? 0), Array(deliveries, row => row.Category),
            Array(deliveries, row => (short)row.Channel), Array(deliveries, row => row.Provider), Array(deliveries, row => row.AddressId), Array(deliveries, row => row.Address),
            Array(deliveries, row => row.CollapseKey), Array(deliveries, row => row.DigestId), Array(deliveries, row => (short?)row.FallbackOf),
            Array(deliveries, row => (short)row.Priority), Array(deliveries, row => (short)row.Policy), Array(deliveries, row => row.DueAt.UtcDateTime),
            Array(deliveries, row => row.ExpiresAt.UtcDateTime), Array(deliveries, row => (short)row.State), CommandParameters.Times(Array(deliveries, row => row.FinishedAt?.UtcDateTime)));
        return (int)insert.ExecuteScalar()!;
    }

    public IReadOnlyList<Delivery> Claim(WriteTx tx, DeliveryClaim claim)
    {
        var postgres = PostgresTx.Of(tx);
        var isTakeOver = claim.Queue != claim.Provider;
        using var take = postgres.Use(
            ClaimSql, claim.Queue, tx.Now, (long)claim.Limit, claim.AmbiguousFirst && !isTakeOver, isTakeOver, claim.Node, claim.LeaseUntil, claim.Provider);
        var claimed = PostgresDeliveryRows.ReadAll(take);
        if (claimed.Count == 0)
        {
            return claimed;
        }

        // RETURNING answers in any order.
        claimed.Sort(static (a, b) => Order(a).CompareTo(Order(b)));
        var doubtful = claimed.Count(delivery => delivery.IsUnanswered);
        Count(postgres, (claim.Queue, DeliveryState.Waiting, doubtful - claimed.Count), (claim.Queue, DeliveryState.Ambiguous, -doubtful), (claim.Provider, DeliveryState.Sending, claimed.Count));
        return claimed;
    }

    public DateTimeOffset? NextDueAt(WriteTx tx, string queue)
    {
        using var find = PostgresTx.Of(tx).Use(NextSql, queue);
        return find.ExecuteScalar() is DateTime next ? next : null;
    }

    public IReadOnlyList<DeliveryChange> Put(WriteTx tx, IReadOnlyList<DeliveryChange> changes)
    {
        if (changes.Count == 0)
        {
            return [];
        }

        // Rows are locked in ascending id order, as everywhere.
        var postgres = PostgresTx.Of(tx);
        var ordered = changes.OrderBy(change => change.Before.Id.Value).ToArray();
        HashSet<long> done = [];
        using (var put = postgres.Use(
            PutSql,
            Array(ordered, c => c.Before.Id.Value), Array(ordered, c => (short)c.Before.State), Array(ordered, c => c.Before.Fence), Array(ordered, c => (short)c.After.State),
            Array(ordered, c => c.After.DueAt.UtcDateTime), Array(ordered, c => c.After.ExpiresAt.UtcDateTime), Array(ordered, c => c.After.Attempt),
            Array(ordered, c => c.After.Ambiguous), Array(ordered, c => c.After.IsUnanswered), Array(ordered, c => c.After.IsCancelRequested), Array(ordered, c => c.After.Reason),
            Array(ordered, c => c.After.MessageId), CommandParameters.Times(Array(ordered, c => c.After.OpenedAt?.UtcDateTime)), CommandParameters.Times(Array(ordered, c => c.After.FinishedAt?.UtcDateTime)),
            Array(ordered, c => c.After.Node), CommandParameters.Times(Array(ordered, c => c.After.LeaseUntil?.UtcDateTime)), Array(ordered, c => c.Before.Provider),
            Array(ordered, c => c.After.Provider)))
        {
            using var rows = put.ExecuteReader();
            while (rows.Read())
            {
                done.Add(rows.GetInt64(0));
            }
        }

        Log(postgres, [.. ordered.Where(change => change.Attempt is not null)]);
        return done.Count == changes.Count ? [] : [.. changes.Where(change => !done.Contains(change.Before.Id.Value))];
    }

    public IReadOnlySet<DeliveryId> Renew(WriteTx tx, IReadOnlyList<Delivery> held, DateTimeOffset until)
    {
        var ordered = held.OrderBy(delivery => delivery.Id.Value).ToArray();
        using var renew = PostgresTx.Of(tx).Use(
            """
            WITH kept AS (
                SELECT delivery.id FROM delivery JOIN unnest($1::bigint[], $2::bigint[]) AS mine (id, fence) ON delivery.id = mine.id AND delivery.fence = mine.fence
                WHERE delivery.state = 2 ORDER BY delivery.id FOR UPDATE OF delivery)
            UPDATE delivery SET lease_until = $3 FROM kept WHERE delivery.id = kept.id RETURNING delivery.id
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

    public IReadOnlyList<Delivery> Abandoned(WriteTx tx, int? node, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        using var find = node is { } mine
            ? postgres.Use($"SELECT {Columns} FROM delivery WHERE state = 2 AND node = $1 ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED", mine, (long)limit)
            : postgres.Use(EndedSql, tx.Now, (long)limit);
        return PostgresDeliveryRows.ReadAll(find);
    }

    public Delivery? Lock(WriteTx tx, DeliveryId id)
    {
        using var find = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM delivery WHERE id = $1 FOR UPDATE", id.Value);
        return PostgresDeliveryRows.ReadAll(find) is [var delivery] ? delivery : null;
    }

    public IReadOnlyList<Delivery> LockAlive(WriteTx tx, NotificationId notification, DeliveryId after, int limit)
    {
        using var find = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM delivery WHERE notification_id = $1 AND id > $2 AND state <= 3 ORDER BY id LIMIT $3 FOR UPDATE", notification.Value, after.Value, (long)limit);
        return PostgresDeliveryRows.ReadAll(find);
    }

    public IReadOnlyList<Delivery> LockSiblings(WriteTx tx, NotificationId notification, UserId? user)
    {
        using var find = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM delivery WHERE notification_id = $1 AND user_id = $2 ORDER BY id FOR UPDATE", notification.Value, user?.Value ?? 0);
        return PostgresDeliveryRows.ReadAll(find);
    }

    public IReadOnlyList<Delivery> LockCollapsed(WriteTx tx, UserId user, string collapseKey)
    {
        using var find = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM delivery WHERE user_id = $1 AND collapse_key = $2 AND state = 1 AND collapse_key IS NOT NULL ORDER BY id FOR UPDATE", user.Value, collapseKey);
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

    private static void Count(PostgresTx tx, params ReadOnlySpan<(string Queue, DeliveryState State, int Change)> changes)
    {
        List<(string Queue, DeliveryState State, int Change)> real = [];
        foreach (var change in changes)
        {
            if (change.Change != 0)
            {
                real.Add(change);
            }
        }

        tx.Run(
            "INSERT INTO delivery_count_delta (provider, state, n) SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[])",
            Array(real, change => change.Queue), Array(real, change => (short)change.State), Array(real, change => (long)change.Change));
    }

    private static void Log(PostgresTx tx, DeliveryChange[] handed)
    {
        if (handed.Length > 0)
        {
            tx.Run(
                AttemptSql,
                Array(handed, c => c.Before.Id.Value), Array(handed, c => c.Attempt!.Number), Array(handed, c => c.Attempt!.At.UtcDateTime), Array(handed, c => c.Attempt!.Provider),
                Array(handed, c => c.Attempt!.IsLookUp), Array(handed, c => (short)c.Attempt!.Class), Array(handed, c => c.Attempt!.Code), Array(handed, c => c.Attempt!.Detail),
                Array(handed, c => (int)c.Attempt!.Latency.TotalMilliseconds), CommandParameters.Times(Array(handed, c => c.Attempt!.NextAt?.UtcDateTime)));
        }
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
}
