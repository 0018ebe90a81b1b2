using Madang.Api;
using Madang.Notifications.Accepting;
using Madang.Notifications.Delivering;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Notifications;

/// <summary>
/// The door for other modules (chat, feeds): told inside their own write, so that a notification exists if and only if what it tells of does.
/// (Not <c>Notifications</c>: that is the namespace.)
/// </summary>
public sealed class Notifier
{
    private readonly Intake _intake;
    private readonly PlanTurn _plan;
    private readonly Deliveries _deliveries;
    private readonly IInboxNotificationStore _items;
    private readonly Inbox _inbox;

    internal Notifier(Intake intake, PlanTurn plan, Deliveries deliveries, IInboxNotificationStore items, Inbox inbox) =>
        (_intake, _plan, _deliveries, _items, _inbox) = (intake, plan, deliveries, items, inbox);

    /// <summary>
    /// Accepts notifications and, where they go to few people and at once, plans them in this same transaction: nothing stands between this and a later
    /// <see cref="CancelCollapsed"/>. It appends to realtime inboxes, so it comes last in a write, once, with all there is to send.
    /// </summary>
    /// <returns>One answer for each, in order; an event id that was used before gives the notification of then.</returns>
    public IReadOnlyList<Result<NotificationId>> Send(WriteTx tx, IReadOnlyList<NewNotification> notifications)
    {
        var accepted = _intake.Accept(tx, Sender.Server, notifications);
        _plan.Now(tx, [.. accepted.Where(one => one.IsOk && !one.Value.Repeated).Select(one => one.Value.Notification)]);
        return [.. accepted.Select(one => one.Error is { } error ? error : (Result<NotificationId>)one.Value.Notification.Id)];
    }

    /// <summary>
    /// It is of no interest any more (read elsewhere, undone): what waits for this person under this key is not sent, and what nobody has read yet goes out of the
    /// in-app inbox. How many deliveries that ended.
    /// </summary>
    public int CancelCollapsed(WriteTx tx, UserId user, string collapseKey)
    {
        var ended = _deliveries.CancelCollapsed(tx, user, collapseKey);
        if (_items.DeleteUnread(tx, user, collapseKey) is { } gone)
        {
            _inbox.Append(tx, new NewEntry(new(EntryType.NotificationUpdated, gone.Value, 0), [user]));
        }

        return ended;
    }

    /// <summary>How many are unread in the in-app inbox, with a version that grows, so that a late number never replaces a newer one.</summary>
    public async Task<(int Count, long Version)> BadgeAsync(UserId user, CancellationToken cancellationToken)
    {
        var badge = await _items.BadgeAsync(user, cancellationToken);
        return (badge.Count, badge.Version);
    }
}
