using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Storage;

namespace Madang.Notifications.Inboxes;

/// <summary>The in-app inboxes.</summary>
internal interface IInboxNotificationStore
{
    /// <summary>The most unread that are counted: a badge says more than that no better.</summary>
    const int MostCounted = 1_000;

    /// <summary>Adds them; of one person's items with the same collapse key the last one stays. Answers those that replaced another.</summary>
    IReadOnlySet<(UserId User, ItemId Id)> Add(WriteTx tx, IReadOnlyList<NewItem> items);

    /// <summary>By descending id.</summary>
    Task<IReadOnlyList<InboxItem>> ListAsync(UserId user, bool unreadOnly, long? below, int limit, CancellationToken cancellationToken);

    /// <summary>Those of <paramref name="ids"/> that this person has.</summary>
    Task<IReadOnlyDictionary<ItemId, InboxItem>> FindAsync(UserId user, IReadOnlyCollection<ItemId> ids, CancellationToken cancellationToken);

    /// <summary>Everything up to this one is read from now on; false when it was so before.</summary>
    bool ReadTo(WriteTx tx, UserId user, ItemId upTo);

    /// <summary>These are read from now on; answers those that were not, ascending.</summary>
    IReadOnlyList<ItemId> Read(WriteTx tx, UserId user, IReadOnlyCollection<ItemId> ids);

    /// <summary>Whether this person has read what a notification left in the inbox.</summary>
    bool IsRead(WriteTx tx, NotificationId notification, UserId user);

    bool Delete(WriteTx tx, UserId user, ItemId id);

    /// <summary>Deletes what nobody has read yet under this key; the item, if there was one.</summary>
    ItemId? DeleteUnread(WriteTx tx, UserId user, string collapseKey);

    /// <summary>How many are unread, to <see cref="MostCounted"/> at most, and the position in the realtime inbox at the same moment.</summary>
    Task<Badge> BadgeAsync(UserId user, CancellationToken cancellationToken);

    /// <summary>The same of many, each once.</summary>
    Task<IReadOnlyDictionary<UserId, Badge>> BadgesAsync(IReadOnlyCollection<UserId> users, CancellationToken cancellationToken);
}
