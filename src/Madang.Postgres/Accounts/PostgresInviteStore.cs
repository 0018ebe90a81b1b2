using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Storage;

namespace Madang.Postgres.Accounts;

internal sealed class PostgresInviteStore(PostgresDatabase database, TimeProvider time) : IInviteStore
{
    private const string Open = "SELECT id FROM invite WHERE digest = $1 AND uses < max_uses AND expires_at > $2";

    public void Insert(WriteTx tx, Invite invite, TokenDigest digest) => PostgresTx.Of(tx).Run(
        "INSERT INTO invite (id, digest, max_uses, uses, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        invite.Id, digest.ToBytes(), invite.MaxUses, invite.Uses, invite.CreatedAt, invite.ExpiresAt);

    public async Task<bool> IsOpenAsync(TokenDigest digest, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(Open).With(digest.ToBytes(), time.GetUtcNow());
        return await select.ExecuteScalarAsync(cancellationToken) is not null;
    }

    // Who waits here for another registration reads the number of uses again after its commit.
    public long? LockOpen(WriteTx tx, TokenDigest digest)
    {
        using var select = PostgresTx.Of(tx).Use(Open + " FOR UPDATE", digest.ToBytes(), tx.Now);
        return (long?)select.ExecuteScalar();
    }

    public void Use(WriteTx tx, long id) => PostgresTx.Of(tx).Run("UPDATE invite SET uses = uses + 1 WHERE id = $1", id);

    public bool Delete(WriteTx tx, long id) => PostgresTx.Of(tx).Run("DELETE FROM invite WHERE id = $1", id) == 1;

    public async Task<IReadOnlyList<Invite>> ListAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT id, max_uses, uses, created_at, expires_at FROM invite WHERE id > $1 ORDER BY id LIMIT $2").With(after ?? 0, (long)limit);
        return await select.ReadAllAsync(
            row => new Invite(row.GetInt64(0), row.GetInt32(1), row.GetInt32(2), row.GetDateTime(3), row.GetDateTime(4)), cancellationToken);
    }

    public int Prune(WriteTx tx, DateTimeOffset before, int limit) => PostgresTx.Of(tx).Run(
        """
        DELETE FROM invite WHERE id = ANY(ARRAY(
            SELECT id FROM invite WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
        before, (long)limit);
}
