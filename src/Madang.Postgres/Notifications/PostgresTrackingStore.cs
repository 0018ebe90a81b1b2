using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Delivering;
using Madang.Notifications.Templates;
using Madang.Notifications.Tracking;
using Madang.Postgres.Accounts;
using Madang.Storage;

namespace Madang.Postgres.Notifications;

internal sealed class PostgresTrackingStore(PostgresDatabase database) : ITrackingStore
{
    private const string Columns = "id, notification_id, delivery_id, user_id, kind, machine, detail, at";

    public async Task<byte[]?> KeyAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT secret FROM tracking_key");
        return await select.ExecuteScalarAsync(cancellationToken) as byte[];
    }

    public byte[] Key(WriteTx tx, byte[] fresh)
    {
        // Who comes second waits for the first here, and reads its key then.
        PostgresTx.Of(tx).Run("INSERT INTO tracking_key (id, secret) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", fresh);
        using var select = PostgresTx.Of(tx).Use("SELECT secret FROM tracking_key");
        return (byte[])select.ExecuteScalar()!;
    }

    public int Append(WriteTx tx, IReadOnlyList<TrackedEvent> events) => PostgresTx.Of(tx).Run(
        $"""
        INSERT INTO tracking_event ({Columns})
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[], $6::boolean[], $7::text[], $8::timestamptz[]) ON CONFLICT DO NOTHING
        """,
        events.Select(one => one.Id).ToArray(), events.Select(one => one.Notification.Value).ToArray(), events.Select(one => one.Delivery.Value).ToArray(),
        events.Select(one => one.User.Value).ToArray(), events.Select(one => (short)one.Kind).ToArray(), events.Select(one => one.IsMachine).ToArray(),
        events.Select(one => one.Detail).ToArray(), events.Select(one => one.At.UtcDateTime).ToArray());

    public async Task<long> CountedAsync(CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT event_id FROM tracking_mark");
        return (long)(await select.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<TrackedEvent>> ReadAsync(long above, long below, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM tracking_event WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3");
        select.With(above, below, limit);
        return await select.ReadAllAsync(
            row => new TrackedEvent(
                row.GetInt64(0), (TrackedKind)row.GetInt16(4), new NotificationId(row.GetInt64(1)), new DeliveryId(row.GetInt64(2)), new UserId(row.GetInt64(3)), row.GetBoolean(5),
                row.GetString(6), row.GetFieldValue<DateTimeOffset>(7)),
            cancellationToken);
    }

    public bool Count(WriteTx tx, long from, long to, IReadOnlyList<TrackedCount> counts)
    {
        if (PostgresTx.Of(tx).Run("UPDATE tracking_mark SET event_id = $2 WHERE event_id = $1", from, to) == 0)
        {
            return false;
        }

        var sorted = counts.OrderBy(count => count.Campaign, StringComparer.Ordinal).ThenBy(count => count.Day).ThenBy(count => count.Channel).ThenBy(count => count.Kind).ThenBy(count => count.IsMachine).ToList();
        if (sorted.Count > 0)
        {
            PostgresTx.Of(tx).Run(
                """
                INSERT INTO tracking_count (campaign, day, channel, kind, machine, n)
                SELECT * FROM unnest($1::text[], $2::int[], $3::smallint[], $4::smallint[], $5::boolean[], $6::bigint[])
                ON CONFLICT (campaign, day, channel, kind, machine) DO UPDATE SET n = tracking_count.n + excluded.n
                """,
                sorted.Select(count => count.Campaign).ToArray(), sorted.Select(count => Day(count.Day)).ToArray(), sorted.Select(count => (short)(count.Channel ?? 0)).ToArray(),
                sorted.Select(count => (short)count.Kind).ToArray(), sorted.Select(count => count.IsMachine).ToArray(), sorted.Select(count => count.N).ToArray());
        }

        return true;
    }

    public async Task<IReadOnlyDictionary<DeliveryId, TrackedDelivery>> KnownAsync(IReadOnlyCollection<DeliveryId> deliveries, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT id, channel, digest_id <> 0 FROM delivery WHERE id = ANY($1)");
        select.With(deliveries.Select(delivery => delivery.Value).ToArray());
        var rows = await select.ReadAllAsync(row => (Id: new DeliveryId(row.GetInt64(0)), Known: new TrackedDelivery((DeliveryChannel)row.GetInt16(1), row.GetBoolean(2))), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Known);
    }

    public async Task<IReadOnlyList<TrackedCount>> CountsAsync(string campaign, DateOnly since, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT day, channel, kind, machine, n FROM tracking_count WHERE campaign = $1 AND day >= $2 ORDER BY day, channel, kind, machine");
        select.With(campaign, Day(since));
        return await select.ReadAllAsync(
            row => new TrackedCount(
                campaign, DateOnly.FromDayNumber(row.GetInt32(0) + Epoch), row.GetInt16(1) == 0 ? null : (DeliveryChannel)row.GetInt16(1), (TrackedKind)row.GetInt16(2), row.GetBoolean(3),
                row.GetInt64(4)),
            cancellationToken);
    }

    public async Task<CampaignDeliveries> DeliveriesAsync(string campaign, NotificationId since, int most, CancellationToken cancellationToken)
    {
        // The rows without a day tell how many notifications there are: all that were picked, those that were found by name, those that were looked at.
        await using var select = database.Source.CreateCommand(
            $"""
            WITH named AS MATERIALIZED (SELECT id, send_at FROM notification WHERE campaign = $3 AND id >= $1 ORDER BY id DESC LIMIT $2),
              digests AS MATERIALIZED (SELECT id, closed_at FROM digest WHERE $3 = '{BuiltInTemplates.Digest}' AND state = 2 AND id >= $1 ORDER BY id DESC LIMIT $2),
              newest AS MATERIALIZED (
                SELECT id, send_at, CASE WHEN campaign IS NULL THEN COALESCE(template, category) END AS name FROM notification WHERE id >= $1 ORDER BY id DESC LIMIT $2),
              moments AS (SELECT * FROM named UNION ALL SELECT * FROM digests UNION ALL SELECT id, send_at FROM newest WHERE name = $3),
              picked AS MATERIALIZED (SELECT id, floor(extract(epoch FROM send_at) / 86400)::int AS day FROM moments)
            SELECT NULL::int, 1::smallint, NULL::smallint, count(*) FROM picked
            UNION ALL SELECT NULL::int, 2::smallint, NULL::smallint, (SELECT count(*) FROM named) + (SELECT count(*) FROM digests)
            UNION ALL SELECT NULL::int, 3::smallint, NULL::smallint, count(*) FROM newest
            UNION ALL SELECT p.day, 1::smallint, 5::smallint, count(*) FROM picked p JOIN notification_decision n ON n.notification_id = p.id WHERE n.item_id <> 0 GROUP BY 1
            UNION ALL SELECT p.day, d.channel, d.state, count(*) FROM picked p JOIN delivery d ON d.notification_id = p.id GROUP BY 1, 2, 3
            """);
        select.With(since.Value, most, campaign);
        var rows = await select.ReadAllAsync(
            row => (Day: row.IsDBNull(0) ? (int?)null : row.GetInt32(0), Which: row.GetInt16(1), State: row.IsDBNull(2) ? default : (DeliveryState)row.GetInt16(2), Count: row.GetInt64(3)),
            cancellationToken);
        long Told(int which) => rows.Single(row => row.Day is null && row.Which == which).Count;
        return CampaignDeliveries.Of(
            Told(1), Told(2), Told(3), most,
            [.. rows.Where(row => row.Day is not null).Select(row => new CampaignState(DateOnly.FromDayNumber(row.Day!.Value + Epoch), (DeliveryChannel)row.Which, row.State, row.Count))]);
    }

    /// <summary>Days go as a whole (<see cref="NotificationPartitions"/>); here goes what no day was made for.</summary>
    public int Prune(WriteTx tx, long before, int limit) => PostgresTx.Of(tx).Run(
        "DELETE FROM tracking_event_rest WHERE id IN (SELECT id FROM tracking_event_rest WHERE id < $1 AND id <= (SELECT event_id FROM tracking_mark) ORDER BY id LIMIT $2)", before, limit);

    private static int Epoch => DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static int Day(DateOnly day) => day.DayNumber - Epoch;
}
