using Madang.Api;
using Madang.Notifications.Inboxes;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Notifications.Planning;

/// <summary>What one transaction of the planner came to.</summary>
/// <param name="Notifications">How many it touched.</param>
/// <param name="People">How many people were decided on.</param>
/// <param name="NextDue">When the next one is due; null when none waits.</param>
internal readonly record struct PlanStep(int Notifications, int People, DateTimeOffset? NextDue);

/// <summary>
/// One transaction of the planner: who is due is read and locked, every person is decided on, and what follows from it (decisions, inbox, deliveries, the
/// cursor) is written together. A crash before the commit leaves nothing of it, after it nothing to do again.
/// </summary>
internal sealed class PlanTurn(INotificationStore store, IInboxNotificationStore items, Inbox inbox, Snowflake ids)
{
    private const int EntryRecipients = 100;

    /// <summary>Whole notifications, each to a handful of people.</summary>
    /// <param name="limit">The most notifications of this turn.</param>
    public PlanStep RunSmall(WriteTx tx, int limit)
    {
        var due = store.Due(tx, wide: false, limit);
        var planned = new List<Notification>(due.Count);
        var writing = new Writing();
        foreach (var notification in due)
        {
            planned.Add(notification.ExpiresAt <= tx.Now
                ? notification with { State = NotificationState.Expired }
                : notification with { State = NotificationState.Planned, People = Plan(tx, writing, notification, notification.To.UserIds ?? []) });
        }

        Write(tx, writing, planned);
        return new(due.Count, writing.Decisions.Count, store.NextDue(tx, wide: false));
    }

    private int Plan(WriteTx tx, Writing writing, Notification notification, IReadOnlyList<UserId> people)
    {
        var item = new ItemId(ids.Next());
        foreach (var person in people)
        {
            writing.Items.Add(new(person, item, notification.Id, notification.CollapseKey));
            writing.Decisions.Add(new(notification.Id, person, tx.Now, item.Value, "1 1 send"));
        }

        return people.Count;
    }

    private void Write(WriteTx tx, Writing writing, List<Notification> planned)
    {
        if (planned.Count > 0)
        {
            store.Put(tx, planned);
        }

        if (writing.Decisions.Count > 0)
        {
            writing.Decisions.Sort(static (one, other) => (one.Notification.Value, one.User.Value).CompareTo((other.Notification.Value, other.User.Value)));
            store.Decide(tx, writing.Decisions);
        }

        if (writing.Items.Count > 0)
        {
            // A stable order: of one person's items with the same key the later one must stay the later one.
            var sorted = writing.Items.OrderBy(item => item.User).ThenBy(item => item.Id.Value).ToList();
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

    /// <summary>What this transaction has decided and not written yet.</summary>
    private sealed class Writing
    {
        public List<PersonDecision> Decisions { get; } = [];

        public List<NewItem> Items { get; } = [];
    }
}
