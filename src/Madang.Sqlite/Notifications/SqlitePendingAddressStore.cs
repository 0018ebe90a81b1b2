using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqlitePendingAddressStore(SqliteDatabase database) : IPendingAddressStore
{
    private const string Columns = "user_id, kind, value, code_hash, tries, sent, first_sent_at, sent_at, expires_at";

    public PendingAddress? Lock(WriteTx tx, UserId user, AddressKind kind)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM address_code WHERE user_id = ?1 AND kind = ?2");
        return select.Bind(1, user.Value).Bind(2, (long)kind).Step() ? Read(select) : null;
    }

    public void Put(WriteTx tx, PendingAddress pending)
    {
        using var insert = SqliteTx.Of(tx).Use($"INSERT OR REPLACE INTO address_code ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        insert.Bind(1, pending.User.Value).Bind(2, (long)pending.Kind).Bind(3, pending.Value).Bind(4, pending.CodeHash).Bind(5, pending.Tries).Bind(6, pending.Sent)
            .Bind(7, pending.FirstSentAt).Bind(8, pending.SentAt).Bind(9, pending.ExpiresAt).Run();
    }

    public void Delete(WriteTx tx, UserId user, AddressKind kind)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM address_code WHERE user_id = ?1 AND kind = ?2");
        delete.Bind(1, user.Value).Bind(2, (long)kind).Run();
    }

    public Task<IReadOnlyList<PendingAddress>> ListAsync(UserId user, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<PendingAddress>>(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM address_code WHERE user_id = ?1 ORDER BY kind");
            select.Bind(1, user.Value);
            var all = new List<PendingAddress>();
            while (select.Step())
            {
                all.Add(Read(select));
            }

            return all;
        },
        cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use(
            "DELETE FROM address_code WHERE (user_id, kind) IN (SELECT user_id, kind FROM address_code WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)");
        return delete.Bind(1, before).Bind(2, limit).Run();
    }

    private static PendingAddress Read(Statement row) => new(
        new(row.Int64(0)), (AddressKind)row.Int32(1), row.Text(2), row.Blob(3), row.Int32(4), row.Int32(5), row.Time(6), row.Time(7), row.Time(8));
}
