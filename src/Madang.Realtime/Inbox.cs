using Madang.Storage;

namespace Madang.Realtime;

/// <summary>The door to everybody's inbox for other modules.</summary>
public sealed class Inbox
{
    private readonly IInboxStore _store;

    internal Inbox(IInboxStore store) => _store = store;

    /// <summary>
    /// Appends entries to the inboxes of their recipients, with dense positions, and publishes them to live connections after the commit.
    /// Called once per transaction, last (realtime.md): on PostgreSQL it locks the heads of all recipients in ascending order.
    /// </summary>
    public void Append(WriteTx tx, params IReadOnlyList<NewEntry> entries)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var positions = _store.Append(tx, entries);
        for (var i = 0; i < entries.Count; i++)
        {
            tx.Publish(new InboxPublication(entries[i], positions[i], tx.Now));
        }
    }
}
