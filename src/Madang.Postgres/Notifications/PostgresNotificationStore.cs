using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Delivering;
using Madang.Notifications.Planning;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresNotificationStore(PostgresDatabase database) : INotificationStore
{
    /// <summary>Rows that one page of the list looks at: a rare category or person costs more pages, never a long read.</summary>
    private const int MostLooked = 20_000;

    private readonly PostgresAccepting _accepting = new();

    public Task<Result<Accepted>> AcceptAsync(Acceptance acceptance, Action<WriteTx, IReadOnlyList<Notification>> follow, CancellationToken cancellationToken) =>
        database.WriteAsync(_accepting, new AcceptanceInQueue(acceptance, follow), cancellationToken);

    public IReadOnlyList<Result<Accepted>> Accept(WriteTx tx, IReadOnlyList<Acceptance> acceptances)
    {
        var results = new Result<Accepted>[acceptances.Count];
        _ = PostgresAccepting.Write(PostgresTx.Of(tx), acceptances, results);
        return results;
    }

    public async Task<(Notification First, long Digest)?> FirstAsync(long sender, string eventId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bucket = EventBucket.Of(now);
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {NotificationRows.Columns}, k.digest FROM notification_key k JOIN notification n ON n.id = k.notification_id
            WHERE k.bucket = ANY($1) AND k.sender = $2 AND k.event_id = $3
            """).With([new[] { bucket, bucket - 1 }, sender, eventId]);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (NotificationRows.Read(row), row.GetInt64(NotificationRows.Count)) : null;
    }

    public IReadOnlyList<Notification> Due(WriteTx tx, bool wide, int limit, bool fewestFirst)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"""
            SELECT {NotificationRows.Columns} FROM notification n WHERE n.state IN (1, 2) AND n.is_wide = $1 AND n.send_at <= $2
            ORDER BY {(fewestFirst ? "n.people, n.send_at, n.id" : "n.send_at, n.id")} LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED
            """,
            wide, tx.Now, (long)limit);
        return All(select);
    }

    public DateTimeOffset? NextDue(WriteTx tx, bool wide)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT send_at FROM notification WHERE state IN (1, 2) AND is_wide = $1 ORDER BY send_at, id LIMIT 1", wide);
        using var row = select.ExecuteReader();
        return row.Read() ? NotificationRows.Time(row, 0) : null;
    }

    public Notification? Lock(WriteTx tx, NotificationId id)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = $1 FOR NO KEY UPDATE", id.Value);
        return All(select) is [var one] ? one : null;
    }

    public void Put(WriteTx tx, IReadOnlyList<Notification> notifications) => PostgresTx.Of(tx).Run(
        """
        UPDATE notification n SET state = s.state, planned_to = s.planned_to, people = s.people, send_at = s.send_at
        FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::timestamptz[]) AS s (id, state, planned_to, people, send_at) WHERE n.id = s.id
        """,
        notifications.Select(one => one.Id.Value).ToArray(), notifications.Select(one => (short)one.State).ToArray(),
        notifications.Select(one => one.PlannedTo.Value).ToArray(), notifications.Select(one => one.People).ToArray(),
        notifications.Select(one => one.SendAt.UtcDateTime).ToArray());

    public void Decide(WriteTx tx, IReadOnlyList<PersonDecision> decisions) => PostgresTx.Of(tx).Run(
        $"""
        INSERT INTO notification_decision ({NotificationRows.DecisionColumns})
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[]) ON CONFLICT DO NOTHING
        """,
        decisions.Select(one => one.Notification.Value).ToArray(), decisions.Select(one => one.User.Value).ToArray(),
        decisions.Select(one => one.At.UtcDateTime).ToArray(), decisions.Select(one => one.Item).ToArray(), decisions.Select(one => one.Codes).ToArray());

    public async Task<Notification?> FindAsync(NotificationId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = $1").With(id.Value);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? NotificationRows.Read(row) : null;
    }

    public async Task<IReadOnlyDictionary<NotificationId, Notification>> FindAsync(IReadOnlyCollection<NotificationId> ids, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = ANY($1)")
            .With([ids.Select(id => id.Value).ToArray()]);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        Dictionary<NotificationId, Notification> found = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            var notification = NotificationRows.Read(rows);
            found[notification.Id] = notification;
        }

        return found;
    }

    public async Task<NotificationPage> ListAsync(NotificationFilter filter, long? below, int limit, CancellationToken cancellationToken)
    {
        var oldest = filter.Since is { } since ? Snowflake.FirstAt(since) : 0;
        await using var look = database.Source.CreateCommand("SELECT id FROM notification WHERE id < $1 AND id >= $2 ORDER BY id DESC LIMIT 1 OFFSET $3")
            .With(below ?? long.MaxValue, oldest, (long)MostLooked);
        var last = await look.ExecuteScalarAsync(cancellationToken) as long?;
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {NotificationRows.Columns} FROM notification n
            WHERE n.id < $1 AND n.id >= $2 AND ($3::text IS NULL OR n.category = $3) AND ($4::smallint IS NULL OR n.state = $4) AND ($5::bigint IS NULL OR n.sender = $5)
              AND ($6::bigint IS NULL OR EXISTS (SELECT FROM notification_decision d WHERE d.notification_id = n.id AND d.user_id = $6))
            ORDER BY n.id DESC LIMIT $7
            """).With(
            below ?? long.MaxValue, last ?? oldest, filter.Category, (short?)filter.State, filter.Sender, filter.User?.Value, (long)limit);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<Notification>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(NotificationRows.Read(rows));
        }

        return new(found, found.Count == limit ? found[^1].Id.Value : last);
    }

    public async Task<IReadOnlyList<PersonDecision>> DecisionsAsync(NotificationId id, UserId? user, UserId after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {NotificationRows.DecisionColumns} FROM notification_decision
            WHERE notification_id = $1 AND user_id > $2 AND user_id <= $3 ORDER BY user_id LIMIT $4
            """).With(id.Value, user is { } one ? one.Value - 1 : after.Value, user?.Value ?? long.MaxValue, (long)limit);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var decisions = new List<PersonDecision>();
        while (await rows.ReadAsync(cancellationToken))
        {
            decisions.Add(NotificationRows.ReadDecision(rows));
        }

        return decisions;
    }

    public async Task<DeliveryTotals> TotalsAsync(NotificationId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT channel, state, count(*) FROM (SELECT channel, state FROM delivery WHERE notification_id = $1 LIMIT $2) d
            GROUP BY channel, state ORDER BY channel, state
            """).With(id.Value, (long)DeliveryTotals.MostCounted);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var counts = new List<(DeliveryChannel, DeliveryState, long)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            counts.Add(((DeliveryChannel)rows.GetInt16(0), (DeliveryState)rows.GetInt16(1), rows.GetInt64(2)));
        }

        return DeliveryTotals.Of(counts);
    }

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        var first = Snowflake.FirstAt(before);
        // Days that have a partition of their own are dropped as a whole; only what lies in the default ones is deleted by rows.
        var pruned = postgres.Run(
            """
            DELETE FROM notification_key_rest WHERE (bucket, sender, event_id) IN
              (SELECT bucket, sender, event_id FROM notification_key_rest WHERE bucket < $1 ORDER BY bucket, sender, event_id LIMIT $2)
            """,
            EventBucket.OldestKept(tx.Now), (long)limit);
        pruned += pruned < limit ? Delete(postgres, "notification_item_rest", "user_id, id", "id", "true", first, limit - pruned) : 0;
        pruned += pruned < limit ? Delete(postgres, "notification_decision_rest", "notification_id, user_id", "notification_id", Finished("notification_id"), first, limit - pruned) : 0;
        return pruned + (pruned < limit ? Delete(postgres, "notification_rest", "id", "id", Finished("id"), first, limit - pruned) : 0);
    }

    private static int Delete(PostgresTx tx, string table, string key, string id, string which, long before, int limit) => tx.Run(
        $"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} AS old WHERE {id} < $1 AND {which} ORDER BY {id} LIMIT $2)", before, (long)limit);

    /// <summary>Planned to the end, and no delivery of it lives, nor a digest that it is in.</summary>
    private static string Finished(string id) =>
        $"""
        NOT EXISTS (SELECT FROM notification n WHERE n.id = old.{id} AND n.state IN (1, 2))
        AND NOT EXISTS (SELECT FROM delivery_queue q WHERE q.notification_id = old.{id})
        AND NOT EXISTS (SELECT FROM digest_item i JOIN digest d ON d.id = i.digest_id WHERE i.notification_id = old.{id} AND d.state = 1)
        AND NOT EXISTS (SELECT FROM digest_item i JOIN delivery_queue q ON q.notification_id = i.digest_id WHERE i.notification_id = old.{id})
        """;

    private static List<Notification> All(NpgsqlCommand command)
    {
        var found = new List<Notification>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            found.Add(NotificationRows.Read(rows));
        }

        return found;
    }
}
