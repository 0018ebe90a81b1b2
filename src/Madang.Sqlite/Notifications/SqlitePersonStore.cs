using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Limits;
using Madang.Notifications.Planning;
using Madang.Notifications.Preferences;
using Madang.Notifications.QuietHours;
using Madang.Sqlite.Accounts;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqlitePersonStore : IPersonStore
{
    public IReadOnlyList<Person> Read(WriteTx tx, IReadOnlyList<UserId> people, string category, PersonNeeds needs)
    {
        var ids = IdList.Of(people);
        var found = ReadPeople(tx, ids, category);
        if (needs.Addresses)
        {
            foreach (var (user, addresses) in ReadAddresses(tx, ids))
            {
                found[user] = found[user] with { Addresses = addresses };
            }
        }

        if (needs.Total)
        {
            foreach (var (user, tally) in ReadTallies(tx, ids, ""))
            {
                found[user] = found[user] with { Total = tally };
            }
        }

        if (needs.OfCategory)
        {
            foreach (var (user, tally) in ReadTallies(tx, ids, category))
            {
                found[user] = found[user] with { OfCategory = tally };
            }
        }

        return [.. people.Select(id => found.GetValueOrDefault(id) ?? new Person { Id = id, Standing = PersonStanding.Unknown })];
    }

    public IReadOnlyList<ClaimFacts> Standing(WriteTx tx, IReadOnlyList<ClaimQuestion> questions)
    {
        using var select = SqliteTx.Of(tx).Use(
            """
            SELECT u.disabled, u.display_name, u.locale, p.off_channels, p.muted_until, c.on_channels, c.off_channels, s.hash IS NOT NULL,
              a.credential_id IS NULL OR (k.id IS NOT NULL AND (k.expires_at IS NULL OR k.expires_at > ?5)),
              coalesce(
                a.time_zone,
                (SELECT d.time_zone FROM address d LEFT JOIN credential dk ON dk.id = d.credential_id
                  WHERE d.user_id = u.id AND d.time_zone IS NOT NULL AND d.dead_at IS NULL
                    AND (d.credential_id IS NULL OR (dk.id IS NOT NULL AND (dk.expires_at IS NULL OR dk.expires_at > ?5)))
                  ORDER BY d.registered_at DESC, d.id DESC LIMIT 1),
                u.time_zone),
              a.id, a.user_id, a.kind, a.value, a.scope, a.credential_id, a.time_zone, a.locale, a.registered_at, a.dead_at, a.dead_reason, a.soft_bounces
            FROM (SELECT ?1 AS user_id, ?2 AS category, ?3 AS address_id, ?4 AS hash) q
            LEFT JOIN users u ON u.id = q.user_id
            LEFT JOIN preference p ON p.user_id = q.user_id
            LEFT JOIN preference_choice c ON c.user_id = q.user_id AND c.category = q.category
            LEFT JOIN address a ON a.id = q.address_id
            LEFT JOIN credential k ON k.id = a.credential_id
            LEFT JOIN suppression s ON s.hash = coalesce(a.value_hash, q.hash)
            """);
        var all = new ClaimFacts[questions.Count];
        for (var i = 0; i < all.Length; i++)
        {
            var question = questions[i];
            select.Bind(1, question.User?.Value).Bind(2, question.Category).Bind(3, question.AddressId).Bind(5, tx.Now);
            if (question.Hash is { } hash)
            {
                select.Bind(4, hash);
            }
            else
            {
                select.Bind(4, (string?)null);
            }

            select.Step();
            all[i] = ReadFacts(select);
            select.Reset();
        }

        return all;
    }

    public void PutCounted(WriteTx tx, IReadOnlyList<CountedPlan> counted)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT OR REPLACE INTO limit_count (user_id, scope, tally) VALUES (?1, ?2, ?3)");
        foreach (var one in counted)
        {
            insert.Bind(1, one.User.Value).Bind(2, one.Scope).Bind(3, one.After.ToBytes()).Again();
        }
    }

    private static Dictionary<UserId, Person> ReadPeople(WriteTx tx, string ids, string category)
    {
        using var select = SqliteTx.Of(tx).Use(
            """
            SELECT u.id, u.disabled, u.display_name, u.locale, u.time_zone, p.off_channels, p.muted_until, p.quiet, c.on_channels, c.off_channels
            FROM json_each(?1) AS j CROSS JOIN users u ON u.id = j.value
            LEFT JOIN preference p ON p.user_id = u.id LEFT JOIN preference_choice c ON c.user_id = u.id AND c.category = ?2
            """);
        select.Bind(1, ids).Bind(2, category);
        var found = new Dictionary<UserId, Person>();
        while (select.Step())
        {
            var id = new UserId(select.Int64(0));
            found[id] = new Person
            {
                Id = id,
                Standing = select.Bool(1) ? PersonStanding.Disabled : PersonStanding.Active,
                DisplayName = select.Text(2),
                Locale = select.Text(3),
                TimeZone = select.Text(4),
                Off = new((int)(select.Int64OrNull(5) ?? 0)),
                MutedUntil = select.TimeOrNull(6),
                Quiet = QuietWeek.Of(select.TextOrNull(7)),
                Choice = ReadChoice(select, 8),
            };
        }

        return found;
    }

    private static Dictionary<UserId, List<PersonAddress>> ReadAddresses(WriteTx tx, string ids)
    {
        using var select = SqliteTx.Of(tx).Use(
            """
            SELECT a.user_id, a.id, a.kind, a.scope, a.time_zone, a.locale, a.registered_at, s.hash IS NOT NULL
            FROM json_each(?1) AS j CROSS JOIN address a ON a.user_id = j.value
            LEFT JOIN credential k ON k.id = a.credential_id LEFT JOIN suppression s ON s.hash = a.value_hash
            WHERE a.dead_at IS NULL AND (a.credential_id IS NULL OR k.expires_at IS NULL OR k.expires_at > ?2)
            ORDER BY a.user_id, a.id
            """);
        select.Bind(1, ids).Bind(2, tx.Now);
        var found = new Dictionary<UserId, List<PersonAddress>>();
        while (select.Step())
        {
            var user = new UserId(select.Int64(0));
            if (!found.TryGetValue(user, out var mine))
            {
                found[user] = mine = [];
            }

            mine.Add(new(
                new(select.Int64(1)), (AddressKind)select.Int32(2), select.Text(3), select.TextOrNull(4), select.TextOrNull(5), select.Time(6), select.Bool(7)));
        }

        return found;
    }

    private static List<(UserId User, Tally Tally)> ReadTallies(WriteTx tx, string ids, string scope)
    {
        using var select = SqliteTx.Of(tx).Use("SELECT l.user_id, l.tally FROM json_each(?1) AS j CROSS JOIN limit_count l ON l.user_id = j.value AND l.scope = ?2");
        select.Bind(1, ids).Bind(2, scope);
        var found = new List<(UserId, Tally)>();
        while (select.Step())
        {
            found.Add((new(select.Int64(0)), Tally.Of(select.Bytes(1))));
        }

        return found;
    }

    private static ClaimFacts ReadFacts(Statement row) => new()
    {
        Standing = row.IsNull(0) ? PersonStanding.Unknown : row.Bool(0) ? PersonStanding.Disabled : PersonStanding.Active,
        DisplayName = row.TextOrNull(1) ?? "",
        Locale = row.TextOrNull(2) ?? "",
        Off = new((int)(row.Int64OrNull(3) ?? 0)),
        MutedUntil = row.TimeOrNull(4),
        Choice = ReadChoice(row, 5),
        Suppressed = row.Bool(7),
        SessionStands = row.Bool(8),
        TimeZone = row.TextOrNull(9),
        Address = row.IsNull(10) ? null : AddressRow.Read(row, 10),
    };

    private static Choice ReadChoice(Statement row, int at) => new(new((int)(row.Int64OrNull(at) ?? 0)), new((int)(row.Int64OrNull(at + 1) ?? 0)));
}

/// <summary>The columns of an address, as every query of them lists them.</summary>
internal static class AddressRow
{
    public const string Columns = "a.id, a.user_id, a.kind, a.value, a.scope, a.credential_id, a.time_zone, a.locale, a.registered_at, a.dead_at, a.dead_reason, a.soft_bounces";

    public static Address Read(Statement row, int at) => new()
    {
        Id = new(row.Int64(at)),
        User = new(row.Int64(at + 1)),
        Kind = (AddressKind)row.Int32(at + 2),
        Value = row.Text(at + 3),
        Scope = row.Text(at + 4),
        Credential = row.Int64OrNull(at + 5) ?? 0,
        TimeZone = row.TextOrNull(at + 6),
        Locale = row.TextOrNull(at + 7),
        RegisteredAt = row.Time(at + 8),
        DeadAt = row.TimeOrNull(at + 9),
        DeadReason = row.TextOrNull(at + 10),
        SoftBounces = row.Int32(at + 11),
    };
}
