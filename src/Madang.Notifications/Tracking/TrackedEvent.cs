using Madang.Api;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Tracking;

/// <summary>What became of a message. The numbers are stored.</summary>
internal enum TrackedKind
{
    Sent = 1,
    Delivered = 2,
    Opened = 3,
    Clicked = 4,
    Converted = 5,
    Failed = 6,
    Unsubscribed = 7,
    Dismissed = 8,
}

/// <summary>One row of the log of events. Of the same kind there is one for a delivery, however often and in whatever order it is reported.</summary>
/// <param name="Delivery">0 where only the notification and the person are known.</param>
/// <param name="User">0 for an address outside of every account.</param>
/// <param name="IsMachine">A mail program, a proxy or a scanner did it; <paramref name="Detail"/> says by which rule.</param>
/// <param name="Detail">The rule; the name of a conversion; empty.</param>
internal sealed record TrackedEvent(
    long Id, TrackedKind Kind, NotificationId Notification, DeliveryId Delivery, UserId User, bool IsMachine, string Detail, DateTimeOffset At);

internal static class TrackedKinds
{
    public static string Name(this TrackedKind kind) => kind switch
    {
        TrackedKind.Sent => "sent",
        TrackedKind.Delivered => "delivered",
        TrackedKind.Opened => "opened",
        TrackedKind.Clicked => "clicked",
        TrackedKind.Converted => "converted",
        TrackedKind.Failed => "failed",
        TrackedKind.Unsubscribed => "unsubscribed",
        TrackedKind.Dismissed => "dismissed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}
