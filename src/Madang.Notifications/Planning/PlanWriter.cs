using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Inboxes;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Notifications.Planning;

/// <summary>Writes what was decided, each table once and in the order of its key; the realtime inbox last, as it asks for.</summary>
internal sealed class PlanWriter(INotificationStore store, IInboxNotificationStore items, Deliveries deliveries, Inbox inbox)
{
    private const int EntryRecipients = 100;

    public void Write(WriteTx tx, PlanDraft draft)
    {
        if (draft.Notifications.Count > 0)
        {
            store.Put(tx, draft.Notifications);
        }

        if (draft.Decisions.Count > 0)
        {
            draft.Decisions.Sort(static (one, other) => (one.Notification.Value, one.User.Value).CompareTo((other.Notification.Value, other.User.Value)));
            store.Decide(tx, draft.Decisions);
        }

        deliveries.Plan(tx, draft.Deliveries);
        if (draft.Items.Count > 0)
        {
            // A stable order: of one person's items with the same key the later one must stay the later one.
            var sorted = draft.Items.OrderBy(item => item.User).ThenBy(item => item.Id.Value).ToList();
            inbox.Append(tx, Entries(sorted, items.Add(tx, sorted)));
        }
    }

    /// <summary>One entry an item and kind, for up to a hundred people.</summary>
    private static List<NewEntry> Entries(List<NewItem> added, IReadOnlySet<(UserId User, ItemId Id)> replaced)
    {
        var entries = new List<NewEntry>();
        foreach (var group in added.GroupBy(item => (item.Id, Type: replaced.Contains((item.User, item.Id)) ? EntryType.NotificationUpdated : EntryType.NotificationCreated)))
        {
            foreach (var recipients in group.Select(item => item.User).Chunk(EntryRecipients))
            {
                entries.Add(new(new(group.Key.Type, group.Key.Id.Value, 0), recipients));
            }
        }

        return entries;
    }
}
