using Madang.Accounts;
using Madang.Accounts.Credentials;
using Madang.Storage;

namespace Madang.Sqlite.Accounts;

internal sealed class SqliteInviteStore(SqliteDatabase database, TimeProvider time) : IInviteStore
{
    private const string Open = "SELECT id FROM invite WHERE digest = ?1 AND uses < max_uses AND expires_at > ?2";

    public void Insert(WriteTx tx, Invite invite, TokenDigest digest)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT INTO invite (id, digest, max_uses, uses, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        insert.Bind(1, invite.Id).Bind(2, digest.ToBytes()).Bind(3, invite.MaxUses).Bind(4, invite.Uses).Bind(5, invite.CreatedAt).Bind(6, invite.ExpiresAt).Run();
    }

    public Task<bool> IsOpenAsync(TokenDigest digest, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use(Open);
                return select.Bind(1, digest.ToBytes()).Bind(2, time.GetUtcNow()).Step();
            },
            cancellationToken);

    public long? LockOpen(WriteTx tx, TokenDigest digest)
    {
        using var select = SqliteTx.Of(tx).Use(Open);
        return select.Bind(1, digest.ToBytes()).Bind(2, tx.Now).Scalar();
    }

    public void Use(WriteTx tx, long id)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE invite SET uses = uses + 1 WHERE id = ?1");
        update.Bind(1, id).Run();
    }

    public bool Delete(WriteTx tx, long id)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM invite WHERE id = ?1");
        return delete.Bind(1, id).Run() == 1;
    }

    public Task<IReadOnlyList<Invite>> ListAsync(long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Invite>>(
            connection =>
            {
                using var select = connection.Use("SELECT id, max_uses, uses, created_at, expires_at FROM invite WHERE id > ?1 ORDER BY id LIMIT ?2");
                select.Bind(1, after ?? 0).Bind(2, limit);
                var invites = new List<Invite>();
                while (select.Step())
                {
                    invites.Add(new Invite(select.Int64(0), select.Int32(1), select.Int32(2), select.Time(3), select.Time(4)));
                }

                return invites;
            },
            cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM invite WHERE id IN (SELECT id FROM invite WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)");
        return delete.Bind(1, before).Bind(2, limit).Run();
    }
}
