using Madang.Notifications.Delivering;
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

    /// <summary>By which channel these deliveries go; those that are gone are left out.</summary>
    Task<IReadOnlyDictionary<DeliveryId, DeliveryChannel>> ChannelsAsync(IReadOnlyCollection<DeliveryId> deliveries, CancellationToken cancellationToken);

    /// <summary>Of a campaign, by day, channel and kind, from <paramref name="since"/> on.</summary>
    Task<IReadOnlyList<TrackedCount>> CountsAsync(string campaign, DateOnly since, CancellationToken cancellationToken);

    /// <summary>What became of the deliveries of a campaign's notifications, by day, channel and state; looks at the newest <paramref name="most"/> notifications since that id.</summary>
    Task<CampaignDeliveries> DeliveriesAsync(string campaign, NotificationId since, int most, CancellationToken cancellationToken);

    /// <summary>Deletes at most so many counted events below this id, oldest first.</summary>
    int Prune(WriteTx tx, long before, int limit);
}

/// <param name="Campaign">See <see cref="Campaigns"/>.</param>
/// <param name="Day">In UTC, as all days of a funnel.</param>
/// <param name="Channel">Null where it is not known: of conversions, which a server tells, and of deliveries that are gone.</param>
internal sealed record TrackedCount(string Campaign, DateOnly Day, DeliveryChannel? Channel, TrackedKind Kind, bool IsMachine, long N);

internal sealed record CampaignDeliveries(long Notifications, IReadOnlyList<CampaignState> States);

/// <summary>How many deliveries are in a state. What lies in in-app inboxes counts as delivered.</summary>
/// <param name="Day">On which the notification was to be sent.</param>
internal sealed record CampaignState(DateOnly Day, DeliveryChannel Channel, DeliveryState State, long N);
