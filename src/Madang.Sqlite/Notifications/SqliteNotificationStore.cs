using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Delivering;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteNotificationStore(SqliteDatabase database) : INotificationStore
{
    /// <summary>Rows that one page of the list looks at: a rare category or person costs more pages, never a long read.</summary>
    private const int MostLooked = 20_000;

    /// <summary>Unfinished notifications that one turn of pruning passes by.</summary>
    private const int MostPassed = 2_000;

    private readonly SqliteAccepting _accepting = new();

    // Only saves steps: whatever it is after a rollback, a later round comes by again.
    private long _prunedTo;

    public Task<Result<Accepted>> AcceptAsync(Acceptance acceptance, Action<WriteTx, IReadOnlyList<Notification>> follow, CancellationToken cancellationToken) =>
        database.WriteAsync(_accepting, new AcceptanceInQueue(acceptance, follow), cancellationToken);

    public IReadOnlyList<Result<Accepted>> Accept(WriteTx tx, IReadOnlyList<Acceptance> acceptances)
    {
        var results = new Result<Accepted>[acceptances.Count];
        _ = SqliteAccepting.Write(SqliteTx.Of(tx), acceptances, results);
        return results;
    }

    public Task<(Notification First, long Digest)?> FirstAsync(long sender, string eventId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync<(Notification, long)?>(
            connection =>
            {
                using var row = connection.Use(
                    $"""
                    SELECT {NotificationRows.Columns}, k.digest FROM notification_key k JOIN notification n ON n.id = k.notification_id
                    WHERE k.bucket IN (?1, ?1 - 1) AND k.sender = ?2 AND k.event_id = ?3
                    """);
                return row.Bind(1, EventBucket.Of(now)).Bind(2, sender).Bind(3, eventId).Step() ? (NotificationRows.Read(row), row.Int64(NotificationRows.Count)) : null;
            },
            cancellationToken);

    // The one writer is the lock.
    public IReadOnlyList<Notification> Due(WriteTx tx, bool wide, int limit, bool fewestFirst)
    {
        using var rows = SqliteTx.Of(tx).Use(fewestFirst
            ? $"SELECT {NotificationRows.Columns} FROM notification n WHERE n.state IN (1, 2) AND n.is_wide = ?1 AND n.send_at <= ?2 ORDER BY n.people, n.send_at, n.id LIMIT ?3"
            : $"SELECT {NotificationRows.Columns} FROM notification n WHERE n.state IN (1, 2) AND n.is_wide = ?1 AND n.send_at <= ?2 ORDER BY n.send_at, n.id LIMIT ?3");
        rows.Bind(1, wide).Bind(2, tx.Now).Bind(3, (long)limit);
        var due = new List<Notification>();
        while (rows.Step())
        {
            due.Add(NotificationRows.Read(rows));
        }

        return due;
    }

    public DateTimeOffset? NextDue(WriteTx tx, bool wide)
    {
        using var row = SqliteTx.Of(tx).Use("SELECT send_at FROM notification WHERE state IN (1, 2) AND is_wide = ?1 ORDER BY send_at, id LIMIT 1").Bind(1, wide);
        return row.Step() ? row.Time(0) : null;
    }

    public Notification? Lock(WriteTx tx, NotificationId id)
    {
        using var row = SqliteTx.Of(tx).Use($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = ?1").Bind(1, id.Value);
        return row.Step() ? NotificationRows.Read(row) : null;
    }

    public void Put(WriteTx tx, IReadOnlyList<Notification> notifications)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE notification SET state = ?2, planned_to = ?3, people = ?4, send_at = ?5 WHERE id = ?1");
        foreach (var one in notifications)
        {
            update.Bind(1, one.Id.Value).Bind(2, (long)one.State).Bind(3, one.PlannedTo.Value).Bind(4, one.People).Bind(5, one.SendAt).Again();
        }
    }

    public void Decide(WriteTx tx, IReadOnlyList<PersonDecision> decisions)
    {
        using var insert = SqliteTx.Of(tx).Use(
            $"INSERT INTO notification_decision ({NotificationRows.DecisionColumns}) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
        foreach (var one in decisions)
        {
            insert.Bind(1, one.Notification.Value).Bind(2, one.User.Value).Bind(3, one.At).Bind(4, one.Item).Bind(5, one.Codes).Again();
        }
    }

    public Task<Notification?> FindAsync(NotificationId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var row = connection.Use($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = ?1").Bind(1, id.Value);
            return row.Step() ? NotificationRows.Read(row) : null;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<NotificationId, Notification>> FindAsync(IReadOnlyCollection<NotificationId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<NotificationId, Notification>>(
            connection =>
            {
                Dictionary<NotificationId, Notification> found = [];
                using var row = connection.Use($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = ?1");
                foreach (var id in ids)
                {
                    if (row.Bind(1, id.Value).Step())
                    {
                        found[id] = NotificationRows.Read(row);
                    }

                    row.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<NotificationPage> ListAsync(NotificationFilter filter, long? below, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            var oldest = filter.Since is { } since ? Snowflake.FirstAt(since) : 0;
            var last = LastLooked(connection, below ?? long.MaxValue, oldest);
            using var rows = connection.Use(
                $"""
                SELECT {NotificationRows.Columns} FROM notification n
                WHERE n.id < ?1 AND n.id >= ?2 AND (?3 IS NULL OR n.category = ?3) AND (?4 IS NULL OR n.state = ?4) AND (?5 IS NULL OR n.sender = ?5)
                  AND (?6 IS NULL OR EXISTS (SELECT 1 FROM notification_decision d WHERE d.notification_id = n.id AND d.user_id = ?6))
                ORDER BY n.id DESC LIMIT ?7
                """);
            rows.Bind(1, below ?? long.MaxValue).Bind(2, last ?? oldest).Bind(3, filter.Category).Bind(4, (long?)filter.State).Bind(5, filter.Sender)
                .Bind(6, filter.User?.Value).Bind(7, (long)limit);
            var found = new List<Notification>();
            while (rows.Step())
            {
                found.Add(NotificationRows.Read(rows));
            }

            return new NotificationPage(found, found.Count == limit ? found[^1].Id.Value : last);
        },
        cancellationToken);

    public Task<IReadOnlyList<PersonDecision>> DecisionsAsync(NotificationId id, UserId? user, UserId after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PersonDecision>>(
            connection =>
            {
                using var rows = connection.Use(
                    $"""
                    SELECT {NotificationRows.DecisionColumns} FROM notification_decision
                    WHERE notification_id = ?1 AND user_id > ?2 AND user_id <= ?3 ORDER BY user_id LIMIT ?4
                    """);
                rows.Bind(1, id.Value).Bind(2, user is { } one ? one.Value - 1 : after.Value).Bind(3, user?.Value ?? long.MaxValue).Bind(4, (long)limit);
                var decisions = new List<PersonDecision>();
                while (rows.Step())
                {
                    decisions.Add(NotificationRows.ReadDecision(rows));
                }

                return decisions;
            },
            cancellationToken);

    public Task<DeliveryTotals> TotalsAsync(NotificationId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var rows = connection.Use(
                """
                SELECT channel, state, count(*) FROM (SELECT channel, state FROM delivery WHERE notification_id = ?1 LIMIT ?2)
                GROUP BY channel, state ORDER BY channel, state
                """);
            rows.Bind(1, id.Value).Bind(2, (long)DeliveryTotals.MostCounted);
            var counts = new List<(DeliveryChannel, DeliveryState, long)>();
            while (rows.Step())
            {
                counts.Add(((DeliveryChannel)rows.Int32(0), (DeliveryState)rows.Int32(1), rows.Int64(2)));
            }

            return DeliveryTotals.Of(counts);
        },
        cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        var sqlite = SqliteTx.Of(tx);
        var pruned = PruneKeys(sqlite, limit);
        if (pruned == limit)
        {
            return pruned;
        }

        // The oldest notifications with everything that hangs on them, the people first: a broadcast goes in many turns.
        var (old, last) = Finished(sqlite, _prunedTo, Snowflake.FirstAt(before), limit - pruned);
        using var delete = sqlite.Use("DELETE FROM notification WHERE id = ?1");
        foreach (var id in old)
        {
            var left = limit - pruned;
            var people = PruneDecisions(sqlite, id, left);
            pruned += people;
            if (people == left)
            {
                return pruned;
            }

            delete.Bind(1, id).Again();
            (pruned, _prunedTo) = (pruned + 1, id);
            if (pruned == limit)
            {
                return pruned;
            }
        }

        // What is not finished stays behind; the next turn goes on after it, and after the last one from the beginning.
        _prunedTo = last ?? 0;
        return pruned;
    }

    /// <summary>Planned to the end, and no delivery of it lives, nor a digest that it is in. Looks at a bounded number of rows; where it ended, null at the end.</summary>
    private static (List<long> Ids, long? Last) Finished(SqliteTx tx, long above, long below, int limit)
    {
        var (ids, last, looked) = (new List<long>(limit), above, 0);
        using var rows = tx.Use(
            """
            SELECT id, state IN (1, 2) OR EXISTS (SELECT 1 FROM delivery d WHERE d.notification_id = n.id AND d.state <= 3)
              OR EXISTS (SELECT 1 FROM digest_item i JOIN digest d ON d.id = i.digest_id WHERE i.notification_id = n.id AND d.state = 1)
              OR EXISTS (SELECT 1 FROM digest_item i JOIN delivery d ON d.notification_id = i.digest_id WHERE i.notification_id = n.id AND d.state <= 3)
            FROM notification n WHERE id > ?1 AND id < ?2 ORDER BY id
            """);
        rows.Bind(1, above).Bind(2, below);
        while (ids.Count < limit && looked < MostPassed)
        {
            if (!rows.Step())
            {
                return (ids, null);
            }

            (last, looked) = (rows.Int64(0), looked + 1);
            if (rows.Int64(1) == 0)
            {
                ids.Add(last);
            }
        }

        return (ids, last);
    }

    private static int PruneKeys(SqliteTx tx, int limit)
    {
        using var delete = tx.Use(
            """
            DELETE FROM notification_key WHERE (bucket, sender, event_id) IN
              (SELECT bucket, sender, event_id FROM notification_key WHERE bucket < ?1 ORDER BY bucket, sender, event_id LIMIT ?2)
            """);
        return delete.Bind(1, EventBucket.OldestKept(tx.Now)).Bind(2, (long)limit).Run();
    }

    /// <summary>Deletes the decisions about at most so many people, and what lies in their inboxes.</summary>
    private static int PruneDecisions(SqliteTx tx, long id, int limit)
    {
        var people = new List<(long User, long Item)>();
        using (var rows = tx.Use("SELECT user_id, item_id FROM notification_decision WHERE notification_id = ?1 ORDER BY user_id LIMIT ?2").Bind(1, id).Bind(2, (long)limit))
        {
            while (rows.Step())
            {
                people.Add((rows.Int64(0), rows.Int64(1)));
            }
        }

        using (var items = tx.Use("DELETE FROM notification_item WHERE user_id = ?1 AND id = ?2"))
        {
            foreach (var (user, item) in people.Where(one => one.Item != 0))
            {
                items.Bind(1, user).Bind(2, item).Again();
            }
        }

        using var decisions = tx.Use("DELETE FROM notification_decision WHERE notification_id = ?1 AND user_id = ?2");
        foreach (var (user, _) in people)
        {
            decisions.Bind(1, id).Bind(2, user).Again();
        }

        return people.Count;
    }

    /// <summary>The id of the last row that this page looks at; null when it gets to the end.</summary>
    private static long? LastLooked(SqliteConnection connection, long below, long oldest)
    {
        using var row = connection.Use("SELECT id FROM notification WHERE id < ?1 AND id >= ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3");
        return row.Bind(1, below).Bind(2, oldest).Bind(3, (long)MostLooked).Scalar();
    }
}
