using Madang.Accounts;
using Madang.Api;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Accounts;

internal sealed class PostgresUserStore(PostgresDatabase database) : IUserStore
{
    private const string Columns = "id, name, display_name, locale, time_zone, role, disabled, created_at";

    public bool Insert(WriteTx tx, User user, string? passwordHash) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO users (id, name, name_key, display_name, display_key, locale, time_zone, role, password_hash, disabled, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (name_key) DO NOTHING
        """,
        user.Id.Value, user.Name, UserName.KeyOf(user.Name), user.DisplayName, UserName.KeyOf(user.DisplayName), user.Locale, user.TimeZone,
        (short)user.Role, passwordHash, user.Disabled, user.CreatedAt) == 1;

    // NO KEY UPDATE: whoever inserts rows that refer to a user need not wait for us.
    public IReadOnlyDictionary<UserId, User> Lock(WriteTx tx, params IReadOnlyCollection<UserId> ids)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM users WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", [ids.Values()]);
        return select.ReadAll(Read).ToDictionary(user => user.Id);
    }

    public IReadOnlyList<UserId> LockAdmins(WriteTx tx)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT id FROM users WHERE role = 3 AND NOT disabled ORDER BY id FOR NO KEY UPDATE");
        return select.ReadAll(Rows.UserId);
    }

    public void Update(WriteTx tx, User user) => PostgresTx.Of(tx).Run(
        "UPDATE users SET display_name = $2, display_key = $3, locale = $4, time_zone = $5, role = $6, disabled = $7 WHERE id = $1",
        user.Id.Value, user.DisplayName, UserName.KeyOf(user.DisplayName), user.Locale, user.TimeZone, (short)user.Role, user.Disabled);

    public void SetPassword(WriteTx tx, UserId user, string passwordHash) =>
        PostgresTx.Of(tx).Run("UPDATE users SET password_hash = $2 WHERE id = $1", user.Value, passwordHash);

    public void ReplacePassword(WriteTx tx, UserId user, string before, string after) =>
        PostgresTx.Of(tx).Run("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2", user.Value, before, after);

    public IReadOnlySet<UserId> Active(WriteTx tx, IReadOnlyCollection<UserId> ids)
    {
        using var select = PostgresTx.Of(tx).Use("SELECT id FROM users WHERE id = ANY($1) AND NOT disabled", [ids.Values()]);
        return select.ReadAll(Rows.UserId).ToHashSet();
    }

    public async Task<IReadOnlyDictionary<UserId, User>> FindAsync(IReadOnlyCollection<UserId> ids, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM users WHERE id = ANY($1)").With([ids.Values()]);
        return (await select.ReadAllAsync(Read, cancellationToken)).ToDictionary(user => user.Id);
    }

    public async Task<(User User, string? PasswordHash)?> FindByNameAsync(string nameKey, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns}, password_hash FROM users WHERE name_key = $1").With(nameKey);
        var found = await select.ReadAllAsync(row => (Read(row), row.IsDBNull(8) ? null : row.GetString(8)), cancellationToken);
        return found is [var one] ? one : null;
    }

    public async Task<IReadOnlyDictionary<string, User>> FindByNamesAsync(IReadOnlyCollection<string> nameKeys, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns}, name_key FROM users WHERE name_key = ANY($1)").With([nameKeys.ToArray()]);
        var found = await select.ReadAllAsync(row => (Key: row.GetString(8), User: Read(row)), cancellationToken);
        return found.ToDictionary(pair => pair.Key, pair => pair.User, StringComparer.Ordinal);
    }

    public async Task<string?> PasswordOfAsync(UserId user, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT password_hash FROM users WHERE id = $1").With(user.Value);
        return await select.ExecuteScalarAsync(cancellationToken) as string;
    }

    public async Task<IReadOnlyList<User>> SearchAsync(string key, bool withDisabled, long? after, int limit, CancellationToken cancellationToken)
    {
        // In the order of the primary key until the page is full; a word that none of 100,000 people has reads the table once, some 35 ms from memory.
        // Trigrams would need an extension, and find nothing for a Korean word of two syllables.
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {Columns} FROM users
            WHERE id > $1 AND (NOT disabled OR $2) AND ($3 = '' OR starts_with(name_key, $3) OR position($3 IN display_key) > 0)
            ORDER BY id LIMIT $4
            """).With(after ?? 0, withDisabled, key, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    private static User Read(NpgsqlDataReader row) => new()
    {
        Id = new UserId(row.GetInt64(0)),
        Name = row.GetString(1),
        DisplayName = row.GetString(2),
        Locale = row.GetString(3),
        TimeZone = row.GetString(4),
        Role = (Role)row.GetInt16(5),
        Disabled = row.GetBoolean(6),
        CreatedAt = row.GetDateTime(7),
    };
}
