using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Categories;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;

namespace Madang.Sqlite.Notifications;

/// <summary>How rows of deliveries are read, by the writer and by readers.</summary>
internal static class SqliteDeliveryRows
{
    public const string Columns =
        "id, notification_id, user_id, category, channel, provider, address_id, address, collapse_key, digest_id, fallback_of, priority, policy, due_at, expires_at, state, attempt, fence, "
        + "node, lease_until, ambiguous, unanswered, cancel_requested, reason, message_id, started_at, opened_at, finished_at";

    public const string AttemptColumns = "delivery_id, number, at, provider, look_up, class, code, detail, latency_ms, next_at";
    public const string PausesSql = "SELECT provider, at, reason, by_hand FROM delivery_pause";

    public static List<Delivery> ReadAll(Statement rows)
    {
        List<Delivery> all = [];
        ReadAll(rows, all);
        return all;
    }

    public static void ReadAll(Statement rows, List<Delivery> all)
    {
        while (rows.Step())
        {
            all.Add(Read(rows));
        }
    }

    public static Delivery Read(Statement row) => new()
    {
        Id = new(row.Int64(0)),
        Notification = new(row.Int64(1)),
        User = row.Int64(2) is > 0 and var user ? new UserId(user) : null,
        Category = row.Text(3),
        Channel = (DeliveryChannel)row.Int32(4),
        Provider = row.Text(5),
        AddressId = row.Int64(6),
        Address = row.TextOrNull(7),
        CollapseKey = row.TextOrNull(8),
        DigestId = row.Int64(9),
        FallbackOf = (DeliveryChannel?)row.Int64OrNull(10),
        Priority = (DeliveryPriority)row.Int32(11),
        Policy = (AmbiguousPolicy)row.Int32(12),
        DueAt = row.Time(13),
        ExpiresAt = row.Time(14),
        State = (DeliveryState)row.Int32(15),
        Attempt = row.Int32(16),
        Fence = row.Int64(17),
        Node = (int?)row.Int64OrNull(18),
        LeaseUntil = row.TimeOrNull(19),
        Ambiguous = row.Int32(20),
        IsUnanswered = row.Bool(21),
        IsCancelRequested = row.Bool(22),
        Reason = row.TextOrNull(23),
        MessageId = row.TextOrNull(24),
        StartedAt = row.TimeOrNull(25),
        OpenedAt = row.TimeOrNull(26),
        FinishedAt = row.TimeOrNull(27),
    };

    public static DeliveryAttempt ReadAttempt(Statement row) => new()
    {
        Number = row.Int64(1),
        At = row.Time(2),
        Provider = row.Text(3),
        IsLookUp = row.Bool(4),
        Class = (AnswerClass)row.Int32(5),
        Code = row.Text(6),
        Detail = row.TextOrNull(7),
        Latency = TimeSpan.FromMilliseconds(row.Int64(8)),
        NextAt = row.TimeOrNull(9),
    };

    public static Dictionary<string, QueuePause> ReadPauses(Statement rows)
    {
        Dictionary<string, QueuePause> pauses = [];
        while (rows.Step())
        {
            pauses[rows.Text(0)] = new(rows.Time(1), rows.Text(2), rows.Bool(3));
        }

        return pauses;
    }
}

/// <summary>A filter as conditions and parameters: one text whatever is asked, so that it is prepared once.</summary>
internal static class DeliveryWhere
{
    /// <summary>Parameters ?3 to ?12; ?1 is the id to go on from and ?2 the limit.</summary>
    public const string Sql =
        "(?3 IS NULL OR provider = ?3) AND (?4 IS NULL OR state = ?4) AND (?5 IS NULL OR channel = ?5) AND (?6 IS NULL OR category = ?6) AND (?7 IS NULL OR notification_id = ?7) "
        + "AND (?8 IS NULL OR user_id = ?8) AND (?9 IS NULL OR substr(reason, 1, length(?9)) = ?9) AND (?10 IS NULL OR (ambiguous > 0) = ?10) "
        + "AND (?11 IS NULL OR id >= ?11) AND (?12 IS NULL OR id < ?12)";

    public static Statement Bind(Statement statement, DeliveryFilter filter, long from, int limit) => statement
        .Bind(1, from).Bind(2, (long)limit).Bind(3, filter.Queue).Bind(4, (long?)filter.State).Bind(5, (long?)filter.Channel).Bind(6, filter.Category)
        .Bind(7, filter.Notification?.Value).Bind(8, filter.User?.Value).Bind(9, filter.Reason).Bind(10, filter.IsAmbiguous is { } ambiguous ? ambiguous ? 1L : 0L : null)
        .Bind(11, filter.SinceId?.Value).Bind(12, filter.UntilId?.Value);
}
