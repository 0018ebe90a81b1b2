using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Accepting;
using Madang.Notifications.Tracking;

namespace Madang.Sqlite.Notifications;

/// <summary>
/// The hot write of a notification: every event id of the batch is looked up first, then both tables get their rows in the order of their keys, and what
/// follows from them is done for all of them together.
/// </summary>
internal sealed class SqliteAccepting : SqliteHotVerb<AcceptanceInQueue, Result<Accepted>>
{
    public override void Run(SqliteTx tx, IReadOnlyList<AcceptanceInQueue> items, Span<Result<Accepted>> results)
    {
        var acceptances = new Acceptance[items.Count];
        for (var i = 0; i < acceptances.Length; i++)
        {
            acceptances[i] = items[i].Acceptance;
        }

        AcceptanceInQueue.Followed(tx, items, Write(tx, acceptances, results));
    }

    /// <summary>Those that are new, by ascending id.</summary>
    public static IReadOnlyList<Notification> Write(SqliteTx tx, IReadOnlyList<Acceptance> items, Span<Result<Accepted>> results)
    {
        var bucket = EventBucket.Of(tx.Now);
        var fresh = new List<Acceptance>(items.Count);
        Dictionary<(long, string), Acceptance>? named = null;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item.Notification.EventId is { } id)
            {
                var key = (item.Notification.Sender, id);
                if (named is not null && named.TryGetValue(key, out var twin))
                {
                    results[i] = Answer(item, twin.Digest, twin.Notification);
                    continue;
                }

                if (Find(tx, bucket, item) is { } used)
                {
                    results[i] = used.Digest == item.Digest ? Answer(item, used.Digest, Reread(tx, used.Id)) : ApiErrors.IdempotencyConflict;
                    continue;
                }

                (named ??= new(items.Count))[key] = item;
            }

            fresh.Add(item);
            results[i] = new Accepted(item.Notification, Repeated: false);
        }

        Insert(tx, bucket, fresh);
        return fresh.ConvertAll(static one => one.Notification);
    }

    private static Result<Accepted> Answer(Acceptance item, long digest, Notification first) =>
        digest == item.Digest ? new Accepted(first, Repeated: true) : ApiErrors.IdempotencyConflict;

    private static (NotificationId Id, long Digest)? Find(SqliteTx tx, long bucket, Acceptance item)
    {
        // The log may be kept for a shorter time than event ids: one whose notification has gone counts as new.
        using var row = tx.Use(
            """
            SELECT k.notification_id, k.digest FROM notification_key k JOIN notification n ON n.id = k.notification_id
            WHERE k.bucket IN (?1, ?1 - 1) AND k.sender = ?2 AND k.event_id = ?3
            """);
        return row.Bind(1, bucket).Bind(2, item.Notification.Sender).Bind(3, item.Notification.EventId).Step() ? (new(row.Int64(0)), row.Int64(1)) : null;
    }

    private static Notification Reread(SqliteTx tx, NotificationId id)
    {
        using var row = tx.Use($"SELECT {NotificationRows.Columns} FROM notification n WHERE n.id = ?1").Bind(1, id.Value);
        return row.Step() ? NotificationRows.Read(row) : throw new InvalidOperationException($"Notification {id} has an event id but no row.");
    }

    private static void Insert(SqliteTx tx, long bucket, List<Acceptance> fresh)
    {
        if (fresh.Count == 0)
        {
            return;
        }

        fresh.Sort(static (one, other) => one.Notification.Id.Value.CompareTo(other.Notification.Id.Value));
        using (var insert = tx.Use(
            """
            INSERT INTO notification (id, sender, event_id, category, template, version, content, channels, to_kind, to_value, data, collapse_key, send_at, expires_at, state, is_wide, campaign)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
            """))
        {
            foreach (var one in fresh)
            {
                var row = one.Notification;
                var (kind, to) = RecipientsText.Of(row.To);
                insert.Bind(1, row.Id.Value).Bind(2, row.Sender).Bind(3, row.EventId).Bind(4, row.Category).Bind(5, row.Template?.Name)
                    .Bind(6, (long?)row.Template?.Version).Bind(7, row.Content).Bind(8, (long?)RecipientsText.Mask(row.Channels)).Bind(9, kind).Bind(10, to)
                    .Bind(11, row.Data).Bind(12, row.CollapseKey).Bind(13, row.SendAt).Bind(14, row.ExpiresAt).Bind(15, (long)row.State).Bind(16, row.IsWide).Bind(17, Campaigns.Named(row.Data)).Again();
            }
        }

        var keys = fresh.FindAll(static one => one.Notification.EventId is not null);
        keys.Sort(static (one, other) => one.Notification.Sender.CompareTo(other.Notification.Sender) is var order && order != 0
            ? order
            : string.CompareOrdinal(one.Notification.EventId, other.Notification.EventId));
        using var key = tx.Use("INSERT INTO notification_key (bucket, sender, event_id, notification_id, digest) VALUES (?1, ?2, ?3, ?4, ?5)");
        foreach (var one in keys)
        {
            key.Bind(1, bucket).Bind(2, one.Notification.Sender).Bind(3, one.Notification.EventId).Bind(4, one.Notification.Id.Value).Bind(5, one.Digest).Again();
        }
    }
}
