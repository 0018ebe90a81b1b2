using Madang.Storage;
using Madang.Webhooks;

namespace Madang.Sqlite.Webhooks;

internal sealed class SqliteEndpointStore(SqliteDatabase database) : IEndpointStore
{
    private const string Columns = "id, url, description, types, secret, old_secret, old_secret_until, disabled, failing_since, created_at, updated_at";

    public void Insert(WriteTx tx, WebhookEndpoint endpoint)
    {
        using var insert = SqliteTx.Of(tx).Use($"INSERT INTO webhook_endpoint ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        Bind(insert, endpoint).Bind(10, endpoint.CreatedAt).Bind(11, endpoint.UpdatedAt).Run();
    }

    public void Put(WriteTx tx, WebhookEndpoint endpoint)
    {
        using var update = SqliteTx.Of(tx).Use(
            """
            UPDATE webhook_endpoint SET url = ?2, description = ?3, types = ?4, secret = ?5, old_secret = ?6, old_secret_until = ?7, disabled = ?8, failing_since = ?9,
              updated_at = ?10
            WHERE id = ?1
            """);
        Bind(update, endpoint).Bind(10, endpoint.UpdatedAt).Run();
    }

    public bool Delete(WriteTx tx, EndpointId id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM webhook_endpoint WHERE id = ?1");
        return delete.Bind(1, id.Value).Run() == 1;
    }

    public WebhookEndpoint? Lock(WriteTx tx, EndpointId id)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM webhook_endpoint WHERE id = ?1");
        return select.Bind(1, id.Value).Step() ? Read(select) : null;
    }

    public int Count(WriteTx tx)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM webhook_endpoint");
        return (int)count.Scalar()!.Value;
    }

    public IReadOnlyList<WebhookEndpoint> Enabled(WriteTx tx)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM webhook_endpoint WHERE disabled IS NULL ORDER BY id");
        return ReadAll(select);
    }

    public Task<WebhookEndpoint?> FindAsync(EndpointId id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns} FROM webhook_endpoint WHERE id = ?1");
                return select.Bind(1, id.Value).Step() ? Read(select) : null;
            },
            cancellationToken);

    public Task<IReadOnlyList<WebhookEndpoint>> ListAsync(EndpointId? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<WebhookEndpoint>>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns} FROM webhook_endpoint WHERE id > ?1 ORDER BY id LIMIT ?2");
                return ReadAll(select.Bind(1, after?.Value ?? 0).Bind(2, limit));
            },
            cancellationToken);

    private static Statement Bind(Statement statement, WebhookEndpoint endpoint) => statement
        .Bind(1, endpoint.Id.Value).Bind(2, endpoint.Url).Bind(3, endpoint.Description).Bind(4, string.Join(' ', endpoint.Types)).Bind(5, endpoint.Secret.Text)
        .Bind(6, endpoint.OldSecret?.Text).Bind(7, endpoint.OldSecretUntil).Bind(8, (long?)endpoint.Disabled).Bind(9, endpoint.FailingSince);

    private static List<WebhookEndpoint> ReadAll(Statement select)
    {
        var all = new List<WebhookEndpoint>();
        while (select.Step())
        {
            all.Add(Read(select));
        }

        return all;
    }

    private static WebhookEndpoint Read(Statement row) => new()
    {
        Id = new(row.Int64(0)),
        Url = row.Text(1),
        Description = row.Text(2),
        Types = row.Text(3).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Secret = WebhookSecret.Of(row.Text(4)),
        OldSecret = row.TextOrNull(5) is { } old ? WebhookSecret.Of(old) : null,
        OldSecretUntil = row.TimeOrNull(6),
        Disabled = (DisabledReason?)row.Int64OrNull(7),
        FailingSince = row.TimeOrNull(8),
        CreatedAt = row.Time(9),
        UpdatedAt = row.Time(10),
    };
}
