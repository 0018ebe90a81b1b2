using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteAddressStore(SqliteDatabase database) : IAddressStore
{
    private const string Select = $"SELECT {AddressRow.Columns} FROM address a";

    public bool LockDevice(WriteTx tx, UserId user, long credential)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT 1 FROM credential WHERE id = ?1 AND user_id = ?2 AND kind <= 2 AND (expires_at IS NULL OR expires_at > ?3)");
        return select.Bind(1, credential).Bind(2, user.Value).Bind(3, tx.Now).Step();
    }

    public Address? Lock(WriteTx tx, AddressId id)
    {
        using var select = SqliteTx.Of(tx).Use($"{Select} WHERE a.id = ?1");
        return One(select.Bind(1, id.Value));
    }

    public Address? LockHolder(WriteTx tx, byte[] hash)
    {
        using var select = SqliteTx.Of(tx).Use($"{Select} WHERE a.value_hash = ?1 AND a.kind <= 3");
        return One(select.Bind(1, hash));
    }

    public Address? LockOfDevice(WriteTx tx, long credential)
    {
        using var select = SqliteTx.Of(tx).Use($"{Select} WHERE a.credential_id = ?1");
        return One(select.Bind(1, credential));
    }

    public Address? LockPersonal(WriteTx tx, UserId user, AddressKind kind)
    {
        using var select = SqliteTx.Of(tx).Use($"{Select} WHERE a.user_id = ?1 AND a.kind = ?2 AND a.kind >= 4");
        return One(select.Bind(1, user.Value).Bind(2, (long)kind));
    }

    public bool Insert(WriteTx tx, Address address)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO address (user_id, kind, value, value_hash, scope, credential_id, time_zone, locale, registered_at, dead_at, dead_reason, soft_bounces, id)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """);
        return Bind(insert, address).Run() == 1;
    }

    public void Put(WriteTx tx, Address address)
    {
        using var update = SqliteTx.Of(tx).Use(
            """
            UPDATE address SET user_id = ?1, kind = ?2, value = ?3, value_hash = ?4, scope = ?5, credential_id = ?6, time_zone = ?7, locale = ?8, registered_at = ?9,
              dead_at = ?10, dead_reason = ?11, soft_bounces = ?12
            WHERE id = ?13
            """);
        Bind(update, address).Run();
    }

    public void Delete(WriteTx tx, AddressId id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM address WHERE id = ?1");
        delete.Bind(1, id.Value).Run();
    }

    public Task<IReadOnlyList<Address>> ListAsync(UserId user, DateTimeOffset now, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Address>>(
        connection =>
        {
            using var select = connection.Use(
                $"""
                {Select} LEFT JOIN credential k ON k.id = a.credential_id
                WHERE a.user_id = ?1 AND (a.credential_id IS NULL OR k.expires_at IS NULL OR k.expires_at > ?2) ORDER BY a.id
                """);
            select.Bind(1, user.Value).Bind(2, now);
            var all = new List<Address>();
            while (select.Step())
            {
                all.Add(AddressRow.Read(select, 0));
            }

            return all;
        },
        cancellationToken);

    public Task<Address?> FindAsync(AddressId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use($"{Select} WHERE a.id = ?1");
            return One(select.Bind(1, id.Value));
        },
        cancellationToken);

    private static Statement Bind(Statement statement, Address address) => statement
        .Bind(1, address.User.Value).Bind(2, (long)address.Kind).Bind(3, address.Value).Bind(4, address.Hash).Bind(5, address.Scope)
        .Bind(6, address.Credential == 0 ? null : (long?)address.Credential).Bind(7, address.TimeZone).Bind(8, address.Locale).Bind(9, address.RegisteredAt)
        .Bind(10, address.DeadAt).Bind(11, address.DeadReason).Bind(12, address.SoftBounces).Bind(13, address.Id.Value);

    private static Address? One(Statement select) => select.Step() ? AddressRow.Read(select, 0) : null;
}
