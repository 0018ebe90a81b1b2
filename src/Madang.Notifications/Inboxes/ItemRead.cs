using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Storage;

namespace Madang.Notifications.Inboxes;

/// <summary>What was read in the app needs no fallback on another channel.</summary>
internal sealed class ItemRead(IInboxNotificationStore items) : IReadCheck
{
    public bool IsRead(WriteTx tx, NotificationId notification, UserId user) => items.IsRead(tx, notification, user);
}
