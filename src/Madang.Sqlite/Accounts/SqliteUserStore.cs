using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Accounts;

internal sealed class SqliteUserStore(SqliteDatabase database) : IUserStore
{
    private const string Columns = "u.id, u.name, u.display_name, u.locale, u.time_zone, u.role, u.disabled, u.created_at";

    public bool Insert(WriteTx tx, User user, string? passwordHash)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO users (id, name, name_key, display_name, display_key, locale, time_zone, role, password_hash, disabled, created_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (name_key) DO NOTHING
            """);
        return insert.Bind(1, user.Id.Value).Bind(2, user.Name).Bind(3, UserName.KeyOf(user.Name))
            .Bind(4, user.DisplayName).Bind(5, UserName.KeyOf(user.DisplayName)).Bind(6, user.Locale).Bind(7, user.TimeZone)
            .Bind(8, (long)user.Role).Bind(9, passwordHash).Bind(10, user.Disabled).Bind(11, user.CreatedAt)
            .Run() == 1;
    }

    // The one writer is the lock.
    public IReadOnlyDictionary<UserId, User> Lock(WriteTx tx, params IReadOnlyCollection<UserId> ids)
    {
        using var select = SqliteTx.Of(tx).Use(ById);
        return ReadById(select, ids);
    }

    public IReadOnlyList<UserId> LockAdmins(WriteTx tx)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT id FROM users WHERE role = 3 AND disabled = 0 ORDER BY id");
        return Ids(select);
    }

    public void Update(WriteTx tx, User user)
    {
        using var update = SqliteTx.Of(tx).Use(
            "UPDATE users SET display_name = ?2, display_key = ?3, locale = ?4, time_zone = ?5, role = ?6, disabled = ?7 WHERE id = ?1");
        update.Bind(1, user.Id.Value).Bind(2, user.DisplayName).Bind(3, UserName.KeyOf(user.DisplayName)).Bind(4, user.Locale).Bind(5, user.TimeZone)
            .Bind(6, (long)user.Role).Bind(7, user.Disabled).Run();
        tx.Publish(new AuthorChanged(user.Id));
    }

    public void SetPassword(WriteTx tx, UserId user, string passwordHash)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE users SET password_hash = ?2 WHERE id = ?1");
        update.Bind(1, user.Value).Bind(2, passwordHash).Run();
    }

    public void ReplacePassword(WriteTx tx, UserId user, string before, string after)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2");
        update.Bind(1, user.Value).Bind(2, before).Bind(3, after).Run();
    }

    public IReadOnlySet<UserId> Active(WriteTx tx, IReadOnlyCollection<UserId> ids)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT id FROM users WHERE id IN (SELECT value FROM json_each(?1)) AND disabled = 0");
        return Ids(select.Bind(1, IdList.Of(ids))).ToHashSet();
    }

    public Task<IReadOnlyDictionary<UserId, User>> FindAsync(IReadOnlyCollection<UserId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<UserId, User>>(
            connection =>
            {
                using var select = connection.Use(ById);
                return ReadById(select, ids);
            },
            cancellationToken);

    public Task<(User User, string? PasswordHash)?> FindByNameAsync(string nameKey, CancellationToken cancellationToken) =>
        database.ReadAsync<(User, string?)?>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns}, u.password_hash FROM users u WHERE u.name_key = ?1");
                return select.Bind(1, nameKey).Step() ? (Read(select), select.TextOrNull(8)) : null;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, User>> FindByNamesAsync(IReadOnlyCollection<string> nameKeys, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, User>>(
            connection =>
            {
                using var select = connection.Use($"SELECT {Columns}, u.name_key FROM users u WHERE u.name_key IN (SELECT value FROM json_each(?1))");
                _ = select.Bind(1, JsonSerializer.Serialize(nameKeys));
                var people = new Dictionary<string, User>(StringComparer.Ordinal);
                while (select.Step())
                {
                    people[select.Text(8)] = Read(select);
                }

                return people;
            },
            cancellationToken);

    public Task<string?> PasswordOfAsync(UserId user, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                using var select = connection.Use("SELECT password_hash FROM users WHERE id = ?1");
                return select.Bind(1, user.Value).Step() ? select.TextOrNull(0) : null;
            },
            cancellationToken);

    public Task<IReadOnlyList<User>> SearchAsync(string key, bool withDisabled, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<User>>(
            connection =>
            {
                // The page's ids from the narrow index, then their rows. LIKE would fold ASCII only and has wildcards; the keys are folded already.
                using var select = connection.Use(
                    $"""
                    SELECT {Columns} FROM (
                        SELECT id FROM users INDEXED BY users_search
                        WHERE id > ?1 AND (disabled = 0 OR ?2) AND (?3 = '' OR substr(name_key, 1, length(?3)) = ?3 OR instr(display_key, ?3) > 0)
                        ORDER BY id LIMIT ?4
                    ) AS page JOIN users u ON u.id = page.id ORDER BY u.id
                    """);
                select.Bind(1, after ?? 0).Bind(2, withDisabled).Bind(3, key).Bind(4, limit);
                var users = new List<User>();
                while (select.Step())
                {
                    users.Add(Read(select));
                }

                return users;
            },
            cancellationToken);

    private const string ById = $"SELECT {Columns} FROM users u WHERE u.id IN (SELECT value FROM json_each(?1))";

    private static Dictionary<UserId, User> ReadById(Statement select, IReadOnlyCollection<UserId> ids)
    {
        var users = new Dictionary<UserId, User>(ids.Count);
        select.Bind(1, IdList.Of(ids));
        while (select.Step())
        {
            var user = Read(select);
            users[user.Id] = user;
        }

        return users;
    }

    private static User Read(Statement row) => new()
    {
        Id = new UserId(row.Int64(0)),
        Name = row.Text(1),
        DisplayName = row.Text(2),
        Locale = row.Text(3),
        TimeZone = row.Text(4),
        Role = (Role)row.Int32(5),
        Disabled = row.Bool(6),
        CreatedAt = row.Time(7),
    };

    private static List<UserId> Ids(Statement select)
    {
        var ids = new List<UserId>();
        while (select.Step())
        {
            ids.Add(new UserId(select.Int64(0)));
        }

        return ids;
    }
}
