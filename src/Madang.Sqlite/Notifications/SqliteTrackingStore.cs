using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
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
            "INSERT INTO tracking_count (campaign, day, kind, machine, n) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET n = n + excluded.n");
        foreach (var count in counts)
        {
            add.Bind(1, count.Campaign).Bind(2, Day(count.Day)).Bind(3, (long)count.Kind).Bind(4, count.IsMachine).Bind(5, count.N).Again();
        }

        return true;
    }

    public Task<IReadOnlyList<TrackedCount>> CountsAsync(string campaign, DateOnly since, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<TrackedCount>>(
        connection =>
        {
            using var select = connection.Use("SELECT day, kind, machine, n FROM tracking_count WHERE campaign = ?1 AND day >= ?2 ORDER BY day, kind, machine");
            select.Bind(1, campaign).Bind(2, Day(since));
            var counts = new List<TrackedCount>();
            while (select.Step())
            {
                counts.Add(new(campaign, DateOnly.FromDayNumber(select.Int32(0) + Epoch), (TrackedKind)select.Int32(1), select.Bool(2), select.Int64(3)));
            }

            return counts;
        },
        cancellationToken);

    public Task<CampaignDeliveries> DeliveriesAsync(string campaign, NotificationId since, int most, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            const string picked =
                """
                WITH newest AS (SELECT id, data, template, category FROM notification WHERE id >= ?1 ORDER BY id DESC LIMIT ?2),
                  picked AS (SELECT id FROM newest WHERE COALESCE(NULLIF(json_extract(data, '$.campaign'), ''), template, category) = ?3)
                """;
            using var notifications = connection.Use(picked + "SELECT count(*) FROM picked");
            var count = notifications.Bind(1, since.Value).Bind(2, most).Bind(3, campaign).Scalar() ?? 0;
            using var select = connection.Use(
                picked +
                """
                SELECT d.state, count(*) FROM picked p JOIN delivery d ON d.notification_id = p.id GROUP BY d.state
                UNION ALL SELECT 0, count(*) FROM picked p JOIN notification_decision n ON n.notification_id = p.id WHERE n.item_id <> 0
                """);
            select.Bind(1, since.Value).Bind(2, most).Bind(3, campaign);
            var (states, items) = (new Dictionary<DeliveryState, long>(), 0L);
            while (select.Step())
            {
                if (select.Int32(0) == 0)
                {
                    items = select.Int64(1);
                }
                else
                {
                    states[(DeliveryState)select.Int32(0)] = select.Int64(1);
                }
            }

            return new CampaignDeliveries(count, items, states);
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
