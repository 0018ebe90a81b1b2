using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Delivering;

/// <summary>The door to the deliveries: planned and cancelled in the caller's transaction, asked about outside of it.</summary>
internal sealed class Deliveries(IDeliveryQueue queue, IDeliveryLog log, Snowflake ids)
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
            var alive = queue.LockAlive(tx, id, null, after, Batch);
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
