using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications.Digests;

/// <summary>Port: digests and what is in them.</summary>
internal interface IDigestStore
{
    /// <summary>Other processes close digests too, so one that died leaves some for the others to find.</summary>
    bool IsShared { get; }

    /// <summary>Those of <paramref name="people"/> whom this notification was gathered for, in whatever digest.</summary>
    IReadOnlySet<UserId> Gathered(WriteTx tx, NotificationId notification, IReadOnlyList<UserId> people);

    /// <summary>Their open digests, locked in ascending order of people.</summary>
    IReadOnlyDictionary<UserId, Digest> LockOpen(WriteTx tx, string category, string key, IReadOnlyList<UserId> people);

    /// <summary>Those that another transaction has opened meanwhile are left out; the ids of the others.</summary>
    IReadOnlySet<long> Insert(WriteTx tx, IReadOnlyList<Digest> digests);

    /// <summary>Writes rows that are locked.</summary>
    void Put(WriteTx tx, IReadOnlyList<Digest> digests);

    void AddItems(WriteTx tx, NotificationId notification, IReadOnlyList<(Digest Digest, ChannelSet Channels)> items);

    /// <summary>Open ones whose time has come, locked, by that time; what another process holds is skipped.</summary>
    IReadOnlyList<Digest> LockDue(WriteTx tx, DateTimeOffset now, int limit);

    /// <summary>When the next open one closes.</summary>
    DateTimeOffset? NextDue(WriteTx tx);

    /// <summary>Takes a notification out of open digests, at most <paramref name="limit"/> of them; how many.</summary>
    int Remove(WriteTx tx, NotificationId notification, int limit);

    /// <summary>What goes out by this channel, ascending.</summary>
    Task<IReadOnlyList<NotificationId>> ItemsAsync(long digest, DeliveryChannel channel, int limit, CancellationToken cancellationToken);

    /// <summary>The digest that holds a notification for this person; null when none does.</summary>
    Task<Digest?> OfAsync(NotificationId notification, UserId user, CancellationToken cancellationToken);

    /// <summary>Deletes at most <paramref name="limit"/> that ended before, with their items; how many.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}
