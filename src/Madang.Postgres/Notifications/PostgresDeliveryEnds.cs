using Madang.Notifications.Delivering;

namespace Madang.Postgres.Notifications;

/// <summary>
/// How deliveries change. Nearly all of them end: one statement takes a whole turn's rows out of the queue and writes them into the log. What goes on living is
/// changed in the queue; what had ended and is changed by a receipt or a replay is rare, and changed one by one in its day of the log.
/// </summary>
internal static class PostgresDeliveryEnds
{
    private const string Moved =
        "id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at, expires_at, attempt, fence, "
        + "ambiguous, cancel_requested, started_at, opened_at";

    // A cancellation that came meanwhile stands: it is not among what is written.
    private static readonly string s_endSql =
        $"""
        WITH ended AS (
            DELETE FROM delivery_queue AS d
            USING (SELECT
                unnest($1::bigint[]) AS id, unnest($2::bigint[]) AS fence, unnest($3::smallint[]) AS state, unnest($4::text[]) AS reason,
                unnest($5::text[]) AS message_id, unnest($6::timestamptz[]) AS finished_at, unnest($7::text[]) AS line) AS c
            WHERE d.id = c.id AND d.state = 2 AND d.fence = coalesce(c.fence, ($2::bigint[])[1])
            RETURNING {string.Join(", ", Moved.Split(", ").Select(column => "d." + column))}, coalesce(c.state, ($3::smallint[])[1]), c.reason, c.message_id,
                coalesce(c.finished_at, ($6::timestamptz[])[1]), CASE WHEN d.attempts IS NULL THEN c.line ELSE concat_ws(E'\n', d.attempts, c.line) END)
        INSERT INTO delivery_log ({Moved}, state, reason, message_id, finished_at, attempts, unanswered) SELECT *, false FROM ended RETURNING id
        """;

    // A cancellation that came meanwhile stands.
    private const string PutSql =
        """
        UPDATE delivery_queue AS d SET state = c.state, due_at = c.due_at, expires_at = c.expires_at, attempt = c.attempt, ambiguous = c.ambiguous, unanswered = c.unanswered,
            cancel_requested = d.cancel_requested OR c.cancel_requested, reason = c.reason, message_id = c.message_id, opened_at = c.opened_at, finished_at = c.finished_at,
            node = c.node, lease_until = c.lease_until, provider = c.provider, attempts = nullif(concat_ws(E'\n', d.attempts, c.line), '')
        FROM (SELECT
                unnest($1::bigint[]) AS id, unnest($2::smallint[]) AS before, unnest($3::bigint[]) AS fence, unnest($4::smallint[]) AS state,
                unnest($5::timestamptz[]) AS due_at, unnest($6::timestamptz[]) AS expires_at, unnest($7::integer[]) AS attempt,
                unnest($8::integer[]) AS ambiguous, unnest($9::boolean[]) AS unanswered, unnest($10::boolean[]) AS cancel_requested,
                unnest($11::text[]) AS reason, unnest($12::text[]) AS message_id, unnest($13::timestamptz[]) AS opened_at,
                unnest($14::timestamptz[]) AS finished_at, unnest($15::integer[]) AS node, unnest($16::timestamptz[]) AS lease_until,
                unnest($17::text[]) AS provider, unnest($18::text[]) AS line) AS c
        WHERE d.id = c.id AND d.state = c.before AND d.fence = c.fence
        RETURNING d.id
        """;

    // By one id, so that only its day is looked at. What begins anew from its end begins without a cancellation.
    private const string AmendSql =
        """
        UPDATE delivery_log SET state = $4, due_at = $5, expires_at = $6, attempt = $7, ambiguous = $8, unanswered = $9, cancel_requested = $10, reason = $11, message_id = $12,
            opened_at = $13, finished_at = $14, provider = $15, attempts = nullif(concat_ws(E'\n', attempts, $16::text), '')
        WHERE id = $1 AND state = $2 AND fence = $3
        """;

    private const string IntoLogSql =
        $"""
        WITH moved AS (DELETE FROM delivery_queue WHERE id = ANY($1) RETURNING {PostgresDeliveryRows.Columns}, attempts)
        INSERT INTO delivery_log ({PostgresDeliveryRows.Columns}, attempts) SELECT * FROM moved
        """;

    private const string OutOfLogSql =
        $"""
        WITH moved AS (DELETE FROM delivery_log WHERE id = $1 RETURNING {PostgresDeliveryRows.Columns}, attempts)
        INSERT INTO delivery_queue ({PostgresDeliveryRows.Columns}, attempts) SELECT * FROM moved
        """;

    public static IReadOnlyList<DeliveryChange> Put(PostgresTx tx, IReadOnlyList<DeliveryChange> changes)
    {
        // Rows are locked in ascending id order, as everywhere.
        var (ends, changed, amended) = (new List<DeliveryChange>(changes.Count), new List<DeliveryChange>(), new List<DeliveryChange>());
        foreach (var change in changes.OrderBy(change => change.Before.Id.Value))
        {
            (IsPlainEnd(change) ? ends : change.Before.IsAlive ? changed : amended).Add(change);
        }

        var done = new HashSet<long>(changes.Count);
        End(tx, [.. ends], done);
        Change(tx, [.. changed], done);
        Amend(tx, amended, done);
        if (done.Count == changes.Count)
        {
            return [];
        }

        var stale = changes.Where(change => !done.Contains(change.Before.Id.Value)).ToArray();
        foreach (var change in stale)
        {
            Log(tx, change);
        }

        return stale;
    }

    /// <summary>Taken by the provider, or refused for good: nothing else has changed.</summary>
    private static bool IsPlainEnd(DeliveryChange change) => change is { Before.State: DeliveryState.Sending, After: { IsAlive: false, FinishedAt: not null } } && change.After == change.Before with
    {
        State = change.After.State,
        Reason = change.After.Reason,
        MessageId = change.After.MessageId,
        FinishedAt = change.After.FinishedAt,
        IsUnanswered = false,
        Node = null,
        LeaseUntil = null,
    };

    private static void End(PostgresTx tx, DeliveryChange[] changes, HashSet<long> done)
    {
        if (changes.Length == 0)
        {
            return;
        }

        var counts = new DeliveryCounts();
        foreach (var change in changes)
        {
            counts.Add(change.Before, -1);
            counts.Add(change.After, 1);
        }

        using (var batch = tx.Batch())
        {
            batch.Add(
                s_endSql,
                Array(changes, c => c.Before.Id.Value), Same(changes, c => c.Before.Fence), Same(changes, c => (short)c.After.State),
                CommandParameters.Sparse(Array(changes, c => c.After.Reason)), CommandParameters.Sparse(Array(changes, c => c.After.MessageId)),
                Same(changes, c => c.After.FinishedAt!.Value.UtcDateTime), Array(changes, Line));

            // Nearly always all of them end, and one round trip is enough.
            counts.Write(batch);
            using var rows = batch.ExecuteReader();
            while (rows.Read())
            {
                done.Add(rows.GetInt64(0));
            }
        }

        if (done.Count < changes.Length)
        {
            var (back, counted) = (new DeliveryCounts(), new HashSet<long>(done));
            foreach (var change in changes.Where(change => !counted.Remove(change.Before.Id.Value)))
            {
                back.Add(change.Before, 1);
                back.Add(change.After, -1);
            }

            back.Write(tx);
        }
    }

    private static void Change(PostgresTx tx, DeliveryChange[] changes, HashSet<long> done)
    {
        if (changes.Length == 0)
        {
            return;
        }

        HashSet<long> changed = [];
        Done(changed, tx.Use(
            PutSql,
            Array(changes, c => c.Before.Id.Value), Array(changes, c => (short)c.Before.State), Array(changes, c => c.Before.Fence), Array(changes, c => (short)c.After.State),
            Array(changes, c => c.After.DueAt.UtcDateTime), Array(changes, c => c.After.ExpiresAt.UtcDateTime), Array(changes, c => c.After.Attempt),
            Array(changes, c => c.After.Ambiguous), Array(changes, c => c.After.IsUnanswered), Array(changes, c => c.After.IsCancelRequested), Array(changes, c => c.After.Reason),
            Array(changes, c => c.After.MessageId), CommandParameters.Times(Array(changes, c => c.After.OpenedAt?.UtcDateTime)),
            CommandParameters.Times(Array(changes, c => c.After.FinishedAt?.UtcDateTime)), Array(changes, c => c.After.Node),
            CommandParameters.Times(Array(changes, c => c.After.LeaseUntil?.UtcDateTime)), Array(changes, c => c.After.Provider), Array(changes, Line)));
        var counts = new DeliveryCounts();
        List<long> ended = [];
        foreach (var change in changes.Where(change => changed.Contains(change.Before.Id.Value)))
        {
            counts.Add(change.Before, -1);
            counts.Add(change.After, 1);
            if (!change.After.IsAlive)
            {
                ended.Add(change.Before.Id.Value);
            }
        }

        if (ended.Count > 0)
        {
            tx.Run(IntoLogSql, ended.ToArray());
        }

        counts.Write(tx);
        done.UnionWith(changed);
    }

    private static void Amend(PostgresTx tx, List<DeliveryChange> changes, HashSet<long> done)
    {
        var counts = new DeliveryCounts();
        foreach (var change in changes)
        {
            var after = change.After;
            var amended = tx.Run(
                AmendSql,
                after.Id.Value, (short)change.Before.State, change.Before.Fence, (short)after.State, after.DueAt, after.ExpiresAt, after.Attempt, after.Ambiguous, after.IsUnanswered,
                after.IsCancelRequested, after.Reason, after.MessageId, after.OpenedAt, after.FinishedAt, after.Provider, Line(change));
            if (amended == 0)
            {
                continue;
            }

            done.Add(after.Id.Value);
            counts.Add(change.Before, -1);
            counts.Add(after, 1);
            if (after.IsAlive)
            {
                tx.Run(OutOfLogSql, after.Id.Value);
            }
        }

        counts.Write(tx);
    }

    /// <summary>Who has lost the delivery has handed it over all the same.</summary>
    private static void Log(PostgresTx tx, DeliveryChange stale)
    {
        if (Line(stale) is { } line && tx.Run("UPDATE delivery_queue SET attempts = concat_ws(E'\n', attempts, $2::text) WHERE id = $1", stale.Before.Id.Value, line) == 0)
        {
            tx.Run("UPDATE delivery_log SET attempts = concat_ws(E'\n', attempts, $2::text) WHERE id = $1", stale.Before.Id.Value, line);
        }
    }

    private static string? Line(DeliveryChange change) => change.Attempt is { } attempt ? AttemptLines.Write(attempt) : null;

    private static void Done(HashSet<long> done, Npgsql.NpgsqlCommand command)
    {
        using (command)
        {
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                done.Add(rows.GetInt64(0));
            }
        }
    }

    private static TValue[] Array<TValue>(DeliveryChange[] changes, Func<DeliveryChange, TValue> value) => System.Array.ConvertAll(changes, change => value(change));

    private static TValue[] Same<TValue>(DeliveryChange[] changes, Func<DeliveryChange, TValue> value) => CommandParameters.Same(Array(changes, value));
}
