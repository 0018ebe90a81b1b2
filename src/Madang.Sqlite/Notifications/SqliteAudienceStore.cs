using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Audiences;
using Madang.Sqlite.Accounts;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteAudienceStore(SqliteDatabase database) : IAudienceStore, IAudiencePeople
{
    private const string Columns = "a.id, a.name, a.kind, a.title, a.is_open, a.rule, a.created_at, a.updated_at";
    private const string MembersAfter = "SELECT user_id FROM topic_member WHERE audience_id = ?1 AND user_id > ?2 ORDER BY user_id LIMIT ?3";
    private const string AccountsAfter = "SELECT id, locale, time_zone, role, created_at, disabled FROM users WHERE id > ?1 ORDER BY id LIMIT ?2";

    public bool Insert(WriteTx tx, Audience audience)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO audience (id, name, kind, title, is_open, rule, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            ON CONFLICT (name) DO NOTHING
            """);
        return insert.Bind(1, audience.Id).Bind(2, audience.Name).Bind(3, (long)audience.Kind).Bind(4, audience.Title).Bind(5, audience.IsOpen)
            .Bind(6, Rule(audience)).Bind(7, audience.CreatedAt).Bind(8, audience.UpdatedAt).Run() > 0;
    }

    public Audience? Find(WriteTx tx, string name)
    {
        using var row = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM audience a WHERE a.name = ?1").Bind(1, name);
        return row.Step() ? Read(row) : null;
    }

    // The one writer is the lock.
    public Audience? Lock(WriteTx tx, string name) => Find(tx, name);

    public void Put(WriteTx tx, Audience audience)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE audience SET title = ?2, is_open = ?3, rule = ?4, updated_at = ?5 WHERE id = ?1");
        _ = update.Bind(1, audience.Id).Bind(2, audience.Title).Bind(3, audience.IsOpen).Bind(4, Rule(audience)).Bind(5, audience.UpdatedAt).Run();
    }

    public bool Delete(WriteTx tx, string name)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM audience WHERE name = ?1").Bind(1, name);
        return delete.Run() > 0;
    }

    public int Count(WriteTx tx)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM audience");
        return (int)count.Scalar()!.Value;
    }

    public Task<Audience?> FindAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var row = connection.Use($"SELECT {Columns} FROM audience a WHERE a.name = ?1").Bind(1, name);
            return row.Step() ? Read(row) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Audience>> ListAsync(long? after, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Audience>>(
        connection =>
        {
            using var rows = connection.Use($"SELECT {Columns} FROM audience a WHERE a.id > ?1 ORDER BY a.id LIMIT ?2").Bind(1, after ?? 0).Bind(2, (long)limit);
            var found = new List<Audience>();
            while (rows.Step())
            {
                found.Add(Read(rows));
            }

            return found;
        },
        cancellationToken);

    public int Join(WriteTx tx, long topic, IReadOnlyCollection<UserId> people)
    {
        using var insert = SqliteTx.Of(tx).Use(
            """
            INSERT INTO topic_member (audience_id, user_id, since) SELECT ?1, id, ?3 FROM users WHERE id IN (SELECT value FROM json_each(?2)) ORDER BY id
            ON CONFLICT DO NOTHING
            """);
        return insert.Bind(1, topic).Bind(2, IdList.Of(people)).Bind(3, tx.Now).Run();
    }

    public int Leave(WriteTx tx, long topic, IReadOnlyCollection<UserId> people)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM topic_member WHERE audience_id = ?1 AND user_id IN (SELECT value FROM json_each(?2))");
        return delete.Bind(1, topic).Bind(2, IdList.Of(people)).Run();
    }

    public IReadOnlyList<UserId> Members(WriteTx tx, long topic, UserId after, int limit)
    {
        using var rows = SqliteTx.Of(tx).Use(MembersAfter);
        return ReadMembers(rows.Bind(1, topic).Bind(2, after.Value).Bind(3, (long)limit));
    }

    public Task<IReadOnlyList<UserId>> MembersAsync(long topic, UserId after, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<UserId>>(
        connection =>
        {
            using var rows = connection.Use(MembersAfter);
            return ReadMembers(rows.Bind(1, topic).Bind(2, after.Value).Bind(3, (long)limit));
        },
        cancellationToken);

    public IReadOnlyList<AccountGlance> Accounts(WriteTx tx, UserId after, int limit)
    {
        using var rows = SqliteTx.Of(tx).Use(AccountsAfter);
        return ReadAccounts(rows.Bind(1, after.Value).Bind(2, (long)limit));
    }

    public Task<IReadOnlyList<AccountGlance>> AccountsAsync(UserId after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<AccountGlance>>(
            connection =>
            {
                using var rows = connection.Use(AccountsAfter);
                return ReadAccounts(rows.Bind(1, after.Value).Bind(2, (long)limit));
            },
            cancellationToken);

    public Task<IReadOnlyList<(Audience Topic, bool IsIn)>> TopicsAsync(UserId user, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(Audience, bool)>>(
            connection =>
            {
                using var rows = connection.Use(
                    $"""
                    SELECT {Columns}, m.user_id IS NOT NULL FROM audience a LEFT JOIN topic_member m ON m.audience_id = a.id AND m.user_id = ?1
                    WHERE a.id > ?2 AND a.kind = 1 AND (a.is_open <> 0 OR m.user_id IS NOT NULL) ORDER BY a.id LIMIT ?3
                    """);
                rows.Bind(1, user.Value).Bind(2, after ?? 0).Bind(3, (long)limit);
                var found = new List<(Audience, bool)>();
                while (rows.Step())
                {
                    found.Add((Read(rows), rows.Bool(8)));
                }

                return found;
            },
            cancellationToken);

    public Task<long> CountAsync(long topic, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var count = connection.Use("SELECT count(*) FROM topic_member WHERE audience_id = ?1").Bind(1, topic);
            return count.Scalar()!.Value;
        },
        cancellationToken);

    public int Prune(WriteTx tx, int limit)
    {
        // One look per topic that is there: the next topic with people, from the index.
        var sqlite = SqliteTx.Of(tx);
        long? topic = 0;
        while (true)
        {
            using (var next = sqlite.Use("SELECT audience_id FROM topic_member WHERE audience_id > ?1 ORDER BY audience_id LIMIT 1").Bind(1, topic))
            {
                topic = next.Scalar();
            }

            if (topic is null)
            {
                return 0;
            }

            using var known = sqlite.Use("SELECT 1 FROM audience WHERE id = ?1").Bind(1, topic);
            if (known.Scalar() is null)
            {
                using var delete = sqlite.Use(
                    "DELETE FROM topic_member WHERE audience_id = ?1 AND user_id IN (SELECT user_id FROM topic_member WHERE audience_id = ?1 ORDER BY user_id LIMIT ?2)");
                return delete.Bind(1, topic).Bind(2, (long)limit).Run();
            }
        }
    }

    private static string? Rule(Audience audience) => audience.Rule is null ? null : JsonSerializer.Serialize(audience.Rule, ApiJson.Options);

    private static List<UserId> ReadMembers(Statement rows)
    {
        var found = new List<UserId>();
        while (rows.Step())
        {
            found.Add(new(rows.Int64(0)));
        }

        return found;
    }

    private static List<AccountGlance> ReadAccounts(Statement rows)
    {
        var found = new List<AccountGlance>();
        while (rows.Step())
        {
            found.Add(new(new(rows.Int64(0)), rows.Text(1), rows.Text(2), (Role)rows.Int32(3), rows.Time(4), rows.Bool(5)));
        }

        return found;
    }

    private static Audience Read(Statement row) => new(
        row.Int64(0), row.Text(1), (AudienceKind)row.Int32(2), row.Text(3), row.Bool(4),
        row.IsNull(5) ? null : JsonSerializer.Deserialize<SegmentRule>(row.Text(5), ApiJson.Options), row.Time(6), row.Time(7));
}
