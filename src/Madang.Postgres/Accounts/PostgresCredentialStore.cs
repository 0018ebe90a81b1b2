using Madang.Accounts.Credentials;
using Madang.Api;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Accounts;

internal sealed class PostgresCredentialStore(PostgresDatabase database) : ICredentialStore
{
    private const string Columns = "c.id, c.kind, c.user_id, coalesce(u.role, c.role), c.name, c.created_at, c.last_seen_at, c.expires_at";

    // Another node may have ended it; a socket of a revoked session closes within 5 s.
    public TimeSpan Life => TimeSpan.FromSeconds(3);

    public void Insert(WriteTx tx, Credential credential, TokenDigest digest) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO credential (id, kind, digest, user_id, role, name, created_at, last_seen_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        credential.Id, (short)credential.Kind, digest.ToBytes(), credential.User?.Value, credential.User is null ? (short)credential.Role : null,
        credential.Name, credential.CreatedAt, credential.LastSeenAt, credential.ExpiresAt);

    public async Task<Credential?> FindAsync(TokenDigest digest, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM credential c LEFT JOIN users u ON u.id = c.user_id WHERE c.digest = $1 AND NOT coalesce(u.disabled, false)").With(digest.ToBytes());
        return await select.ReadAllAsync(Read, cancellationToken) is [var one] ? one : null;
    }

    public async Task<IReadOnlySet<long>> StandingAsync(IReadOnlyCollection<long> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT c.id FROM credential c LEFT JOIN users u ON u.id = c.user_id
            WHERE c.id = ANY($1) AND (c.expires_at IS NULL OR c.expires_at > $2) AND NOT coalesce(u.disabled, false)
            """).With(ids.ToArray(), now);
        return (await select.ReadAllAsync(row => row.GetInt64(0), cancellationToken)).ToHashSet();
    }

    public void Touch(WriteTx tx, IReadOnlyList<SeenCredential> seen) => PostgresTx.Of(tx).Run(
        """
        UPDATE credential c SET last_seen_at = s.at, expires_at = s.ends
        FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[]) AS s (id, at, ends)
        WHERE c.id = s.id AND c.last_seen_at < s.at
        """,
        seen.Select(one => one.Id).ToArray(), seen.Select(one => one.At.UtcDateTime).ToArray(), seen.Select(one => one.ExpiresAt?.UtcDateTime).ToArray());

    public bool End(WriteTx tx, long id, UserId? owner) => (owner is { } user
        ? PostgresTx.Of(tx).Run("DELETE FROM credential WHERE id = $1 AND user_id = $2", id, user.Value)
        : PostgresTx.Of(tx).Run("DELETE FROM credential WHERE id = $1 AND user_id IS NULL", id)) == 1;

    public IReadOnlyList<long> EndAll(WriteTx tx, UserId owner, CredentialKind? kind, long? except)
    {
        // Kinds count from 1 and ids are positive: 0 stands for "any" and "none".
        using var delete = PostgresTx.Of(tx).Use(
            "DELETE FROM credential WHERE user_id = $1 AND ($2 = 0 OR kind = $2) AND id <> $3 RETURNING id", owner.Value, (short)(kind ?? 0), except ?? 0);
        return delete.ReadAll(row => row.GetInt64(0));
    }

    public async Task<IReadOnlyList<Credential>> SessionsAsync(UserId owner, DateTimeOffset now, long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {Columns} FROM credential c JOIN users u ON u.id = c.user_id
            WHERE c.user_id = $1 AND c.id > $2 AND c.kind = 1 AND c.expires_at > $3 ORDER BY c.id LIMIT $4
            """).With(owner.Value, after ?? 0, now, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Credential>> ApiKeysAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            """
            SELECT c.id, c.kind, c.user_id, c.role, c.name, c.created_at, c.last_seen_at, c.expires_at FROM credential c
            WHERE c.user_id IS NULL AND c.id > $1 ORDER BY c.id LIMIT $2
            """).With(after ?? 0, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => PostgresTx.Of(tx).Run(
        """
        DELETE FROM credential WHERE id = ANY(ARRAY(
            SELECT id FROM credential WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
        now, (long)limit);

    private static Credential Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), (CredentialKind)row.GetInt16(1), row.IsDBNull(2) ? null : new UserId(row.GetInt64(2)), (Role)row.GetInt16(3),
        row.IsDBNull(4) ? null : row.GetString(4), row.GetDateTime(5), row.GetDateTime(6), row.IsDBNull(7) ? null : row.GetDateTime(7));
}
