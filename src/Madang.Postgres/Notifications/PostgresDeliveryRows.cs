using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Notifications;

/// <summary>How rows of deliveries are read, by writers and by readers.</summary>
internal static class PostgresDeliveryRows
{
    public const string Columns =
        "id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at, expires_at, state, attempt, fence, "
        + "node, lease_until, ambiguous, unanswered, cancel_requested, reason, message_id, started_at, opened_at, finished_at";

    /// <summary>What a claim does not know by itself.</summary>
    public const string ClaimedColumns =
        "id, notification_id, user_id, category, channel, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at, expires_at, attempt, fence, "
        + "ambiguous, unanswered, cancel_requested, reason, message_id, started_at, opened_at, finished_at";

    public const string PausesSql = "SELECT provider, at, reason, by_hand FROM delivery_pause";

    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    public static List<Delivery> ReadAll(NpgsqlCommand command) => ReadAll(command, Read);

    public static List<Delivery> ReadAll(NpgsqlCommand command, Func<NpgsqlDataReader, Delivery> read)
    {
        List<Delivery> all = [];
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            all.Add(read(rows));
        }

        return all;
    }

    public static Delivery Read(NpgsqlDataReader row) => new()
    {
        Id = new(row.GetInt64(0)),
        Notification = new(row.GetInt64(1)),
        User = row.GetInt64(2) is > 0 and var user ? new UserId(user) : null,
        Category = row.GetString(3),
        Channel = (DeliveryChannel)row.GetInt16(4),
        Provider = row.GetString(5),
        AddressId = row.GetInt64(6),
        Address = Text(row, 7),
        CollapseKey = Text(row, 8),
        DigestId = row.GetInt64(9),
        FallbackOf = row.IsDBNull(10) ? null : (DeliveryChannel)row.GetInt16(10),
        Priority = (DeliveryPriority)row.GetInt16(11),
        Policy = (AmbiguousPolicy)row.GetInt16(12),
        DueAt = row.GetDateTime(13),
        ExpiresAt = row.GetDateTime(14),
        State = (DeliveryState)row.GetInt16(15),
        Attempt = row.GetInt32(16),
        Fence = row.GetInt64(17),
        Node = row.IsDBNull(18) ? null : row.GetInt32(18),
        LeaseUntil = Time(row, 19),
        Ambiguous = row.GetInt32(20),
        IsUnanswered = row.GetBoolean(21),
        IsCancelRequested = row.GetBoolean(22),
        Reason = Text(row, 23),
        MessageId = Text(row, 24),
        StartedAt = Time(row, 25),
        OpenedAt = Time(row, 26),
        FinishedAt = Time(row, 27),
    };

    public static Delivery ReadClaimed(NpgsqlDataReader row, DeliveryClaim claim) => new()
    {
        Id = new(row.GetInt64(0)),
        Notification = new(row.GetInt64(1)),
        User = row.GetInt64(2) is > 0 and var user ? new UserId(user) : null,
        Category = row.GetString(3),
        Channel = (DeliveryChannel)row.GetInt16(4),
        Provider = claim.Provider,
        AddressId = row.GetInt64(5),
        Address = Text(row, 6),
        CollapseKey = Text(row, 7),
        DigestId = row.GetInt64(8),
        FallbackOf = row.IsDBNull(9) ? null : (DeliveryChannel)row.GetInt16(9),
        Priority = (DeliveryPriority)row.GetInt16(10),
        Policy = (AmbiguousPolicy)row.GetInt16(11),
        DueAt = row.GetDateTime(12),
        ExpiresAt = row.GetDateTime(13),
        State = DeliveryState.Sending,
        Attempt = row.GetInt32(14),
        Fence = row.GetInt64(15),
        Node = claim.Node,
        LeaseUntil = claim.LeaseUntil,
        Ambiguous = row.GetInt32(16),
        IsUnanswered = row.GetBoolean(17),
        IsCancelRequested = row.GetBoolean(18),
        Reason = Text(row, 19),
        MessageId = Text(row, 20),
        StartedAt = Time(row, 21),
        OpenedAt = Time(row, 22),
        FinishedAt = Time(row, 23),
    };

    /// <summary>No delivery of this notification has a smaller id, however the clocks of two nodes differ: days before it are not looked at.</summary>
    public static long FirstOf(NotificationId notification) => Snowflake.FirstAt(Snowflake.TimeOf(notification.Value) - s_skew);

    public static void AddPause(NpgsqlDataReader row, Dictionary<string, QueuePause> pauses) =>
        pauses[row.GetString(0)] = new(row.GetDateTime(1), row.GetString(2), row.GetBoolean(3));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);
}

/// <summary>A filter as conditions and parameters: one text whatever is asked.</summary>
internal static class DeliveryWhere
{
    /// <summary>Parameters $3 to $12; $1 is the id to go on from and $2 the limit.</summary>
    public const string Sql =
        "($3::text IS NULL OR provider = $3) AND ($4::smallint IS NULL OR state = $4) AND ($5::smallint IS NULL OR channel = $5) AND ($6::text IS NULL OR category = $6) "
        + "AND ($7::bigint IS NULL OR notification_id = $7) AND ($8::bigint IS NULL OR user_id = $8) AND ($9::text IS NULL OR starts_with(reason, $9)) "
        + "AND ($10::boolean IS NULL OR (ambiguous > 0) = $10) AND ($11::bigint IS NULL OR id >= $11) AND ($12::bigint IS NULL OR id < $12)";

    public static NpgsqlCommand With(NpgsqlCommand command, DeliveryFilter filter, long from, int limit) => command.With(
        from, (long)limit, filter.Queue, (short?)filter.State, (short?)filter.Channel, filter.Category, filter.Notification?.Value, filter.User?.Value, filter.Reason,
        filter.IsAmbiguous, filter.SinceId?.Value, filter.UntilId?.Value);
}
