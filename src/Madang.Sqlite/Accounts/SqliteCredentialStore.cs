using Madang.Accounts.Credentials;
using Madang.Api;
using Madang.Storage;

namespace Madang.Sqlite.Accounts;

internal sealed class SqliteCredentialStore(SqliteDatabase database) : ICredentialStore
{
    private const string Columns = "c.id, c.kind, c.user_id, coalesce(u.role, c.role), c.name, c.created_at, c.last_seen_at, c.expires_at";

    // This process owns the folder and hears of every change; a minute bounds what a bug could cost.
    public TimeSpan Life => TimeSpan.FromMinutes(1);

    public void Insert(WriteTx tx, Credential credential, TokenDigest digest)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO credential (id, kind, digest, user_id, role, name, created_at, last_seen_at, expires_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """);
        insert.Bind(1, credential.Id).Bind(2, (long)credential.Kind).Bind(3, digest.ToBytes()).Bind(4, credential.User?.Value)
            .Bind(5, credential.User is null ? (long)credential.Role : null).Bind(6, credential.Name)
            .Bind(7, credential.CreatedAt).Bind(8, credential.LastSeenAt).Bind(9, credential.ExpiresAt).Run();
    }

    public Task<Credential?> FindAsync(TokenDigest digest, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use(
                    $"SELECT {Columns} FROM credential c LEFT JOIN users u ON u.id = c.user_id WHERE c.digest = ?1 AND coalesce(u.disabled, 0) = 0");
                return select.Bind(1, digest.ToBytes()).Step() ? Read(select) : null;
            },
            cancellationToken);

    public Task<IReadOnlySet<long>> StandingAsync(IReadOnlyCollection<long> ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlySet<long>>(
            connection =>
            {
                using var select = connection.Use(
                    """
                    SELECT c.id FROM credential c LEFT JOIN users u ON u.id = c.user_id
                    WHERE c.id IN (SELECT value FROM json_each(?1)) AND (c.expires_at IS NULL OR c.expires_at > ?2) AND coalesce(u.disabled, 0) = 0
                    """);
                select.Bind(1, IdList.Of(ids)).Bind(2, now);
                var standing = new HashSet<long>();
                while (select.Step())
                {
                    standing.Add(select.Int64(0));
                }

                return standing;
            },
            cancellationToken);

    public void Touch(WriteTx tx, IReadOnlyList<SeenCredential> seen)
    {
        foreach (var (id, at, expiresAt) in seen)
        {
            using var update = SqliteTx.Of(tx).Use("UPDATE credential SET last_seen_at = ?2, expires_at = ?3 WHERE id = ?1 AND last_seen_at < ?2");
            update.Bind(1, id).Bind(2, at).Bind(3, expiresAt).Run();
        }
    }

    public bool End(WriteTx tx, long id, UserId? owner)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM credential WHERE id = ?1 AND user_id IS ?2");
        return delete.Bind(1, id).Bind(2, owner?.Value).Run() == 1;
    }

    public IReadOnlyList<long> EndAll(WriteTx tx, UserId owner, CredentialKind? kind, long? except)
    {
        using var delete = SqliteTx.Of(tx).Use(
            "DELETE FROM credential WHERE user_id = ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR id <> ?3) RETURNING id");
        delete.Bind(1, owner.Value).Bind(2, (long?)kind).Bind(3, except);
        var ended = new List<long>();
        while (delete.Step())
        {
            ended.Add(delete.Int64(0));
        }

        return ended;
    }

    public Task<IReadOnlyList<Credential>> SessionsAsync(UserId owner, DateTimeOffset now, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Credential>>(
            connection =>
            {
                using var select = connection.Use(
                    $"""
                    SELECT {Columns} FROM credential c JOIN users u ON u.id = c.user_id
                    WHERE c.user_id = ?1 AND c.id > ?2 AND c.kind = 1 AND c.expires_at > ?3 ORDER BY c.id LIMIT ?4
                    """);
                return ReadAll(select.Bind(1, owner.Value).Bind(2, after ?? 0).Bind(3, now).Bind(4, limit));
            },
            cancellationToken);

    public Task<IReadOnlyList<Credential>> ApiKeysAsync(long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Credential>>(
            connection =>
            {
                using var select = connection.Use(
                    """
                    SELECT c.id, c.kind, c.user_id, c.role, c.name, c.created_at, c.last_seen_at, c.expires_at FROM credential c
                    WHERE c.user_id IS NULL AND c.id > ?1 ORDER BY c.id LIMIT ?2
                    """);
                return ReadAll(select.Bind(1, after ?? 0).Bind(2, limit));
            },
            cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use(
            "DELETE FROM credential WHERE id IN (SELECT id FROM credential WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)");
        return delete.Bind(1, now).Bind(2, limit).Run();
    }

    private static List<Credential> ReadAll(Statement select)
    {
        var credentials = new List<Credential>();
        while (select.Step())
        {
            credentials.Add(Read(select));
        }

        return credentials;
    }

    private static Credential Read(Statement row) => new(
        row.Int64(0), (CredentialKind)row.Int32(1), row.Int64OrNull(2) is { } user ? new UserId(user) : null, (Role)row.Int32(3), row.TextOrNull(4),
        row.Time(5), row.Time(6), row.TimeOrNull(7));
}
