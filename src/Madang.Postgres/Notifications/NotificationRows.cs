using Madang.Notifications;
using Madang.Notifications.Planning;
using Npgsql;

namespace Madang.Postgres.Notifications;

internal static class NotificationRows
{
    public const string Columns =
        "n.id, n.sender, n.event_id, n.category, n.template, n.version, n.content, n.channels, n.to_kind, n.to_value, n.data, n.collapse_key, n.send_at, n.expires_at, n.state, n.planned_to, n.people";

    /// <summary>How many these are: what stands behind them begins here.</summary>
    public const int Count = 17;

    public static Notification Read(NpgsqlDataReader row, int column = 0) => new()
    {
        Id = new(row.GetInt64(column)),
        Sender = row.GetInt64(column + 1),
        EventId = TextOrNull(row, column + 2),
        Category = row.GetString(column + 3),
        Template = row.IsDBNull(column + 4) ? null : new(row.GetString(column + 4), row.GetInt32(column + 5)),
        Content = TextOrNull(row, column + 6),
        Channels = RecipientsText.Channels(row.IsDBNull(column + 7) ? null : row.GetInt32(column + 7)),
        To = RecipientsText.Read(row.GetInt16(column + 8), row.GetString(column + 9)),
        Data = row.GetString(column + 10),
        CollapseKey = TextOrNull(row, column + 11),
        SendAt = Time(row, column + 12),
        ExpiresAt = Time(row, column + 13),
        State = (NotificationState)row.GetInt16(column + 14),
        PlannedTo = new(row.GetInt64(column + 15)),
        People = row.GetInt64(column + 16),
    };

    public const string DecisionColumns = "notification_id, user_id, at, item_id, codes";

    public static PersonDecision ReadDecision(NpgsqlDataReader row) =>
        new(new(row.GetInt64(0)), new(row.GetInt64(1)), Time(row, 2), row.GetInt64(3), row.GetString(4));

    public static DateTimeOffset Time(NpgsqlDataReader row, int column) => new(row.GetDateTime(column));

    public static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
