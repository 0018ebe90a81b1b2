using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;
using Madang.Notifications.QuietHours;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresPersonStore : IPersonStore
{
    public IReadOnlyList<Person> Read(WriteTx tx, IReadOnlyList<UserId> people, string category, PersonNeeds needs)
    {
        long[] ids = [.. people.Select(id => id.Value)];
        var found = ReadPeople(tx, ids, category);
        if (needs.Addresses)
        {
            foreach (var addresses in ReadAddresses(tx, ids).GroupBy(pair => pair.User, pair => pair.Address))
            {
                found[addresses.Key] = found[addresses.Key] with { Addresses = [.. addresses] };
            }
        }

        if (needs.Total || needs.OfCategory)
        {
            ReadTallies(tx, [.. found.Keys.Select(id => id.Value).Order()], category, needs, found);
        }

        return [.. people.Select(id => found.GetValueOrDefault(id) ?? new Person { Id = id, Standing = PersonStanding.Unknown })];
    }

    public IReadOnlyList<ClaimFacts> Standing(WriteTx tx, IReadOnlyList<ClaimQuestion> questions)
    {
        using var select = PostgresTx.Of(tx).Use(
            $"""
            SELECT u.disabled, u.display_name, u.locale, p.off_channels, p.muted_until, c.on_channels, c.off_channels, s.hash IS NOT NULL,
              a.credential_id IS NULL OR (k.id IS NOT NULL AND (k.expires_at IS NULL OR k.expires_at > $5)),
              coalesce(
                a.time_zone,
                (SELECT d.time_zone FROM address d LEFT JOIN credential dk ON dk.id = d.credential_id
                  WHERE d.user_id = u.id AND d.time_zone IS NOT NULL AND d.dead_at IS NULL
                    AND (d.credential_id IS NULL OR (dk.id IS NOT NULL AND (dk.expires_at IS NULL OR dk.expires_at > $5)))
                  ORDER BY d.registered_at DESC, d.id DESC LIMIT 1),
                u.time_zone),
              {AddressRow.Columns}
            FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[]) WITH ORDINALITY AS q (user_id, category, address_id, hash, n)
            LEFT JOIN users u ON u.id = q.user_id
            LEFT JOIN preference p ON p.user_id = q.user_id
            LEFT JOIN preference_choice c ON c.user_id = q.user_id AND c.category = q.category
            LEFT JOIN address a ON a.id = q.address_id
            LEFT JOIN credential k ON k.id = a.credential_id
            LEFT JOIN suppression s ON s.hash = coalesce(a.value_hash, q.hash)
            ORDER BY q.n
            """,
            questions.Select(question => question.User?.Value ?? 0).ToArray(), questions.Select(question => question.Category).ToArray(),
            questions.Select(question => question.AddressId).ToArray(), questions.Select(question => question.Hash ?? []).ToArray(), tx.Now);
        return select.ReadAll(ReadFacts);
    }

    public void PutCounted(WriteTx tx, IReadOnlyList<CountedPlan> counted) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO limit_count (user_id, scope, tally) SELECT * FROM unnest($1, $2, $3) AS c (user_id, scope, tally) ORDER BY user_id, scope
        ON CONFLICT (user_id, scope) DO UPDATE SET tally = excluded.tally
        """,
        counted.Select(one => one.User.Value).ToArray(), counted.Select(one => one.Scope).ToArray(), counted.Select(one => one.After.ToBytes()).ToArray());

    private static Dictionary<UserId, Person> ReadPeople(WriteTx tx, long[] ids, string category)
    {
        using var select = PostgresTx.Of(tx).Use(
            """
            SELECT u.id, u.disabled, u.display_name, u.locale, u.time_zone, p.off_channels, p.muted_until, p.quiet, c.on_channels, c.off_channels
            FROM users u LEFT JOIN preference p ON p.user_id = u.id LEFT JOIN preference_choice c ON c.user_id = u.id AND c.category = $2
            WHERE u.id = ANY($1)
            """,
            ids, category);
        return select.ReadAll(row => new Person
        {
            Id = new(row.GetInt64(0)),
            Standing = row.GetBoolean(1) ? PersonStanding.Disabled : PersonStanding.Active,
            DisplayName = row.GetString(2),
            Locale = row.GetString(3),
            TimeZone = row.GetString(4),
            Off = new(row.IsDBNull(5) ? 0 : row.GetInt32(5)),
            MutedUntil = row.IsDBNull(6) ? null : row.GetDateTime(6),
            Quiet = QuietWeek.Of(row.IsDBNull(7) ? null : row.GetString(7)),
            Choice = ReadChoice(row, 8),
        }).ToDictionary(person => person.Id);
    }

    private static List<(UserId User, PersonAddress Address)> ReadAddresses(WriteTx tx, long[] ids)
    {
        using var select = PostgresTx.Of(tx).Use(
            """
            SELECT a.user_id, a.id, a.kind, a.scope, a.time_zone, a.locale, a.registered_at, s.hash IS NOT NULL
            FROM address a LEFT JOIN credential k ON k.id = a.credential_id LEFT JOIN suppression s ON s.hash = a.value_hash
            WHERE a.user_id = ANY($1) AND a.dead_at IS NULL AND (a.credential_id IS NULL OR k.expires_at IS NULL OR k.expires_at > $2)
            ORDER BY a.user_id, a.id
            """,
            ids, tx.Now);
        return select.ReadAll(row => (
            new UserId(row.GetInt64(0)),
            new PersonAddress(
                new(row.GetInt64(1)), (AddressKind)row.GetInt16(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5), row.GetDateTime(6), row.GetBoolean(7))));
    }

    // Two planners that meet at one person must not both find room for the last one: the rows are made first, and then locked in one order.
    private static void ReadTallies(WriteTx tx, long[] ids, string category, PersonNeeds needs, Dictionary<UserId, Person> found)
    {
        string[] scopes = needs.Total && needs.OfCategory ? ["", category] : needs.Total ? [""] : [category];
        PostgresTx.Of(tx).Run(
            """
            INSERT INTO limit_count (user_id, scope, tally) SELECT u, s, ''::bytea FROM unnest($1::bigint[]) u CROSS JOIN unnest($2::text[]) s ORDER BY u, s
            ON CONFLICT (user_id, scope) DO NOTHING
            """,
            ids, scopes);
        using var select = PostgresTx.Of(tx).Use(
            "SELECT user_id, scope, tally FROM limit_count WHERE user_id = ANY($1) AND scope = ANY($2) ORDER BY user_id, scope FOR UPDATE", ids, scopes);
        foreach (var (user, scope, tally) in select.ReadAll(row => (new UserId(row.GetInt64(0)), row.GetString(1), Tally.Of(row.GetFieldValue<byte[]>(2)))))
        {
            var person = found[user];
            found[user] = scope.Length == 0 ? person with { Total = tally } : person with { OfCategory = tally };
        }
    }

    private static ClaimFacts ReadFacts(NpgsqlDataReader row) => new()
    {
        Standing = row.IsDBNull(0) ? PersonStanding.Unknown : row.GetBoolean(0) ? PersonStanding.Disabled : PersonStanding.Active,
        DisplayName = row.IsDBNull(1) ? "" : row.GetString(1),
        Locale = row.IsDBNull(2) ? "" : row.GetString(2),
        Off = new(row.IsDBNull(3) ? 0 : row.GetInt32(3)),
        MutedUntil = row.IsDBNull(4) ? null : row.GetDateTime(4),
        Choice = ReadChoice(row, 5),
        Suppressed = row.GetBoolean(7),
        SessionStands = row.GetBoolean(8),
        TimeZone = row.IsDBNull(9) ? null : row.GetString(9),
        Address = row.IsDBNull(10) ? null : AddressRow.Read(row, 10),
    };

    private static Choice ReadChoice(NpgsqlDataReader row, int at) =>
        new(new(row.IsDBNull(at) ? 0 : row.GetInt32(at)), new(row.IsDBNull(at + 1) ? 0 : row.GetInt32(at + 1)));
}

/// <summary>The columns of an address, as every query of them lists them.</summary>
internal static class AddressRow
{
    public const string Columns = "a.id, a.user_id, a.kind, a.value, a.scope, a.credential_id, a.time_zone, a.locale, a.registered_at, a.dead_at, a.dead_reason, a.soft_bounces";

    public static Address Read(NpgsqlDataReader row, int at) => new()
    {
        Id = new(row.GetInt64(at)),
        User = new(row.GetInt64(at + 1)),
        Kind = (AddressKind)row.GetInt16(at + 2),
        Value = row.GetString(at + 3),
        Scope = row.GetString(at + 4),
        Credential = row.IsDBNull(at + 5) ? 0 : row.GetInt64(at + 5),
        TimeZone = row.IsDBNull(at + 6) ? null : row.GetString(at + 6),
        Locale = row.IsDBNull(at + 7) ? null : row.GetString(at + 7),
        RegisteredAt = row.GetDateTime(at + 8),
        DeadAt = row.IsDBNull(at + 9) ? null : row.GetDateTime(at + 9),
        DeadReason = row.IsDBNull(at + 10) ? null : row.GetString(at + 10),
        SoftBounces = row.GetInt32(at + 11),
    };
}
