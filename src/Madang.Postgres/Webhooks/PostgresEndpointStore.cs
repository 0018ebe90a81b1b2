using Madang.Postgres.Accounts;
using Madang.Storage;
using Madang.Webhooks;
using Npgsql;

namespace Madang.Postgres.Webhooks;

internal sealed class PostgresEndpointStore(PostgresDatabase database) : IEndpointStore
{
    private const string Columns = "id, url, description, types, secret, old_secret, old_secret_until, disabled, failing_since, created_at, updated_at";

    // Two who count at the same time could both find room for the last one: the lock of the table makes them one after the other. Readers pass.
    private const string CountAlone = "LOCK TABLE webhook_endpoint IN SHARE ROW EXCLUSIVE MODE";

    public void Insert(WriteTx tx, WebhookEndpoint endpoint) => PostgresTx.Of(tx).Run(
        $"INSERT INTO webhook_endpoint ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        endpoint.Id.Value, endpoint.Url, endpoint.Description, string.Join(' ', endpoint.Types), endpoint.Secret.Text, endpoint.OldSecret?.Text, endpoint.OldSecretUntil,
        (short?)endpoint.Disabled, endpoint.FailingSince, endpoint.CreatedAt, endpoint.UpdatedAt);

    public void Put(WriteTx tx, WebhookEndpoint endpoint) => PostgresTx.Of(tx).Run(
        """
        UPDATE webhook_endpoint SET url = $2, description = $3, types = $4, secret = $5, old_secret = $6, old_secret_until = $7, disabled = $8, failing_since = $9,
          updated_at = $10
        WHERE id = $1
        """,
        endpoint.Id.Value, endpoint.Url, endpoint.Description, string.Join(' ', endpoint.Types), endpoint.Secret.Text, endpoint.OldSecret?.Text, endpoint.OldSecretUntil,
        (short?)endpoint.Disabled, endpoint.FailingSince, endpoint.UpdatedAt);

    public bool Delete(WriteTx tx, EndpointId id) => PostgresTx.Of(tx).Run("DELETE FROM webhook_endpoint WHERE id = $1", id.Value) == 1;

    public WebhookEndpoint? Lock(WriteTx tx, EndpointId id)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM webhook_endpoint WHERE id = $1 FOR UPDATE", id.Value);
        using var row = select.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    public int Count(WriteTx tx)
    {
        PostgresTx.Of(tx).Run(CountAlone);
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM webhook_endpoint");
        return (int)(long)count.ExecuteScalar()!;
    }

    public IReadOnlyList<WebhookEndpoint> Enabled(WriteTx tx)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM webhook_endpoint WHERE disabled IS NULL ORDER BY id");
        using var row = select.ExecuteReader();
        var all = new List<WebhookEndpoint>();
        while (row.Read())
        {
            all.Add(Read(row));
        }

        return all;
    }

    public async Task<WebhookEndpoint?> FindAsync(EndpointId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM webhook_endpoint WHERE id = $1").With(id.Value);
        return await select.ReadAllAsync(Read, cancellationToken) is [var endpoint] ? endpoint : null;
    }

    public async Task<IReadOnlyList<WebhookEndpoint>> ListAsync(EndpointId? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM webhook_endpoint WHERE id > $1 ORDER BY id LIMIT $2").With(after?.Value ?? 0, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    private static WebhookEndpoint Read(NpgsqlDataReader row) => new()
    {
        Id = new(row.GetInt64(0)),
        Url = row.GetString(1),
        Description = row.GetString(2),
        Types = row.GetString(3).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Secret = WebhookSecret.Of(row.GetString(4)),
        OldSecret = row.IsDBNull(5) ? null : WebhookSecret.Of(row.GetString(5)),
        OldSecretUntil = row.IsDBNull(6) ? null : row.GetDateTime(6),
        Disabled = row.IsDBNull(7) ? null : (DisabledReason)row.GetInt16(7),
        FailingSince = row.IsDBNull(8) ? null : row.GetDateTime(8),
        CreatedAt = row.GetDateTime(9),
        UpdatedAt = row.GetDateTime(10),
    };
}
