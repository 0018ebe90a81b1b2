using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

/// <summary>The one writer is alone: rows are read and then changed one by one on prepared statements, and the counts move once a call.</summary>
internal sealed class SqliteDeliveryQueue : IDeliveryQueue
{
    // What a runner asks again and again; a test reads their plans.
    internal const string WaitingSql =
        $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_waiting WHERE provider = ?1 AND state = 1 AND priority = ?2 AND due_at <= ?3 ORDER BY due_at, id LIMIT ?4";

    internal const string TakeOverSql =
        $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_waiting WHERE provider = ?1 AND state = 1 AND priority = ?2 AND due_at <= ?3 AND ambiguous = 0 ORDER BY due_at, id LIMIT ?4";

    internal const string AmbiguousSql =
        $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_ambiguous WHERE provider = ?1 AND state = 3 AND due_at <= ?2 ORDER BY due_at, id LIMIT ?3";

    internal const string NextSql =
        """
        SELECT min(due_at) FROM (
            SELECT * FROM (SELECT due_at FROM delivery INDEXED BY delivery_waiting WHERE provider = ?1 AND state = 1 AND priority = 1 ORDER BY due_at LIMIT 1)
            UNION ALL SELECT * FROM (SELECT due_at FROM delivery INDEXED BY delivery_waiting WHERE provider = ?1 AND state = 1 AND priority = 2 ORDER BY due_at LIMIT 1)
            UNION ALL SELECT * FROM (SELECT due_at FROM delivery INDEXED BY delivery_waiting WHERE provider = ?1 AND state = 1 AND priority = 3 ORDER BY due_at LIMIT 1)
            UNION ALL SELECT * FROM (SELECT due_at FROM delivery INDEXED BY delivery_ambiguous WHERE provider = ?1 AND state = 3 ORDER BY due_at LIMIT 1))
        """;

    internal const string EndedSql = $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_lease WHERE state = 2 AND lease_until < ?1 ORDER BY lease_until LIMIT ?2";

    private const string InsertSql =
        """
        INSERT INTO delivery (id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at,
            expires_at, state, attempt, fence, ambiguous, unanswered, cancel_requested, finished_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 0, 0, 0, 0, 0, ?17) ON CONFLICT DO NOTHING
        """;

    private const string TakeSql =
        "UPDATE delivery SET state = 2, attempt = ?1, fence = ?2, node = ?3, lease_until = ?4, started_at = ?5 WHERE id = ?6";

    private const string TakeAwaySql =
        "UPDATE delivery SET state = 2, attempt = ?1, fence = ?2, node = ?3, lease_until = ?4, started_at = ?5, provider = ?7 WHERE id = ?6";

    // A cancellation that came meanwhile stands, unless the row begins anew from its end.
    private const string PutSql =
        """
        UPDATE delivery SET state = ?1, due_at = ?2, expires_at = ?3, attempt = ?4, ambiguous = ?5, unanswered = ?6,
            cancel_requested = CASE WHEN state >= 4 THEN ?7 ELSE max(cancel_requested, ?7) END, reason = ?8, message_id = ?9, opened_at = ?10, finished_at = ?11,
            node = ?12, lease_until = ?13, provider = ?17
        WHERE id = ?14 AND state = ?15 AND fence = ?16
        """;

    private const string EndSql =
        "UPDATE delivery SET state = ?1, unanswered = 0, reason = ?2, message_id = ?3, finished_at = ?4, node = NULL, lease_until = NULL WHERE id = ?5 AND state = 2 AND fence = ?6";

    private const string AttemptSql =
        """
        INSERT INTO delivery_attempt (delivery_id, number, at, provider, look_up, class, code, detail, latency_ms, next_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING
        """;

    private static readonly DeliveryPriority[] Priorities = [DeliveryPriority.High, DeliveryPriority.Normal, DeliveryPriority.Low];

    public int Insert(WriteTx tx, IReadOnlyList<Delivery> deliveries)
    {
        var sqlite = SqliteTx.Of(tx);
        var counts = new CountChanges();
        var written = 0;
        using (var insert = sqlite.Use(InsertSql))
        {
            foreach (var row in deliveries)
            {
                insert.Bind(1, row.Id.Value).Bind(2, row.Notification.Value).Bind(3, row.User?.Value ?? 0).Bind(4, row.Category).Bind(5, (long)row.Channel)
                    .Bind(6, row.Provider).Bind(7, row.AddressId).Bind(8, row.Address).Bind(9, row.CollapseKey).Bind(10, row.DigestId).Bind(11, (long?)row.FallbackOf)
                    .Bind(12, (long)row.Priority).Bind(13, (long)row.Policy).Bind(14, row.DueAt).Bind(15, row.ExpiresAt).Bind(16, (long)row.State).Bind(17, row.FinishedAt);
                insert.Again();
                if (insert.Changes == 1)
                {
                    counts.Add(row.Provider, row.State, 1);
                    written++;
                }
            }
        }

        counts.Write(sqlite);
        return written;
    }

    public IReadOnlyList<Delivery> Claim(WriteTx tx, DeliveryClaim claim)
    {
        var sqlite = SqliteTx.Of(tx);
        List<Delivery> claimed = [];
        var isTakeOver = claim.Queue != claim.Provider;
        if (claim.AmbiguousFirst && !isTakeOver)
        {
            using var find = sqlite.Use(AmbiguousSql);
            SqliteDeliveryRows.ReadAll(find.Bind(1, claim.Queue).Bind(2, tx.Now).Bind(3, (long)claim.Limit), claimed);
        }

        foreach (var priority in Priorities)
        {
            if (claimed.Count == claim.Limit)
            {
                break;
            }

            using var find = sqlite.Use(isTakeOver ? TakeOverSql : WaitingSql);
            SqliteDeliveryRows.ReadAll(
                find.Bind(1, claim.Queue).Bind(2, (long)priority).Bind(3, tx.Now).Bind(4, (long)(claim.Limit - claimed.Count)), claimed);
        }

        Take(sqlite, claim, claimed, tx.Now);
        return claimed;
    }

    public DateTimeOffset? NextDueAt(WriteTx tx, string queue)
    {
        using var find = SqliteTx.Of(tx).Use(NextSql);
        return find.Bind(1, queue).Scalar() is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
    }

    public IReadOnlyList<DeliveryChange> Put(WriteTx tx, IReadOnlyList<DeliveryChange> changes)
    {
        var sqlite = SqliteTx.Of(tx);
        List<DeliveryChange> stale = [];
        var counts = new CountChanges();
        using var put = sqlite.Use(PutSql);
        using var end = sqlite.Use(EndSql);
        using var log = sqlite.Use(AttemptSql);
        foreach (var change in changes)
        {
            var (before, after) = (change.Before, change.After);
            if (IsPlainEnd(before, after) ? End(end, before, after) : Put(put, before, after))
            {
                if (before.State != after.State || before.Provider != after.Provider)
                {
                    counts.Add(before.Provider, before.State, -1);
                    counts.Add(after.Provider, after.State, 1);
                }
            }
            else
            {
                stale.Add(change);
            }

            if (change.Attempt is { } attempt)
            {
                Log(log, before.Id, attempt);
            }
        }

        counts.Write(sqlite);
        return stale;
    }

    public IReadOnlySet<DeliveryId> Renew(WriteTx tx, IReadOnlyList<Delivery> held, DateTimeOffset until)
    {
        HashSet<DeliveryId> kept = [];
        using var renew = SqliteTx.Of(tx).Use("UPDATE delivery SET lease_until = ?1 WHERE id = ?2 AND state = 2 AND fence = ?3");
        foreach (var delivery in held)
        {
            renew.Bind(1, until).Bind(2, delivery.Id.Value).Bind(3, delivery.Fence).Again();
            if (renew.Changes == 1)
            {
                kept.Add(delivery.Id);
            }
        }

        return kept;
    }

    public IReadOnlyList<Delivery> Abandoned(WriteTx tx, int? node, int limit)
    {
        using var find = SqliteTx.Of(tx).Use(node is null
            ? EndedSql
            : $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_lease WHERE state = 2 AND lease_until > 0 AND node = ?1 ORDER BY lease_until LIMIT ?2");
        return SqliteDeliveryRows.ReadAll(find.Bind(1, node ?? tx.Now.ToUnixTimeMilliseconds()).Bind(2, (long)limit));
    }

    public Delivery? Lock(WriteTx tx, DeliveryId id)
    {
        using var find = SqliteTx.Of(tx).Use($"SELECT {SqliteDeliveryRows.Columns} FROM delivery WHERE id = ?1");
        return find.Bind(1, id.Value).Step() ? SqliteDeliveryRows.Read(find) : null;
    }

    public IReadOnlyList<Delivery> LockAlive(WriteTx tx, NotificationId notification, DeliveryId after, int limit)
    {
        using var find = SqliteTx.Of(tx).Use(
            $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_of WHERE notification_id = ?1 AND id > ?2 AND state <= 3 ORDER BY id LIMIT ?3");
        return SqliteDeliveryRows.ReadAll(find.Bind(1, notification.Value).Bind(2, after.Value).Bind(3, (long)limit));
    }

    public IReadOnlyList<Delivery> LockSiblings(WriteTx tx, NotificationId notification, UserId? user)
    {
        using var find = SqliteTx.Of(tx).Use($"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_of WHERE notification_id = ?1 AND user_id = ?2 ORDER BY id");
        return SqliteDeliveryRows.ReadAll(find.Bind(1, notification.Value).Bind(2, user?.Value ?? 0));
    }

    public IReadOnlyList<Delivery> LockCollapsed(WriteTx tx, UserId user, string collapseKey)
    {
        using var find = SqliteTx.Of(tx).Use(
            $"SELECT {SqliteDeliveryRows.Columns} FROM delivery INDEXED BY delivery_collapse WHERE user_id = ?1 AND collapse_key = ?2 AND state = 1 ORDER BY id");
        return SqliteDeliveryRows.ReadAll(find.Bind(1, user.Value).Bind(2, collapseKey));
    }

    public IReadOnlyDictionary<string, QueuePause> Pauses(WriteTx tx)
    {
        using var find = SqliteTx.Of(tx).Use(SqliteDeliveryRows.PausesSql);
        return SqliteDeliveryRows.ReadPauses(find);
    }

    public void Pause(WriteTx tx, string queue, QueuePause? pause)
    {
        var sqlite = SqliteTx.Of(tx);
        if (pause is null)
        {
            using var resume = sqlite.Use("DELETE FROM delivery_pause WHERE provider = ?1");
            resume.Bind(1, queue).Run();
            return;
        }

        using var set = sqlite.Use("INSERT INTO delivery_pause (provider, at, reason, by_hand) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");
        set.Bind(1, queue).Bind(2, pause.At).Bind(3, pause.Reason).Bind(4, pause.IsByHand).Run();
    }

    private static void Take(SqliteTx sqlite, DeliveryClaim claim, List<Delivery> claimed, DateTimeOffset now)
    {
        if (claimed.Count == 0)
        {
            return;
        }

        var counts = new CountChanges();
        var isTakeOver = claim.Queue != claim.Provider;
        using var take = sqlite.Use(isTakeOver ? TakeAwaySql : TakeSql);
        for (var i = 0; i < claimed.Count; i++)
        {
            var before = claimed[i];
            var after = claimed[i] = before with
            {
                State = DeliveryState.Sending,
                Attempt = before.Attempt + (before.IsUnanswered ? 0 : 1),
                Fence = before.Fence + 1,
                Node = claim.Node,
                LeaseUntil = claim.LeaseUntil,
                StartedAt = before.IsUnanswered ? before.StartedAt ?? now : now,
                Provider = isTakeOver ? claim.Provider : before.Provider,
            };
            take.Bind(1, (long)after.Attempt).Bind(2, after.Fence).Bind(3, (long)claim.Node).Bind(4, claim.LeaseUntil).Bind(5, after.StartedAt).Bind(6, after.Id.Value);
            (isTakeOver ? take.Bind(7, claim.Provider) : take).Again();
            counts.Add(before.Provider, before.State, -1);
            counts.Add(after.Provider, DeliveryState.Sending, 1);
        }

        counts.Write(sqlite);
    }

    // Nearly all of them: taken by the provider, with nothing else changed.
    private static bool IsPlainEnd(Delivery before, Delivery after) =>
        before.State == DeliveryState.Sending && after.State is DeliveryState.Sent or DeliveryState.Dead or DeliveryState.Dropped && before.Attempt == after.Attempt
        && before.Ambiguous == after.Ambiguous && after.OpenedAt is null;

    private static bool End(Statement end, Delivery before, Delivery after)
    {
        end.Bind(1, (long)after.State).Bind(2, after.Reason).Bind(3, after.MessageId).Bind(4, after.FinishedAt).Bind(5, before.Id.Value).Bind(6, before.Fence).Again();
        return end.Changes == 1;
    }

    private static bool Put(Statement put, Delivery before, Delivery after)
    {
        put.Bind(1, (long)after.State).Bind(2, after.DueAt).Bind(3, after.ExpiresAt).Bind(4, (long)after.Attempt).Bind(5, (long)after.Ambiguous).Bind(6, after.IsUnanswered)
            .Bind(7, after.IsCancelRequested).Bind(8, after.Reason).Bind(9, after.MessageId).Bind(10, after.OpenedAt).Bind(11, after.FinishedAt)
            .Bind(12, (long?)after.Node).Bind(13, after.LeaseUntil).Bind(14, before.Id.Value).Bind(15, (long)before.State).Bind(16, before.Fence).Bind(17, after.Provider).Again();
        return put.Changes == 1;
    }

    private static void Log(Statement log, DeliveryId id, DeliveryAttempt attempt) => log
        .Bind(1, id.Value).Bind(2, attempt.Number).Bind(3, attempt.At).Bind(4, attempt.Provider).Bind(5, attempt.IsLookUp).Bind(6, (long)attempt.Class).Bind(7, attempt.Code)
        .Bind(8, attempt.Detail).Bind(9, (long)attempt.Latency.TotalMilliseconds).Bind(10, attempt.NextAt).Again();

    /// <summary>How many more or fewer of each queue and state: written once a call.</summary>
    private sealed class CountChanges
    {
        private readonly List<(string Queue, DeliveryState State, int Change)> _changes = [];

        public void Add(string queue, DeliveryState state, int change)
        {
            for (var i = 0; i < _changes.Count; i++)
            {
                if (_changes[i].State == state && _changes[i].Queue == queue)
                {
                    _changes[i] = (queue, state, _changes[i].Change + change);
                    return;
                }
            }

            _changes.Add((queue, state, change));
        }

        public void Write(SqliteTx tx)
        {
            using var count = tx.Use("INSERT INTO delivery_count (provider, state, n) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET n = n + excluded.n");
            foreach (var (queue, state, change) in _changes)
            {
                if (change != 0)
                {
                    count.Bind(1, queue).Bind(2, (long)state).Bind(3, (long)change).Again();
                }
            }
        }
    }
}
