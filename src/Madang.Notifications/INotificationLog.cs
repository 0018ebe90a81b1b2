using Madang.Api;
using Madang.Notifications.Planning;

namespace Madang.Notifications;

/// <summary>What is read of the notification log: by senders, admins, explanations and those who render.</summary>
internal interface INotificationLog
{
    Task<Notification?> FindAsync(NotificationId id, CancellationToken cancellationToken);

    /// <summary>Those of them that are there, in one read.</summary>
    Task<IReadOnlyDictionary<NotificationId, Notification>> FindAsync(IReadOnlyCollection<NotificationId> ids, CancellationToken cancellationToken);

    /// <summary>By descending id. The store looks at a bounded number of rows, so a page may be short and still not the last.</summary>
    Task<NotificationPage> ListAsync(NotificationFilter filter, long? below, int limit, CancellationToken cancellationToken);

    /// <summary>What was decided about these people, or about the first <paramref name="limit"/> after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<PersonDecision>> DecisionsAsync(NotificationId id, UserId? user, UserId after, int limit, CancellationToken cancellationToken);

    /// <summary>Its deliveries by channel and state, of the first <see cref="DeliveryTotals.MostCounted"/>.</summary>
    Task<DeliveryTotals> TotalsAsync(NotificationId id, CancellationToken cancellationToken);
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
