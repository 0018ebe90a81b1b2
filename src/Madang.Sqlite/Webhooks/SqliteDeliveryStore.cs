using Madang.Storage;
using Madang.Webhooks;

namespace Madang.Sqlite.Webhooks;

internal sealed class SqliteDeliveryStore(SqliteDatabase database) : IDeliveryStore
{
    private const string Columns = "d.id, d.endpoint_id, d.event_id, d.type, d.state, d.attempts, d.last_status, d.last_fault, d.created_at, d.last_at";

    public void Insert(WriteTx tx, WebhookEvent happened)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO webhook_event (id, type, data, created_at) VALUES (?1, ?2, ?3, ?4)");
        insert.Bind(1, happened.Id).Bind(2, happened.Type).Bind(3, happened.Data).Bind(4, happened.CreatedAt).Run();
    }

    public void Insert(WriteTx tx, WebhookDelivery delivery)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO webhook_delivery (id, endpoint_id, event_id, type, state, attempts, last_status, last_fault, created_at, last_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """);
        insert.Bind(1, delivery.Id.Value).Bind(2, delivery.Endpoint.Value).Bind(3, delivery.Event).Bind(4, delivery.Type).Bind(5, (long)delivery.State).Bind(6, delivery.Attempts)
            .Bind(7, delivery.LastStatus).Bind(8, delivery.LastFault).Bind(9, delivery.CreatedAt).Bind(10, delivery.LastAt).Run();
    }

    public void Put(WriteTx tx, WebhookDelivery delivery)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE webhook_delivery SET state = ?2, attempts = ?3, last_status = ?4, last_fault = ?5, last_at = ?6 WHERE id = ?1");
        update.Bind(1, delivery.Id.Value).Bind(2, (long)delivery.State).Bind(3, delivery.Attempts).Bind(4, delivery.LastStatus).Bind(5, delivery.LastFault)
            .Bind(6, delivery.LastAt).Run();
    }

    public void Insert(WriteTx tx, DeliveryId delivery, int number, WebhookAttempt attempt)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO webhook_attempt (delivery_id, number, at, status, fault, latency_ms, excerpt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        insert.Bind(1, delivery.Value).Bind(2, number).Bind(3, attempt.At).Bind(4, attempt.Status).Bind(5, attempt.Fault).Bind(6, (long)attempt.Latency.TotalMilliseconds)
            .Bind(7, attempt.Excerpt).Run();
    }

    public WebhookDelivery? Lock(WriteTx tx, DeliveryId id)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM webhook_delivery d WHERE d.id = ?1");
        return select.Bind(1, id.Value).Step() ? Read(select) : null;
    }

    public IReadOnlyList<WebhookDelivery> LockFailed(WriteTx tx, EndpointId endpoint, DateTimeOffset since, DeliveryId? after, int limit)
    {
        using var select = SqliteTx.Of(tx).Use(
            $"SELECT {Columns} FROM webhook_delivery d WHERE d.endpoint_id = ?1 AND d.state = 3 AND d.id > ?2 AND d.created_at >= ?3 ORDER BY d.id LIMIT ?4");
        return ReadAll(select.Bind(1, endpoint.Value).Bind(2, after?.Value ?? 0).Bind(3, since).Bind(4, limit));
    }

    public Task<(WebhookDelivery Delivery, WebhookEvent Event)?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        database.ReadAsync<(WebhookDelivery, WebhookEvent)?>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns}, e.data, e.created_at FROM webhook_delivery d JOIN webhook_event e ON e.id = d.event_id WHERE d.id = ?1");
                return select.Bind(1, id.Value).Step() && Read(select) is var delivery
                    ? (delivery, new WebhookEvent(delivery.Event, delivery.Type, select.Text(10), select.Time(11)))
                    : null;
            },
            cancellationToken);

    public Task<IReadOnlyList<WebhookAttempt>> AttemptsAsync(DeliveryId id, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<WebhookAttempt>>(
            connection =>
            {
                using var select = connection.Use("SELECT at, status, fault, latency_ms, excerpt FROM webhook_attempt WHERE delivery_id = ?1 ORDER BY number DESC LIMIT ?2");
                select.Bind(1, id.Value).Bind(2, limit);
                var all = new List<WebhookAttempt>();
                while (select.Step())
                {
                    all.Add(new(select.Time(0), (int?)select.Int64OrNull(1), select.TextOrNull(2), TimeSpan.FromMilliseconds(select.Int64(3)), select.Text(4)));
                }

                return all;
            },
            cancellationToken);

    public Task<IReadOnlyList<WebhookDelivery>> ListAsync(EndpointId endpoint, DeliveryState? state, DeliveryId? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<WebhookDelivery>>(
            connection =>
            {
                // One text per combination, so that each gets the index that fits.
                using var select = connection.Use(
                    $"SELECT {Columns} FROM webhook_delivery d WHERE d.endpoint_id = ?1 {(state is null ? "" : "AND d.state = ?4")} AND d.id < ?2 ORDER BY d.id DESC LIMIT ?3");
                select.Bind(1, endpoint.Value).Bind(2, before?.Value ?? long.MaxValue).Bind(3, limit);
                return ReadAll(state is { } only ? select.Bind(4, (long)only) : select);
            },
            cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        using (var attempts = SqliteTx.Of(tx).Use(
            """
            DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM webhook_delivery WHERE state >= 2 AND created_at < ?1 ORDER BY created_at LIMIT ?2)
            """))
        {
            attempts.Bind(1, before).Bind(2, limit).Run();
        }

        using var delete = SqliteTx.Of(tx).Use(
            "DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery WHERE state >= 2 AND created_at < ?1 ORDER BY created_at LIMIT ?2)");
        var pruned = delete.Bind(1, before).Bind(2, limit).Run();
        if (pruned >= limit)
        {
            return pruned;
        }

        using var events = SqliteTx.Of(tx).Use(
            """
            DELETE FROM webhook_event WHERE id IN (
              SELECT e.id FROM webhook_event e WHERE e.created_at < ?1 AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event_id = e.id) ORDER BY e.created_at LIMIT ?2)
            """);
        return pruned + events.Bind(1, before).Bind(2, limit - pruned).Run();
    }

    private static List<WebhookDelivery> ReadAll(Statement select)
    {
        var all = new List<WebhookDelivery>();
        while (select.Step())
        {
            all.Add(Read(select));
        }

        return all;
    }

    private static WebhookDelivery Read(Statement row) => new(
        new(row.Int64(0)), new(row.Int64(1)), row.Int64(2), row.Text(3), (DeliveryState)row.Int32(4), row.Int32(5), (int?)row.Int64OrNull(6), row.TextOrNull(7), row.Time(8),
        row.TimeOrNull(9));
}
