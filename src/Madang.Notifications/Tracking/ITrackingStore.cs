using Madang.Storage;

namespace Madang.Notifications.Tracking;

/// <summary>Port: the log of events, what was counted of it, and the key of our links.</summary>
internal interface ITrackingStore
{
    Task<byte[]?> KeyAsync(CancellationToken cancellationToken);

    /// <summary>The key that is there, or this one from now on.</summary>
    byte[] Key(WriteTx tx, byte[] fresh);

    /// <summary>Appends; one that is there already is left out. How many were new.</summary>
    int Append(WriteTx tx, IReadOnlyList<TrackedEvent> events);

    /// <summary>Up to which event everything is counted; 0 at first.</summary>
    Task<long> CountedAsync(CancellationToken cancellationToken);

    /// <summary>By ascending id, above and below.</summary>
    Task<IReadOnlyList<TrackedEvent>> ReadAsync(long above, long below, int limit, CancellationToken cancellationToken);

    /// <summary>Moves the mark and adds to the counts; false, and nothing is written, when somebody else has moved it.</summary>
    bool Count(WriteTx tx, long from, long to, IReadOnlyList<TrackedCount> counts);

    /// <summary>Of a campaign, by kind, over all days from <paramref name="since"/>.</summary>
    Task<IReadOnlyList<TrackedCount>> CountsAsync(string campaign, DateOnly since, CancellationToken cancellationToken);

    /// <summary>What became of the deliveries of a campaign's notifications, by state; looks at the newest <paramref name="most"/> notifications since that id.</summary>
    Task<CampaignDeliveries> DeliveriesAsync(string campaign, NotificationId since, int most, CancellationToken cancellationToken);

    /// <summary>Deletes at most so many counted events below this id, oldest first.</summary>
    int Prune(WriteTx tx, long before, int limit);
}

/// <param name="Campaign">See <see cref="Campaigns"/>.</param>
internal sealed record TrackedCount(string Campaign, DateOnly Day, TrackedKind Kind, bool IsMachine, long N);

/// <param name="Items">Arrived in in-app inboxes.</param>
/// <param name="States">How many deliveries are in each state.</param>
internal sealed record CampaignDeliveries(long Notifications, long Items, IReadOnlyDictionary<Delivering.DeliveryState, long> States);
