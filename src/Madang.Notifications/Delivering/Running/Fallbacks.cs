using Madang.Storage;

namespace Madang.Notifications.Delivering.Running;

/// <summary>A fallback waits for its time, in which the first channel may be opened. When nothing of that channel can be opened any more, it need not wait.</summary>
internal static class Fallbacks
{
    public static void PullForward(WriteTx tx, IDeliveryQueue queue, Delivery failed)
    {
        if (failed.User is null && failed.AddressId != 0)
        {
            return;
        }

        var siblings = queue.LockSiblings(tx, failed.Notification, failed.User);
        foreach (var waiting in siblings)
        {
            if (waiting.FallbackOf == failed.Channel && waiting.State == DeliveryState.Waiting && waiting.DueAt > tx.Now && !siblings.Any(sibling => IsHope(sibling, failed)))
            {
                queue.Put(tx, [new DeliveryChange(waiting, waiting with { DueAt = tx.Now })]);
                tx.Publish(new DeliveriesReady(waiting.Provider, tx.Now));
            }
        }
    }

    // Another device of the same channel may still be opened.
    private static bool IsHope(Delivery sibling, Delivery failed) => sibling.Id != failed.Id && sibling.Channel == failed.Channel
        && (sibling.IsAlive || sibling.State is DeliveryState.Sent or DeliveryState.Delivered);
}
