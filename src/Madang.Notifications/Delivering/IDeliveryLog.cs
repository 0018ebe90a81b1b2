using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Delivering;

/// <summary>What operators, explanations and metrics read of the deliveries, and how they are let go of.</summary>
internal interface IDeliveryLog
{
    Task<Delivery?> FindAsync(DeliveryId id, CancellationToken cancellationToken);

    /// <summary>Of a notification, ascending, ids above <paramref name="after"/>; of one person, or of all.</summary>
    Task<IReadOnlyList<Delivery>> OfAsync(NotificationId notification, UserId? user, DeliveryId after, int limit, CancellationToken cancellationToken);

    /// <summary>Newest first, ids below <paramref name="before"/>. The filter names a notification or one of the states dead, expired and ambiguous, each of which has its index; without either it is dead and expired ones.</summary>
    Task<IReadOnlyList<Delivery>> ListAsync(DeliveryFilter filter, DeliveryId? before, int limit, CancellationToken cancellationToken);

    /// <summary>Every attempt of these deliveries, in order.</summary>
    Task<IReadOnlyDictionary<DeliveryId, IReadOnlyList<DeliveryAttempt>>> AttemptsAsync(IReadOnlyList<DeliveryId> ids, CancellationToken cancellationToken);

    /// <summary>How many deliveries each queue has in each state; exact, and without counting them.</summary>
    Task<IReadOnlyList<DeliveryCount>> CountsAsync(CancellationToken cancellationToken);

    /// <summary>When the first waiting delivery of each queue is, or was, due; without those that have none.</summary>
    Task<IReadOnlyDictionary<string, DateTimeOffset>> OldestAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken);

    Task<IReadOnlyDictionary<string, QueuePause>> PausesAsync(CancellationToken cancellationToken);

    /// <summary>Folds the deltas that planners and runners have written into the counts.</summary>
    Task FoldAsync(CancellationToken cancellationToken);

    /// <summary>Dead and expired deliveries of the filter, with ids above <paramref name="after"/>, ascending, locked.</summary>
    IReadOnlyList<Delivery> LockEnded(WriteTx tx, DeliveryFilter filter, DeliveryId after, int limit);

    /// <summary>Deletes deliveries that ended, with their attempts, ids below <paramref name="before"/>, oldest first; how many.</summary>
    int Prune(WriteTx tx, DeliveryId before, int limit);
}

internal readonly record struct DeliveryCount(string Queue, DeliveryState State, long Count);

/// <summary>A delivery with all of its attempts, for explanations.</summary>
internal sealed record DeliveryView(Delivery Delivery, IReadOnlyList<DeliveryAttempt> Attempts);
