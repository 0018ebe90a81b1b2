using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Digests;
using Madang.Storage;

namespace Madang.Notifications.Accepting;

/// <summary>Takes a notification back: nobody else is planned, and what was not handed over yet never is. What lies in inboxes, or is with a provider, stays.</summary>
internal sealed class Cancellation(INotificationStore store, Deliveries deliveries, DigestBook digests, Database database)
{
    /// <summary>What <see cref="Deliveries.Cancel(WriteTx, NotificationId)"/> ends at most in one call.</summary>
    private const int MostAtOnce = 10_000;
    private const int DigestPiece = 500;

    /// <summary>The canceled notification; the same when it was so before. Codes: not_found, notification_ended.</summary>
    public async Task<Result<Notification>> CancelAsync(NotificationId id, Func<Notification, bool> mayCancel, CancellationToken cancellationToken)
    {
        var canceled = await database.WriteAsync(tx => Cancel(tx, id, mayCancel), cancellationToken: cancellationToken);
        if (canceled.IsOk)
        {
            // From here on no chunk is planned any more, so this comes to an end.
            while (await database.WriteAsync(tx => deliveries.Cancel(tx, id), Lane.Background, cancellationToken) >= MostAtOnce)
            {
            }

            while (await database.WriteAsync(tx => digests.Remove(tx, id, DigestPiece), Lane.Background, cancellationToken) >= DigestPiece)
            {
            }
        }

        return canceled;
    }

    private Result<Notification> Cancel(WriteTx tx, NotificationId id, Func<Notification, bool> mayCancel)
    {
        if (store.Lock(tx, id) is not { } notification || !mayCancel(notification))
        {
            return ApiErrors.NotFound;
        }

        switch (notification.State)
        {
            case NotificationState.Canceled:
                return notification;
            case NotificationState.Expired:
                return NotificationsErrors.Ended;
            default:
                var canceled = notification with { State = NotificationState.Canceled };
                store.Put(tx, [canceled]);
                return canceled;
        }
    }
}
