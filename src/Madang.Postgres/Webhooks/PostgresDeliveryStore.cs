using Madang.Postgres.Accounts;
using Madang.Storage;
using Madang.Webhooks;
using Npgsql;

namespace Madang.Postgres.Webhooks;

internal sealed class PostgresDeliveryStore(PostgresDatabase database) : IDeliveryStore
{
    private const string Columns = "d.id, d.endpoint_id, d.event_id, d.type, d.state, d.attempts, d.last_status, d.last_fault, d.created_at, d.last_at";

    public void Insert(WriteTx tx, WebhookEvent happened) => PostgresTx.Of(tx).Run(
        "INSERT INTO webhook_event (id, type, data, created_at) VALUES ($1, $2, $3, $4)", happened.Id, happened.Type, happened.Data, happened.CreatedAt);

    public void Insert(WriteTx tx, WebhookDelivery delivery) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO webhook_delivery (id, endpoint_id, event_id, type, state, attempts, last_status, last_fault, created_at, last_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        delivery.Id.Value, delivery.Endpoint.Value, delivery.Event, delivery.Type, (short)delivery.State, delivery.Attempts, delivery.LastStatus, delivery.LastFault,
        delivery.CreatedAt, delivery.LastAt);

    public void Put(WriteTx tx, WebhookDelivery delivery) => PostgresTx.Of(tx).Run(
        "UPDATE webhook_delivery SET state = $2, attempts = $3, last_status = $4, last_fault = $5, last_at = $6 WHERE id = $1",
        delivery.Id.Value, (short)delivery.State, delivery.Attempts, delivery.LastStatus, delivery.LastFault, delivery.LastAt);

    public void Insert(WriteTx tx, DeliveryId delivery, int number, WebhookAttempt attempt) => PostgresTx.Of(tx).Run(
        "INSERT INTO webhook_attempt (delivery_id, number, at, status, fault, latency_ms, excerpt) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        delivery.Value, number, attempt.At, attempt.Status, attempt.Fault, (long)attempt.Latency.TotalMilliseconds, attempt.Excerpt);

    public WebhookDelivery? Lock(WriteTx tx, DeliveryId id)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM webhook_delivery d WHERE d.id = $1 FOR UPDATE", id.Value);
        using var row = select.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    public IReadOnlyList<WebhookDelivery> LockFailed(WriteTx tx, EndpointId endpoint, DateTimeOffset since, DeliveryId? after, int limit)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM webhook_delivery d WHERE d.endpoint_id = $1 AND d.state = 3 AND d.id > $2 AND d.created_at >= $3 ORDER BY d.id LIMIT $4 FOR UPDATE",
            endpoint.Value, after?.Value ?? 0, since, (long)limit);
        using var row = select.ExecuteReader();
        var all = new List<WebhookDelivery>();
        while (row.Read())
        {
            all.Add(Read(row));
        }

        return all;
    }

    public async Task<(WebhookDelivery Delivery, WebhookEvent Event)?> FindAsync(DeliveryId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns}, e.data, e.created_at FROM webhook_delivery d JOIN webhook_event e ON e.id = d.event_id WHERE d.id = $1").With(id.Value);
        var rows = await select.ReadAllAsync(
            row => Read(row) is var delivery ? (delivery, new WebhookEvent(delivery.Event, delivery.Type, row.GetString(10), row.GetDateTime(11))) : default, cancellationToken);
        return rows is [var found] ? found : null;
    }

    public async Task<IReadOnlyList<WebhookAttempt>> AttemptsAsync(DeliveryId id, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT at, status, fault, latency_ms, excerpt FROM webhook_attempt WHERE delivery_id = $1 ORDER BY number DESC LIMIT $2").With(id.Value, (long)limit);
        return await select.ReadAllAsync(
            row => new WebhookAttempt(
                row.GetDateTime(0), row.IsDBNull(1) ? null : row.GetInt32(1), row.IsDBNull(2) ? null : row.GetString(2), TimeSpan.FromMilliseconds(row.GetInt64(3)), row.GetString(4)),
            cancellationToken);
    }

    public async Task<IReadOnlyList<WebhookDelivery>> ListAsync(EndpointId endpoint, DeliveryState? state, DeliveryId? before, int limit, CancellationToken cancellationToken)
    {
        // One text per combination, so that each gets the plan it deserves.
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM webhook_delivery d WHERE d.endpoint_id = $1 {(state is { } only ? $"AND d.state = {only:D}" : "")} AND d.id < $2 ORDER BY d.id DESC LIMIT $3")
            .With(endpoint.Value, before?.Value ?? long.MaxValue, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    // Several nodes may prune at once: what another one holds is skipped.
    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        using var prune = PostgresTx.Of(tx).Use(
            """
            WITH old AS MATERIALIZED (SELECT id FROM webhook_delivery WHERE state >= 2 AND created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED),
            attempts AS (DELETE FROM webhook_attempt WHERE delivery_id IN (SELECT id FROM old)),
            pruned AS (DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM old) RETURNING id)
            SELECT count(*) FROM pruned
            """,
            before, (long)limit);
        var pruned = (int)(long)prune.ExecuteScalar()!;
        return pruned >= limit ? pruned : pruned + PostgresTx.Of(tx).Run(
            """
            DELETE FROM webhook_event WHERE id = ANY(ARRAY(
                SELECT e.id FROM webhook_event e
                WHERE e.created_at < $1 AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event_id = e.id) ORDER BY e.created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
            """,
            before, (long)(limit - pruned));
    }

    private static WebhookDelivery Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetInt64(2), row.GetString(3), (DeliveryState)row.GetInt16(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetInt32(6),
        row.IsDBNull(7) ? null : row.GetString(7), row.GetDateTime(8), row.IsDBNull(9) ? null : row.GetDateTime(9));
}
