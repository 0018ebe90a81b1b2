using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Storage;

namespace Madang.Sqlite.Accounts;

internal sealed class SqliteSetupStore(SqliteDatabase database) : ISetupStore
{
    private const string Needed = "SELECT 1 FROM setup WHERE id = 1 AND done_at IS NULL";

    public Task<bool> NeededAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use(Needed);
                return select.Step();
            },
            cancellationToken);

    public bool LockNeeded(WriteTx tx)
    {
        using var select = SqliteTx.Of(tx).Use(Needed);
        return select.Step();
    }

    public void Finish(WriteTx tx)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE setup SET done_at = ?1 WHERE id = 1");
        update.Bind(1, tx.Now).Run();
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM setup_link");
        delete.Run();
    }

    public void AddLink(WriteTx tx, TokenDigest digest, DateTimeOffset expiresAt)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM setup_link WHERE expires_at <= ?1");
        delete.Bind(1, tx.Now).Run();
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO setup_link (digest, expires_at) VALUES (?1, ?2)");
        insert.Bind(1, digest.ToBytes()).Bind(2, expiresAt).Run();
    }

    public Task<DateTimeOffset?> LinkExpiryAsync(TokenDigest digest, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use("SELECT expires_at FROM setup_link WHERE digest = ?1");
                return select.Bind(1, digest.ToBytes()).Step() ? select.Time(0) : default(DateTimeOffset?);
            },
            cancellationToken);
}
