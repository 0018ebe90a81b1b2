using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering.Lanes;
using Madang.Notifications.Delivering.Running;
using Madang.Storage;

namespace Madang.Notifications.Delivering;

/// <summary>The door to the deliveries: planned, cancelled and receipted in the caller's transaction, asked about outside of it.</summary>
internal sealed class Deliveries(IDeliveryQueue queue, IDeliveryLog log, ProviderRoutes routes, IEnumerable<IAddressBook> books, Tracking.DeliveryEvents events, Snowflake ids)
{
    /// <summary>How many rows one statement of a transaction touches at most.</summary>
    private const int Batch = 500;

    /// <summary>
    /// Writes what was decided, in the caller's transaction; lanes wake after its commit. Deliveries to the inbox have arrived with it. One that is there
    /// already (same notification, person, channel and address) is left out.
    /// </summary>
    public void Plan(WriteTx tx, IReadOnlyList<NewDelivery> deliveries)
    {
        if (deliveries.Count == 0)
        {
            return;
        }

        var rows = new Delivery[deliveries.Count];
        Dictionary<string, DateTimeOffset> ready = [];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i] = Row(deliveries[i], tx.Now);
            if (row.State == DeliveryState.Waiting && (!ready.TryGetValue(row.Provider, out var first) || row.DueAt < first))
            {
                ready[row.Provider] = row.DueAt;
            }
        }

        queue.Insert(tx, rows);
        foreach (var (provider, dueAt) in ready)
        {
            tx.Publish(new DeliveriesReady(provider, dueAt));
        }
    }

    /// <summary>Ends what waits of this notification and lets nothing of it be tried again; how many were alive. At most 10,000 a call: call again while it answers so many.</summary>
    public int Cancel(WriteTx tx, NotificationId id)
    {
        const int most = 10_000;
        var (count, after) = (0, default(DeliveryId));
        while (count < most)
        {
            var alive = queue.LockAlive(tx, id, after, Batch);
            Cancel(tx, alive);
            count += alive.Count;
            if (alive.Count < Batch)
            {
                break;
            }

            after = alive[^1].Id;
        }

        return count;
    }

    /// <summary>Ends what waits for this person under this key; how many. What is with a provider already is left to the device, which collapses it.</summary>
    public int CancelCollapsed(WriteTx tx, UserId user, string collapseKey)
    {
        var waiting = queue.LockCollapsed(tx, user, collapseKey);
        Cancel(tx, waiting);
        return waiting.Count;
    }

    /// <summary>What a provider or a device says later. Late, doubled and out of order is as good; false when it changes nothing, or there is no such delivery.</summary>
    public bool Receipt(WriteTx tx, DeliveryId id, Receipt receipt)
    {
        if (queue.Lock(tx, id) is not { } before)
        {
            return false;
        }

        var lane = routes.Find(before.Provider);
        var after = before.Receive(receipt, lane?.Provider.Kind ?? "", Random.Shared.NextDouble(), tx.Now);
        if (after == before)
        {
            return false;
        }

        queue.Put(tx, [new DeliveryChange(before, after)]);
        events.Told(tx, after.State == before.State ? [] : [after]);
        if (receipt.Failure is { Class: AnswerClass.DeadAddress or AnswerClass.Suppressed } gone)
        {
            foreach (var book in books)
            {
                book.Dead(tx, new DeadAddress(
                    before.Channel, before.AddressId, before.Address, before.Provider, gone.Code, gone.Class == AnswerClass.Suppressed, before.StartedAt ?? tx.Now));
            }
        }

        // Only these two keep count of what was refused for now.
        if (after.State == DeliveryState.Delivered && after.AddressId != 0 && after.Channel is DeliveryChannel.Email or DeliveryChannel.Sms)
        {
            foreach (var book in books)
            {
                book.Arrived(tx, after.AddressId);
            }
        }

        if (after.State == DeliveryState.Waiting)
        {
            tx.Publish(new DeliveriesReady(after.Provider, after.DueAt));
        }
        else if (after.State is DeliveryState.Dead or DeliveryState.Dropped or DeliveryState.Expired)
        {
            Fallbacks.PullForward(tx, queue, after);
        }
        else if (before.State == DeliveryState.Sent && before.FinishedAt is { } sent && receipt.Kind == ReceiptKind.Delivered)
        {
            tx.Publish(new ReceiptCame(before.Provider, receipt.At - sent));
        }

        return true;
    }

    /// <summary>Deliveries of a notification with every attempt, ascending, ids above <paramref name="after"/>; of one person, or of all.</summary>
    public async Task<IReadOnlyList<DeliveryView>> OfAsync(NotificationId id, UserId? user, DeliveryId after, int limit, CancellationToken cancellationToken)
    {
        var deliveries = await log.OfAsync(id, user, after, limit, cancellationToken);
        var attempts = await log.AttemptsAsync([.. deliveries.Select(delivery => delivery.Id)], cancellationToken);
        return [.. deliveries.Select(delivery => new DeliveryView(delivery, attempts.GetValueOrDefault(delivery.Id) ?? []))];
    }

    private void Cancel(WriteTx tx, IReadOnlyList<Delivery> deliveries)
    {
        if (deliveries.Count > 0)
        {
            queue.Put(tx, [.. deliveries.Select(delivery => new DeliveryChange(delivery, delivery.Cancel(tx.Now)))]);
        }
    }

    private Delivery Row(NewDelivery planned, DateTimeOffset now) => new()
    {
        Id = new(ids.Next()),
        Notification = planned.Notification,
        User = planned.User,
        Category = planned.Category,
        Channel = planned.Channel,
        Provider = planned.Provider,
        AddressId = planned.AddressId,
        Address = planned.Address,
        CollapseKey = planned.CollapseKey,
        DigestId = planned.DigestId,
        FallbackOf = planned.FallbackOf,
        Priority = planned.Priority,
        Policy = planned.Ambiguous,
        DueAt = DeliveryRules.Cut(planned.DueAt),
        ExpiresAt = DeliveryRules.Cut(planned.ExpiresAt),
        State = planned.Channel == DeliveryChannel.Inbox ? DeliveryState.Delivered : DeliveryState.Waiting,
        FinishedAt = planned.Channel == DeliveryChannel.Inbox ? now : null,
    };
}

/// <summary>Committed: a delivery of this queue is due at <paramref name="DueAt"/>.</summary>
internal sealed record DeliveriesReady(string Queue, DateTimeOffset DueAt);

/// <summary>Committed: a hand-over was receipted after so long.</summary>
internal sealed record ReceiptCame(string Queue, TimeSpan After);
