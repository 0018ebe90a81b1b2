using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Tracking;

namespace Madang.Postgres.Notifications;

/// <summary>
/// The hot write of notifications, for a whole batch at once: event ids are looked up and then taken, in the order of their keys; who finds one taken
/// meanwhile looks again. Everything else is one statement.
/// </summary>
internal sealed class PostgresAccepting : PostgresHotVerb<AcceptanceInQueue, Result<Accepted>>
{
    /// <summary>OFFSET keeps the planner from going through all keys of a sender, which a plan made while there were none would repeat for ever.</summary>
    internal const string FindSql =
        $"""
        SELECT s.sender, s.event_id, k.digest, {NotificationRows.Columns}
        FROM unnest($1::bigint[], $2::text[]) s (sender, event_id)
        CROSS JOIN LATERAL (
          SELECT notification_id, digest FROM notification_key WHERE bucket = ANY($3) AND sender = s.sender AND event_id = s.event_id OFFSET 0) k
        CROSS JOIN LATERAL (SELECT * FROM notification WHERE id = k.notification_id OFFSET 0) n
        """;

    public override string Name => "notifications";

    /// <summary>A retry goes to the session of its original.</summary>
    public override int PartitionOf(AcceptanceInQueue item) => item.Acceptance.Notification is { EventId: { } id } notification
        ? HashCode.Combine(notification.Sender, string.GetHashCode(id, StringComparison.Ordinal))
        : item.Acceptance.Notification.Id.GetHashCode();

    public override void Run(PostgresTx tx, IReadOnlyList<AcceptanceInQueue> items, Span<Result<Accepted>> results)
    {
        AcceptanceInQueue.Followed(tx, items, Write(tx, [.. items.Select(item => item.Acceptance)], results));
    }

    /// <summary>Those that are new, by ascending id.</summary>
    public static IReadOnlyList<Notification> Write(PostgresTx tx, IReadOnlyList<Acceptance> items, Span<Result<Accepted>> results)
    {
        var bucket = EventBucket.Of(tx.Now);
        var firsts = new Dictionary<(long, string), Acceptance>(items.Count);
        foreach (var item in items)
        {
            if (item.Notification.EventId is { } id)
            {
                _ = firsts.TryAdd((item.Notification.Sender, id), item);
            }
        }

        var used = firsts.Count == 0 ? [] : Find(tx, bucket, firsts.Values);
        if (used.Count < firsts.Count)
        {
            var wanted = firsts.Values.Where(item => !used.ContainsKey(Key(item))).ToList();
            var lost = Take(tx, bucket, wanted);
            if (lost.Count > 0)
            {
                foreach (var (key, use) in Find(tx, bucket, lost))
                {
                    used[key] = use;
                }
            }
        }

        var fresh = new List<Acceptance>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            results[i] = Decide(items[i], firsts, used, fresh);
        }

        Insert(tx, fresh);
        return [.. fresh.Select(item => item.Notification).OrderBy(notification => notification.Id.Value)];
    }

    private static Result<Accepted> Decide(
        Acceptance item, Dictionary<(long, string), Acceptance> firsts, Dictionary<(long, string), (long Digest, Notification First)> used, List<Acceptance> fresh)
    {
        if (item.Notification.EventId is not null)
        {
            if (used.TryGetValue(Key(item), out var use))
            {
                return use.Digest == item.Digest ? new Accepted(use.First, Repeated: true) : ApiErrors.IdempotencyConflict;
            }

            if (firsts[Key(item)] is { } first && !ReferenceEquals(first, item))
            {
                return first.Digest == item.Digest ? new Accepted(first.Notification, Repeated: true) : ApiErrors.IdempotencyConflict;
            }
        }

        fresh.Add(item);
        return new Accepted(item.Notification, Repeated: false);
    }

    private static (long, string) Key(Acceptance item) => (item.Notification.Sender, item.Notification.EventId!);

    private static Dictionary<(long, string), (long Digest, Notification First)> Find(PostgresTx tx, long bucket, IReadOnlyCollection<Acceptance> items)
    {
        var found = new Dictionary<(long, string), (long, Notification)>();
        using var select = tx.Use(
            FindSql,
            items.Select(item => item.Notification.Sender).ToArray(), items.Select(item => item.Notification.EventId).ToArray(), new[] { bucket, bucket - 1 });
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            found[(rows.GetInt64(0), rows.GetString(1))] = (rows.GetInt64(2), NotificationRows.Read(rows, 3));
        }

        return found;
    }

    /// <summary>Takes the event ids in ascending order; answers those that another transaction was faster with, which has committed by now.</summary>
    private static List<Acceptance> Take(PostgresTx tx, long bucket, List<Acceptance> wanted)
    {
        wanted.Sort(static (one, other) => Key(one).Item1.CompareTo(Key(other).Item1) is var order && order != 0
            ? order
            : string.CompareOrdinal(one.Notification.EventId, other.Notification.EventId));
        var taken = new HashSet<(long, string)>(wanted.Count);
        using (var insert = tx.Use(
            """
            INSERT INTO notification_key (bucket, sender, event_id, notification_id, digest)
            SELECT $1, sender, event_id, id, digest FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) AS k (sender, event_id, id, digest)
            ON CONFLICT DO NOTHING RETURNING sender, event_id
            """,
            bucket, wanted.Select(item => item.Notification.Sender).ToArray(), wanted.Select(item => item.Notification.EventId).ToArray(),
            wanted.Select(item => item.Notification.Id.Value).ToArray(), wanted.Select(item => item.Digest).ToArray()))
        {
            using var rows = insert.ExecuteReader();
            while (rows.Read())
            {
                _ = taken.Add((rows.GetInt64(0), rows.GetString(1)));
            }
        }

        return wanted.FindAll(item => !taken.Contains(Key(item)));
    }

    private static void Insert(PostgresTx tx, List<Acceptance> fresh)
    {
        if (fresh.Count == 0)
        {
            return;
        }

        var rows = fresh.ConvertAll(item => item.Notification);
        var to = rows.ConvertAll(row => RecipientsText.Of(row.To));
        _ = tx.Run(
            """
            INSERT INTO notification (id, sender, event_id, category, template, version, content, channels, to_kind, to_value, data, collapse_key, send_at, expires_at, state, is_wide, campaign)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::int[], $9::smallint[], $10::text[], $11::text[],
              $12::text[], $13::timestamptz[], $14::timestamptz[], $15::smallint[], $16::boolean[], $17::text[])
            """,
            rows.Select(row => row.Id.Value).ToArray(), rows.Select(row => row.Sender).ToArray(), rows.Select(row => row.EventId).ToArray(),
            rows.Select(row => row.Category).ToArray(), rows.Select(row => row.Template?.Name).ToArray(), rows.Select(row => row.Template?.Version).ToArray(),
            rows.Select(row => row.Content).ToArray(), rows.Select(row => RecipientsText.Mask(row.Channels)).ToArray(), to.Select(one => (short)one.Kind).ToArray(),
            to.Select(one => one.Value).ToArray(), rows.Select(row => row.Data).ToArray(), rows.Select(row => row.CollapseKey).ToArray(),
            rows.Select(row => row.SendAt.UtcDateTime).ToArray(), rows.Select(row => row.ExpiresAt.UtcDateTime).ToArray(), rows.Select(row => (short)row.State).ToArray(),
            rows.Select(row => row.IsWide).ToArray(), rows.Select(row => Campaigns.Named(row.Data)).ToArray());
    }
}
