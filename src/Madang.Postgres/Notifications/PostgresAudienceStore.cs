using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Audiences;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresAudienceStore(PostgresDatabase database) : IAudienceStore, IAudiencePeople
{
    private const string Columns = "a.id, a.name, a.kind, a.title, a.is_open, a.rule, a.created_at, a.updated_at";
    private const string MembersAfter = "SELECT user_id FROM topic_member WHERE audience_id = $1 AND user_id > $2 ORDER BY user_id LIMIT $3";
    private const string AccountsAfter = "SELECT id, locale, time_zone, role, created_at, disabled FROM users WHERE id > $1 ORDER BY id LIMIT $2";

    public bool Insert(WriteTx tx, Audience audience) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO audience (id, name, kind, title, is_open, rule, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (name) DO NOTHING
        """,
        audience.Id, audience.Name, (short)audience.Kind, audience.Title, audience.IsOpen, Rule(audience), audience.CreatedAt, audience.UpdatedAt) > 0;

    public Audience? Find(WriteTx tx, string name)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM audience a WHERE a.name = $1", name);
        return One(select);
    }

    public Audience? Lock(WriteTx tx, string name)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM audience a WHERE a.name = $1 FOR UPDATE", name);
        return One(select);
    }

    public void Put(WriteTx tx, Audience audience) => PostgresTx.Of(tx).Run(
        "UPDATE audience SET title = $2, is_open = $3, rule = $4, updated_at = $5 WHERE id = $1",
        audience.Id, audience.Title, audience.IsOpen, Rule(audience), audience.UpdatedAt);

    public bool Delete(WriteTx tx, string name) => PostgresTx.Of(tx).Run("DELETE FROM audience WHERE name = $1", name) > 0;

    public int Count(WriteTx tx)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*)::int FROM audience");
        return (int)count.ExecuteScalar()!;
    }

    public async Task<Audience?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM audience a WHERE a.name = $1").With(name);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    public async Task<IReadOnlyList<Audience>> ListAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM audience a WHERE a.id > $1 ORDER BY a.id LIMIT $2").With(after ?? 0, (long)limit);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<Audience>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(Read(rows));
        }

        return found;
    }

    public int Join(WriteTx tx, long topic, IReadOnlyCollection<UserId> people) => PostgresTx.Of(tx).Run(
        "INSERT INTO topic_member (audience_id, user_id, since) SELECT $1, id, $3 FROM users WHERE id = ANY($2) ORDER BY id ON CONFLICT DO NOTHING",
        topic, people.Select(user => user.Value).ToArray(), tx.Now);

    public int Leave(WriteTx tx, long topic, IReadOnlyCollection<UserId> people) => PostgresTx.Of(tx).Run(
        "DELETE FROM topic_member WHERE audience_id = $1 AND user_id = ANY($2)", topic, people.Select(user => user.Value).ToArray());

    public IReadOnlyList<UserId> Members(WriteTx tx, long topic, UserId after, int limit)
    {
        using var select = PostgresTx.Of(tx).Use(MembersAfter, topic, after.Value, (long)limit);
        using var rows = select.ExecuteReader();
        var found = new List<UserId>();
        while (rows.Read())
        {
            found.Add(new(rows.GetInt64(0)));
        }

        return found;
    }

    public async Task<IReadOnlyList<UserId>> MembersAsync(long topic, UserId after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(MembersAfter).With(topic, after.Value, (long)limit);
        return await select.ReadAllAsync(row => new UserId(row.GetInt64(0)), cancellationToken);
    }

    public IReadOnlyList<AccountGlance> Accounts(WriteTx tx, UserId after, int limit)
    {
        using var select = PostgresTx.Of(tx).Use(AccountsAfter, after.Value, (long)limit);
        using var rows = select.ExecuteReader();
        var found = new List<AccountGlance>();
        while (rows.Read())
        {
            found.Add(ReadAccount(rows));
        }

        return found;
    }

    public async Task<IReadOnlyList<AccountGlance>> AccountsAsync(UserId after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(AccountsAfter).With(after.Value, (long)limit);
        return await select.ReadAllAsync(ReadAccount, cancellationToken);
    }

    public async Task<IReadOnlyList<(Audience Topic, bool IsIn)>> TopicsAsync(UserId user, long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"""
            SELECT {Columns}, m.user_id IS NOT NULL FROM audience a LEFT JOIN topic_member m ON m.audience_id = a.id AND m.user_id = $1
            WHERE a.id > $2 AND a.kind = 1 AND (a.is_open OR m.user_id IS NOT NULL) ORDER BY a.id LIMIT $3
            """).With(user.Value, after ?? 0, (long)limit);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var found = new List<(Audience, bool)>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add((Read(rows), rows.GetBoolean(8)));
        }

        return found;
    }

    public async Task<long> CountAsync(long topic, CancellationToken cancellationToken)
    {
        await using var count = database.Source.CreateCommand("SELECT count(*) FROM topic_member WHERE audience_id = $1").With(topic);
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    public int Prune(WriteTx tx, int limit)
    {
        // One look per topic that is there: the next topic with people, from the index.
        var postgres = PostgresTx.Of(tx);
        var topic = 0L;
        while (true)
        {
            using (var next = postgres.Use("SELECT audience_id FROM topic_member WHERE audience_id > $1 ORDER BY audience_id LIMIT 1", topic))
            {
                if (next.ExecuteScalar() is not long found)
                {
                    return 0;
                }

                topic = found;
            }

            using var known = postgres.Use("SELECT 1 FROM audience WHERE id = $1", topic);
            if (known.ExecuteScalar() is null)
            {
                return postgres.Run(
                    "DELETE FROM topic_member WHERE audience_id = $1 AND user_id IN (SELECT user_id FROM topic_member WHERE audience_id = $1 ORDER BY user_id LIMIT $2)",
                    topic, (long)limit);
            }
        }
    }

    private static string? Rule(Audience audience) => audience.Rule is null ? null : JsonSerializer.Serialize(audience.Rule, ApiJson.Options);

    private static AccountGlance ReadAccount(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), row.GetString(1), row.GetString(2), (Role)row.GetInt16(3), NotificationRows.Time(row, 4), row.GetBoolean(5));

    private static Audience? One(NpgsqlCommand command)
    {
        using var row = command.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    private static Audience Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), (AudienceKind)row.GetInt16(2), row.GetString(3), row.GetBoolean(4),
        row.IsDBNull(5) ? null : JsonSerializer.Deserialize<SegmentRule>(row.GetString(5), ApiJson.Options), NotificationRows.Time(row, 6), NotificationRows.Time(row, 7));
}
