using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresAddressStore(PostgresDatabase database) : IAddressStore
{
    private const string Select = $"SELECT {AddressRow.Columns} FROM address a";

    public bool LockDevice(WriteTx tx, UserId user, long credential)
    {
        using var select = PostgresTx.Of(tx).Use(
            "SELECT 1 FROM credential WHERE id = $1 AND user_id = $2 AND kind <= 2 AND (expires_at IS NULL OR expires_at > $3) FOR KEY SHARE", credential, user.Value, tx.Now);
        return select.ExecuteScalar() is not null;
    }

    public Address? Lock(WriteTx tx, AddressId id)
    {
        using var select = PostgresTx.Of(tx).Use($"{Select} WHERE a.id = $1 FOR UPDATE", id.Value);
        return One(select);
    }

    public Address? LockHolder(WriteTx tx, byte[] hash)
    {
        using var select = PostgresTx.Of(tx).Use($"{Select} WHERE a.value_hash = $1 AND a.kind <= 3 FOR UPDATE", hash);
        return One(select);
    }

    public Address? LockOfDevice(WriteTx tx, long credential)
    {
        using var select = PostgresTx.Of(tx).Use($"{Select} WHERE a.credential_id = $1 FOR UPDATE", credential);
        return One(select);
    }

    // The person's row is the lock: there may be no address yet.
    public Address? LockPersonal(WriteTx tx, UserId user, AddressKind kind)
    {
        PostgresTx.Of(tx).Run("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE", user.Value);
        using var select = PostgresTx.Of(tx).Use($"{Select} WHERE a.user_id = $1 AND a.kind = $2 AND a.kind >= 4 FOR UPDATE", user.Value, (short)kind);
        return One(select);
    }

    public bool Insert(WriteTx tx, Address address) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO address (user_id, kind, value, value_hash, scope, credential_id, time_zone, locale, registered_at, dead_at, dead_reason, soft_bounces, id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING
        """,
        Values(address)) == 1;

    public void Put(WriteTx tx, Address address) => PostgresTx.Of(tx).Run(
        """
        UPDATE address SET user_id = $1, kind = $2, value = $3, value_hash = $4, scope = $5, credential_id = $6, time_zone = $7, locale = $8, registered_at = $9,
          dead_at = $10, dead_reason = $11, soft_bounces = $12
        WHERE id = $13
        """,
        Values(address));

    public void Delete(WriteTx tx, AddressId id) => PostgresTx.Of(tx).Run("DELETE FROM address WHERE id = $1", id.Value);

    public async Task<IReadOnlyList<Address>> ListAsync(UserId user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"""
            {Select} LEFT JOIN credential k ON k.id = a.credential_id
            WHERE a.user_id = $1 AND (a.credential_id IS NULL OR k.expires_at IS NULL OR k.expires_at > $2) ORDER BY a.id
            """).With(user.Value, now);
        return await select.ReadAllAsync(row => AddressRow.Read(row, 0), cancellationToken);
    }

    public async Task<Address?> FindAsync(AddressId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"{Select} WHERE a.id = $1").With(id.Value);
        return await select.ReadAllAsync(row => AddressRow.Read(row, 0), cancellationToken) is [var address] ? address : null;
    }

    private static object?[] Values(Address address) =>
    [
        address.User.Value, (short)address.Kind, address.Value, address.Hash, address.Scope, address.Credential == 0 ? null : address.Credential, address.TimeZone,
        address.Locale, address.RegisteredAt, address.DeadAt, address.DeadReason, address.SoftBounces, address.Id.Value,
    ];

    private static Address? One(NpgsqlCommand select) => select.ReadAll(row => AddressRow.Read(row, 0)) is [var address] ? address : null;
}
