using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Delivering;

/// <summary>The living part of the deliveries: what planners and runners do. Every verb keeps the counts of each queue exact.</summary>
internal interface IDeliveryQueue
{
    /// <summary>Writes deliveries, ids ascending. One whose notification, person, channel and address are there already is left out; how many were written.</summary>
    int Insert(WriteTx tx, IReadOnlyList<Delivery> deliveries);

    /// <summary>Takes due deliveries; each with its next fence and state sending. Two claimers never get the same one.</summary>
    IReadOnlyList<Delivery> Claim(WriteTx tx, DeliveryClaim claim);

    /// <summary>When a queue's next waiting or ambiguous delivery is due; null when none is.</summary>
    DateTimeOffset? NextDueAt(WriteTx tx, string queue);

    /// <summary>
    /// Replaces each <c>Before</c> by its <c>After</c> if it still has the same state and fence, and writes its attempt. Answers those that had moved on; nothing
    /// of them is kept.
    /// </summary>
    IReadOnlyList<DeliveryChange> Put(WriteTx tx, IReadOnlyList<DeliveryChange> changes);

    /// <summary>Moves the leases that still hold to <paramref name="until"/>; the ones that are not in the answer are lost.</summary>
    IReadOnlySet<DeliveryId> Renew(WriteTx tx, IReadOnlyList<Delivery> held, DateTimeOffset until);

    /// <summary>Deliveries being sent whose lease ended before now, or which are sent under <paramref name="node"/>; locked, the longest ended first.</summary>
    IReadOnlyList<Delivery> Abandoned(WriteTx tx, int? node, int limit);

    /// <summary>The delivery, locked for the rest of the transaction.</summary>
    Delivery? Lock(WriteTx tx, DeliveryId id);

    /// <summary>Living deliveries of a notification with ids above <paramref name="after"/>, ascending, locked.</summary>
    IReadOnlyList<Delivery> LockAlive(WriteTx tx, NotificationId notification, DeliveryId after, int limit);

    /// <summary>Every delivery of a notification to one person (or to addresses of nobody), in whatever state, locked.</summary>
    IReadOnlyList<Delivery> LockSiblings(WriteTx tx, NotificationId notification, UserId? user);

    /// <summary>Deliveries that wait for this person under this key, locked.</summary>
    IReadOnlyList<Delivery> LockCollapsed(WriteTx tx, UserId user, string collapseKey);

    /// <summary>The queues that stand still, and why.</summary>
    IReadOnlyDictionary<string, QueuePause> Pauses(WriteTx tx);

    /// <summary>Null lets the queue go on.</summary>
    void Pause(WriteTx tx, string queue, QueuePause? pause);
}

/// <summary>What a lane asks for.</summary>
/// <param name="Queue">Whose row it is.</param>
/// <param name="Provider">Who will send it: another than <paramref name="Queue"/> takes over what was never handed over.</param>
/// <param name="AmbiguousFirst">Ambiguous ones whose time has come are taken too, first.</param>
internal sealed record DeliveryClaim(string Queue, string Provider, int Limit, int Node, DateTimeOffset LeaseUntil, bool AmbiguousFirst = true);

/// <param name="Attempt">Null when nothing was handed over or asked.</param>
internal sealed record DeliveryChange(Delivery Before, Delivery After, DeliveryAttempt? Attempt = null);

/// <param name="IsByHand">By an operator; else by a fault of our account or setting.</param>
internal sealed record QueuePause(DateTimeOffset At, string Reason, bool IsByHand);

/// <summary>Which deliveries; every part that is null is left open.</summary>
internal sealed record DeliveryFilter
{
    public string? Queue { get; init; }

    public DeliveryState? State { get; init; }

    public DeliveryChannel? Channel { get; init; }

    public string? Category { get; init; }

    public NotificationId? Notification { get; init; }

    public UserId? User { get; init; }

    /// <summary>What the reason begins with.</summary>
    public string? Reason { get; init; }

    /// <summary>True for those that were handed over without an answer once.</summary>
    public bool? IsAmbiguous { get; init; }

    /// <summary>Planned at or after the time of this id.</summary>
    public DeliveryId? SinceId { get; init; }

    /// <summary>Planned before the time of this id.</summary>
    public DeliveryId? UntilId { get; init; }
}
