using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresPendingAddressStore(PostgresDatabase database) : IPendingAddressStore
{
    private const string Columns = "user_id, kind, value, code_hash, tries, sent, first_sent_at, sent_at, expires_at";

    // The person's row is the lock: there may be no code yet.
    public PendingAddress? Lock(WriteTx tx, UserId user, AddressKind kind)
    {
        PostgresTx.Of(tx).Run("SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE", user.Value);
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM address_code WHERE user_id = $1 AND kind = $2 FOR UPDATE", user.Value, (short)kind);
        return select.ReadAll(Read) is [var pending] ? pending : null;
    }

    public void Put(WriteTx tx, PendingAddress pending) => PostgresTx.Of(tx).Run(
        $"""
        INSERT INTO address_code ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (user_id, kind) DO UPDATE SET value = $3, code_hash = $4, tries = $5, sent = $6, first_sent_at = $7, sent_at = $8, expires_at = $9
        """,
        pending.User.Value, (short)pending.Kind, pending.Value, pending.CodeHash, pending.Tries, pending.Sent, pending.FirstSentAt, pending.SentAt, pending.ExpiresAt);

    public void Delete(WriteTx tx, UserId user, AddressKind kind) =>
        PostgresTx.Of(tx).Run("DELETE FROM address_code WHERE user_id = $1 AND kind = $2", user.Value, (short)kind);

    public async Task<IReadOnlyList<PendingAddress>> ListAsync(UserId user, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM address_code WHERE user_id = $1 ORDER BY kind").With(user.Value);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public int Prune(WriteTx tx, DateTimeOffset before, int limit) => PostgresTx.Of(tx).Run(
        """
        DELETE FROM address_code c USING (
          SELECT user_id, kind FROM address_code WHERE expires_at < $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS old
        WHERE c.user_id = old.user_id AND c.kind = old.kind
        """,
        before, (long)limit);

    private static PendingAddress Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), (AddressKind)row.GetInt16(1), row.GetString(2), row.GetFieldValue<byte[]>(3), row.GetInt32(4), row.GetInt32(5), row.GetDateTime(6),
        row.GetDateTime(7), row.GetDateTime(8));
}
