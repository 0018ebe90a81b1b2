using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Notifications.Templates;
using Madang.Notifications.Tracking;
using Madang.Storage;

namespace Madang.Sqlite.Notifications;

internal sealed class SqliteTrackingStore(SqliteDatabase database) : ITrackingStore
{
    private const string Columns = "id, notification_id, delivery_id, user_id, kind, machine, detail, at";

    public Task<byte[]?> KeyAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT secret FROM tracking_key");
            return select.Step() ? select.Blob(0) : null;
        },
        cancellationToken);

    public byte[] Key(WriteTx tx, byte[] fresh)
    {
        using var insert = SqliteTx.Of(tx).Use("INSERT OR IGNORE INTO tracking_key (id, secret) VALUES (1, ?1)");
        insert.Bind(1, fresh).Run();
        using var select = SqliteTx.Of(tx).Use("SELECT secret FROM tracking_key");
        _ = select.Step();
        return select.Blob(0);
    }

    public int Append(WriteTx tx, IReadOnlyList<TrackedEvent> events)
    {
        using var insert = SqliteTx.Of(tx).Use($"INSERT OR IGNORE INTO tracking_event ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        var added = 0;
        foreach (var one in events)
        {
            insert.Bind(1, one.Id).Bind(2, one.Notification.Value).Bind(3, one.Delivery.Value).Bind(4, one.User.Value).Bind(5, (long)one.Kind).Bind(6, one.IsMachine)
                .Bind(7, one.Detail).Bind(8, one.At).Again();
            added += insert.Changes;
        }

        return added;
    }

    public Task<long> CountedAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT event_id FROM tracking_mark");
            return select.Scalar() ?? 0;
        },
        cancellationToken);

    public Task<IReadOnlyList<TrackedEvent>> ReadAsync(long above, long below, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<TrackedEvent>>(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM tracking_event WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3");
            select.Bind(1, above).Bind(2, below).Bind(3, limit);
            var events = new List<TrackedEvent>();
            while (select.Step())
            {
                events.Add(new(
                    select.Int64(0), (TrackedKind)select.Int32(4), new(select.Int64(1)), new DeliveryId(select.Int64(2)), new UserId(select.Int64(3)), select.Bool(5), select.Text(6),
                    select.Time(7)));
            }

            return events;
        },
        cancellationToken);

    public bool Count(WriteTx tx, long from, long to, IReadOnlyList<TrackedCount> counts)
    {
        using var mark = SqliteTx.Of(tx).Use("UPDATE tracking_mark SET event_id = ?2 WHERE event_id = ?1");
        if (mark.Bind(1, from).Bind(2, to).Run() == 0)
        {
            return false;
        }

        using var add = SqliteTx.Of(tx).Use(
            "INSERT INTO tracking_count (campaign, day, channel, kind, machine, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET n = n + excluded.n");
        foreach (var count in counts)
        {
            add.Bind(1, count.Campaign).Bind(2, Day(count.Day)).Bind(3, (long)(count.Channel ?? 0)).Bind(4, (long)count.Kind).Bind(5, count.IsMachine).Bind(6, count.N).Again();
        }

        return true;
    }

    public Task<IReadOnlyDictionary<DeliveryId, TrackedDelivery>> KnownAsync(IReadOnlyCollection<DeliveryId> deliveries, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<DeliveryId, TrackedDelivery>>(
            connection =>
            {
                using var select = connection.Use("SELECT id, channel, digest_id <> 0 FROM delivery WHERE id IN (SELECT value FROM json_each(?1))");
                select.Bind(1, $"[{string.Join(',', deliveries.Select(delivery => delivery.Value))}]");
                var known = new Dictionary<DeliveryId, TrackedDelivery>();
                while (select.Step())
                {
                    known[new(select.Int64(0))] = new((DeliveryChannel)select.Int32(1), select.Bool(2));
                }

                return known;
            },
            cancellationToken);

    public Task<IReadOnlyList<TrackedCount>> CountsAsync(string campaign, DateOnly since, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<TrackedCount>>(
        connection =>
        {
            using var select = connection.Use("SELECT day, channel, kind, machine, n FROM tracking_count WHERE campaign = ?1 AND day >= ?2 ORDER BY day, channel, kind, machine");
            select.Bind(1, campaign).Bind(2, Day(since));
            var counts = new List<TrackedCount>();
            while (select.Step())
            {
                DeliveryChannel? channel = select.Int32(1) == 0 ? null : (DeliveryChannel)select.Int32(1);
                counts.Add(new(campaign, DateOnly.FromDayNumber(select.Int32(0) + Epoch), channel, (TrackedKind)select.Int32(2), select.Bool(3), select.Int64(4)));
            }

            return counts;
        },
        cancellationToken);

    public Task<CampaignDeliveries> DeliveriesAsync(string campaign, NotificationId since, int most, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            var picked =
                $"""
                WITH named AS (SELECT id, send_at / 86400000 AS day FROM notification WHERE campaign = ?3 AND id >= ?1 ORDER BY id DESC LIMIT ?2),
                  digests AS (SELECT id, closed_at / 86400000 AS day FROM digest WHERE ?3 = '{BuiltInTemplates.Digest}' AND state = 2 AND id >= ?1 ORDER BY id DESC LIMIT ?2),
                  newest AS (SELECT id, send_at, CASE WHEN campaign IS NULL THEN COALESCE(template, category) END AS name FROM notification WHERE id >= ?1 ORDER BY id DESC LIMIT ?2),
                  picked AS MATERIALIZED (
                    SELECT id, day FROM named UNION ALL SELECT id, day FROM digests UNION ALL SELECT id, send_at / 86400000 FROM newest WHERE name = ?3)
                """;
            using var counts = connection.Use(
                picked + "SELECT (SELECT count(*) FROM picked), (SELECT count(*) FROM named) + (SELECT count(*) FROM digests), (SELECT count(*) FROM newest)");
            _ = counts.Bind(1, since.Value).Bind(2, most).Bind(3, campaign).Step();
            using var select = connection.Use(
                picked +
                """
                SELECT p.day, d.channel, d.state, count(*) FROM picked p JOIN delivery d ON d.notification_id = p.id GROUP BY 1, 2, 3
                UNION ALL SELECT p.day, 1, 5, count(*) FROM picked p JOIN notification_decision n ON n.notification_id = p.id WHERE n.item_id <> 0 GROUP BY 1
                """);
            select.Bind(1, since.Value).Bind(2, most).Bind(3, campaign);
            var states = new List<CampaignState>();
            while (select.Step())
            {
                states.Add(new(DateOnly.FromDayNumber(select.Int32(0) + Epoch), (DeliveryChannel)select.Int32(1), (DeliveryState)select.Int32(2), select.Int64(3)));
            }

            return CampaignDeliveries.Of(counts.Int64(0), counts.Int64(1), counts.Int64(2), most, states);
        },
        cancellationToken);

    public int Prune(WriteTx tx, long before, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use(
            "DELETE FROM tracking_event WHERE id IN (SELECT id FROM tracking_event WHERE id < ?1 AND id <= (SELECT event_id FROM tracking_mark) ORDER BY id LIMIT ?2)");
        return delete.Bind(1, before).Bind(2, limit).Run();
    }

    private static int Epoch => DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static long Day(DateOnly day) => day.DayNumber - Epoch;
}
