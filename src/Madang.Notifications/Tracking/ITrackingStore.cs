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

    /// <summary>What is known of these deliveries; those that are gone are left out.</summary>
    Task<IReadOnlyDictionary<DeliveryId, TrackedDelivery>> KnownAsync(IReadOnlyCollection<DeliveryId> deliveries, CancellationToken cancellationToken);

    /// <summary>Of a campaign, by day, channel and kind, from <paramref name="since"/> on.</summary>
    Task<IReadOnlyList<TrackedCount>> CountsAsync(string campaign, DateOnly since, CancellationToken cancellationToken);

    /// <summary>
    /// What became of the deliveries of a campaign's notifications since that id, by day, channel and state. Of those whose data name the campaign it looks at the
    /// newest <paramref name="most"/>; those that are counted by their template or category it looks for among as many of the newest of all.
    /// </summary>
    Task<CampaignDeliveries> DeliveriesAsync(string campaign, NotificationId since, int most, CancellationToken cancellationToken);

    /// <summary>Deletes at most so many counted events below this id, oldest first.</summary>
    int Prune(WriteTx tx, long before, int limit);
}

/// <param name="IsDigest">It carries several notifications and has none of its own.</param>
internal readonly record struct TrackedDelivery(DeliveryChannel Channel, bool IsDigest);

/// <param name="Campaign">See <see cref="Campaigns"/>.</param>
/// <param name="Day">In UTC, as all days of a funnel.</param>
/// <param name="Channel">Null where it is not known: of conversions, which a server tells, and of deliveries that are gone.</param>
internal sealed record TrackedCount(string Campaign, DateOnly Day, DeliveryChannel? Channel, TrackedKind Kind, bool IsMachine, long N);

/// <param name="IsComplete">False when there may be more of them than were looked at.</param>
internal sealed record CampaignDeliveries(long Notifications, bool IsComplete, IReadOnlyList<CampaignState> States)
{
    /// <param name="notifications">All that were found.</param>
    /// <param name="named">Of these, whose data name the campaign, and digests.</param>
    /// <param name="newest">How many of the newest of all were looked at for the others.</param>
    public static CampaignDeliveries Of(long notifications, long named, long newest, int most, IReadOnlyList<CampaignState> states)
    {
        // A name that data give, and none of the others has, is taken for no template's or category's.
        var isGiven = named > 0 && named == notifications;
        return new(notifications, named < most && (newest < most || isGiven), states);
    }
}

/// <summary>How many deliveries are in a state. What lies in in-app inboxes counts as delivered.</summary>
/// <param name="Day">On which the notification was to be sent.</param>
internal sealed record CampaignState(DateOnly Day, DeliveryChannel Channel, DeliveryState State, long N);
