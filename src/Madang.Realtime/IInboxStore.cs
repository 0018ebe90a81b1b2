using Madang.Api;
using Madang.Storage;

namespace Madang.Realtime;

/// <summary>Inboxes: dense positions per user, read by position. An adapter's own hot verbs may call <see cref="Append"/> for a whole batch.</summary>
internal interface IInboxStore
{
    /// <summary>Whether other processes write to this database too, so that this one must look for what it was not told of.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Writes the entries and advances the heads, one head read and write per user; answers the positions, <c>[entry][recipient]</c>. Heads are
    /// locked by ascending user id. Entries of one user get their positions in the order of the list.
    /// </summary>
    long[][] Append(WriteTx tx, IReadOnlyList<NewEntry> entries);

    /// <summary>
    /// Entries with <c>pos &gt; after</c>, ascending, at most <paramref name="limit"/>, and the bounds of the inbox in the same snapshot.
    /// A null <paramref name="after"/> asks for the bounds alone.
    /// </summary>
    Task<InboxPage> ReadAsync(UserId user, long? after, int limit, CancellationToken cancellationToken);

    /// <summary>The newest position of each of these users; who never got an entry is left out.</summary>
    Task<IReadOnlyList<(UserId User, long Head)>> HeadsAsync(IReadOnlyList<UserId> users, CancellationToken cancellationToken);

    /// <summary>Raises the marks up to which devices have processed their inbox; never lowers one, never beyond the head.</summary>
    void Ack(WriteTx tx, IReadOnlyList<InboxAck> acks);

    /// <summary>Those of these people who have entries that no device has acknowledged and that were not handed over for a push.</summary>
    Task<IReadOnlyList<Unacked>> UnackedAsync(IReadOnlyList<UserId> users, CancellationToken cancellationToken);

    /// <summary>The same of the next <paramref name="looked"/> inboxes, by ascending id; where to go on, the default at the end.</summary>
    Task<(IReadOnlyList<UserId> Users, UserId Next)> UnackedAfterAsync(UserId after, int looked, CancellationToken cancellationToken);

    /// <summary>Notes that everything up to the head of then is handed over. False when the mark has moved meanwhile.</summary>
    bool MarkPushed(WriteTx tx, Unacked unacked);

    /// <summary>
    /// Deletes at most <paramref name="limit"/> entries: first those older than <paramref name="before"/>, then those beyond the newest
    /// <paramref name="keep"/> of the inboxes after <paramref name="from"/>, of which it looks at a bounded number.
    /// </summary>
    PruneStep Prune(WriteTx tx, UserId from, DateTimeOffset before, int keep, int limit);

    /// <summary>The random number that this database was created with: positions of another database mean nothing here.</summary>
    Task<long> EpochAsync(CancellationToken cancellationToken);
}

/// <param name="Head">The newest position; 0 for an inbox never written to.</param>
/// <param name="Oldest">The oldest kept position; 1 for an inbox never written to.</param>
internal readonly record struct InboxPage(long Head, long Oldest, IReadOnlyList<InboxEntry> Entries);

/// <param name="Device">The credential that acked, a device.</param>
internal readonly record struct InboxAck(UserId User, long Device, long Pos);

/// <param name="Deleted">Rows that went.</param>
/// <param name="Next">Where the next step goes on looking; 0 when the last inbox was seen.</param>
internal readonly record struct PruneStep(int Deleted, UserId Next);

/// <param name="Head">The newest position.</param>
/// <param name="Seen">Everything up to here was acknowledged by some device, or handed over.</param>
/// <param name="Pushed">Up to here it was handed over.</param>
internal readonly record struct Unacked(UserId User, long Head, long Seen, long Pushed);
