using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Storage;

namespace Madang.Postgres.Accounts;

internal sealed class PostgresSetupStore(PostgresDatabase database) : ISetupStore
{
    public async Task<bool> NeededAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT 1 FROM setup WHERE id = 1 AND done_at IS NULL");
        return await select.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public bool LockNeeded(WriteTx tx)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT 1 FROM setup WHERE id = 1 AND done_at IS NULL FOR UPDATE");
        return select.ExecuteScalar() is not null;
    }

    public void Finish(WriteTx tx)
    {
        PostgresTx.Of(tx).Run("UPDATE setup SET done_at = $1 WHERE id = 1", tx.Now);
        PostgresTx.Of(tx).Run("DELETE FROM setup_link");
    }

    public void AddLink(WriteTx tx, TokenDigest digest, DateTimeOffset expiresAt)
    {
        PostgresTx.Of(tx).Run("DELETE FROM setup_link WHERE expires_at <= $1", tx.Now);
        PostgresTx.Of(tx).Run("INSERT INTO setup_link (digest, expires_at) VALUES ($1, $2)", digest.ToBytes(), expiresAt);
    }

    public async Task<DateTimeOffset?> LinkExpiryAsync(TokenDigest digest, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT expires_at FROM setup_link WHERE digest = $1").With(digest.ToBytes());
        return await select.ExecuteScalarAsync(cancellationToken) is DateTime expiry ? expiry : null;
    }
}
