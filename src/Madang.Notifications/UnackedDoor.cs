using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Notifications;

/// <summary>What nobody acknowledged becomes a notification of its category: a room message to a member without any connection is its first user.</summary>
internal sealed class UnackedDoor(Notifier notifier, IDeliveryRoutes routes) : IUnackedDoor
{
    private static readonly string[] PushKinds = ["apns", "fcm", "webpush"];

    /// <summary>With no provider of push configured nobody is watched.</summary>
    public bool IsOpen { get; } = PushKinds.Any(kind => routes.For(DeliveryChannel.Push, kind, "") is not null);

    public void Push(WriteTx tx, IReadOnlyList<UnackedNotice> notices) => _ = notifier.Send(
        tx,
        [.. notices.Select(notice => new NewNotification
        {
            Category = notice.Category,
            Content = new(notice.Title, notice.Body, notice.Path),
            To = new() { UserIds = [notice.User] },
            CollapseKey = notice.CollapseKey,
            Data = notice.Data,
        })]);

    public void Cancel(WriteTx tx, UserId user, string collapseKey)
    {
        if (IsOpen)
        {
            _ = notifier.CancelCollapsed(tx, user, collapseKey);
        }
    }
}
