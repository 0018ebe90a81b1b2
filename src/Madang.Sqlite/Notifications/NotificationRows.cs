using Madang.Api;
using Madang.Notifications;
using Madang.Notifications.Planning;

namespace Madang.Sqlite.Notifications;

internal static class NotificationRows
{
    public const string Columns =
        "n.id, n.sender, n.event_id, n.category, n.template, n.version, n.content, n.channels, n.to_kind, n.to_value, n.data, n.collapse_key, n.send_at, n.expires_at, n.state, n.planned_to, n.people";

    /// <summary>How many these are: what stands behind them begins here.</summary>
    public const int Count = 17;

    public static Notification Read(Statement row) => new()
    {
        Id = new(row.Int64(0)),
        Sender = row.Int64(1),
        EventId = row.TextOrNull(2),
        Category = row.Text(3),
        Template = row.IsNull(4) ? null : new(row.Text(4), row.Int32(5)),
        Content = row.TextOrNull(6),
        Channels = RecipientsText.Channels((int?)row.Int64OrNull(7)),
        To = RecipientsText.Read(row.Int32(8), row.Text(9)),
        Data = row.Text(10),
        CollapseKey = row.TextOrNull(11),
        SendAt = row.Time(12),
        ExpiresAt = row.Time(13),
        State = (NotificationState)row.Int32(14),
        PlannedTo = new(row.Int64(15)),
        People = row.Int64(16),
    };

    public const string DecisionColumns = "notification_id, user_id, at, item_id, codes";

    public static PersonDecision ReadDecision(Statement row) =>
        new(new(row.Int64(0)), new UserId(row.Int64(1)), row.Time(2), row.Int64(3), row.Text(4));
}
