using Madang.Api;
using Madang.Notifications.Accepting;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Notifications;

/// <summary>The notification log: accepted, planned, decided, let go of.</summary>
internal interface INotificationStore
{
    /// <summary>The hot write: the row and its event id, and nothing else. Durable when the task completes. Refuses <c>idempotency_conflict</c>.</summary>
    Task<Result<Accepted>> AcceptAsync(Acceptance acceptance, CancellationToken cancellationToken);

    /// <summary>The same inside a write, for many; answers one result each, in order.</summary>
    IReadOnlyList<Result<Accepted>> Accept(WriteTx tx, IReadOnlyList<Acceptance> acceptances);

    /// <summary>Up to <paramref name="limit"/> that are due, the longest due first, locked; what another node plans right now is left out.</summary>
    IReadOnlyList<Notification> Due(WriteTx tx, bool wide, int limit);

    /// <summary>When the next one is due; null when none waits.</summary>
    DateTimeOffset? NextDue(WriteTx tx, bool wide);

    /// <summary>The row, locked for the rest of the transaction.</summary>
    Notification? Lock(WriteTx tx, NotificationId id);

    /// <summary>Writes state, <see cref="Notification.PlannedTo"/>, <see cref="Notification.People"/> and <see cref="Notification.SendAt"/>.</summary>
    void Put(WriteTx tx, IReadOnlyList<Notification> notifications);

    /// <summary>Writes what was decided, one row a person; a row that is there already stays.</summary>
    void Decide(WriteTx tx, IReadOnlyList<PersonDecision> decisions);

    Task<Notification?> FindAsync(NotificationId id, CancellationToken cancellationToken);

    /// <summary>Those of them that are there, in one read.</summary>
    Task<IReadOnlyDictionary<NotificationId, Notification>> FindAsync(IReadOnlyCollection<NotificationId> ids, CancellationToken cancellationToken);

    /// <summary>By descending id. The store looks at a bounded number of rows, so a page may be short and still not the last.</summary>
    Task<NotificationPage> ListAsync(NotificationFilter filter, long? below, int limit, CancellationToken cancellationToken);

    /// <summary>What was decided about these people, or about the first <paramref name="limit"/> after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<PersonDecision>> DecisionsAsync(NotificationId id, UserId? user, UserId after, int limit, CancellationToken cancellationToken);

    /// <summary>Its deliveries by channel and state, of the first <see cref="DeliveryTotals.MostCounted"/>.</summary>
    Task<DeliveryTotals> TotalsAsync(NotificationId id, CancellationToken cancellationToken);

    /// <summary>Deletes at most <paramref name="limit"/> rows of what was accepted before <paramref name="before"/>, and of event ids that are no longer kept.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}

/// <summary>Which notifications an admin asks for; null asks for all.</summary>
/// <param name="User">About whom something was decided.</param>
/// <param name="Sender">Who sent it.</param>
internal sealed record NotificationFilter(string? Category, NotificationState? State, UserId? User, DateTimeOffset? Since, long? Sender);

/// <param name="Next">Where the next page begins; null when everything was looked at.</param>
internal sealed record NotificationPage(IReadOnlyList<Notification> Notifications, long? Next);

/// <param name="IsComplete">False when there are more than were counted.</param>
internal sealed record DeliveryTotals(IReadOnlyList<(DeliveryChannel Channel, Delivering.DeliveryState State, long Count)> Counts, bool IsComplete)
{
    /// <summary>About a tenth of a second.</summary>
    public const int MostCounted = 100_000;

    public static DeliveryTotals Of(IReadOnlyList<(DeliveryChannel Channel, Delivering.DeliveryState State, long Count)> counts) =>
        new(counts, counts.Sum(one => one.Count) < MostCounted);
}
