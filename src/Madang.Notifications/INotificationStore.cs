using Madang.Api;
using Madang.Notifications.Accepting;
using Madang.Notifications.Planning;
using Madang.Storage;

namespace Madang.Notifications;

/// <summary>The notification log: accepted, planned, decided, let go of.</summary>
internal interface INotificationStore : INotificationLog
{
    /// <summary>The hot write: the row and its event id. Durable when the task completes. Refuses <c>idempotency_conflict</c>.</summary>
    /// <param name="follow">Told in the same transaction of what is new in it, perhaps of several at once, by ascending id; what it throws fails the write.</param>
    Task<Result<Accepted>> AcceptAsync(Acceptance acceptance, Action<WriteTx, IReadOnlyList<Notification>> follow, CancellationToken cancellationToken);

    /// <summary>The same inside a write, for many, with nothing to follow; answers one result each, in order.</summary>
    IReadOnlyList<Result<Accepted>> Accept(WriteTx tx, IReadOnlyList<Acceptance> acceptances);

    /// <summary>What was accepted from this sender under this event id, with the digest of what was said; null when the id is new, or no longer kept.</summary>
    Task<(Notification First, long Digest)?> FirstAsync(long sender, string eventId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> that are due, the longest due first, locked; what another node plans right now is left out.</summary>
    /// <param name="fewestFirst">By how many people were decided on so far instead: what has just begun comes first.</param>
    IReadOnlyList<Notification> Due(WriteTx tx, bool wide, int limit, bool fewestFirst = false);

    /// <summary>When the next one is due; null when none waits.</summary>
    DateTimeOffset? NextDue(WriteTx tx, bool wide);

    /// <summary>The row, locked for the rest of the transaction.</summary>
    Notification? Lock(WriteTx tx, NotificationId id);

    /// <summary>Writes state, <see cref="Notification.PlannedTo"/>, <see cref="Notification.People"/> and <see cref="Notification.SendAt"/>.</summary>
    void Put(WriteTx tx, IReadOnlyList<Notification> notifications);

    /// <summary>Writes what was decided, one row a person; a row that is there already stays.</summary>
    void Decide(WriteTx tx, IReadOnlyList<PersonDecision> decisions);

    /// <summary>Deletes at most <paramref name="limit"/> rows of what was accepted before <paramref name="before"/>, and of event ids that are no longer kept.</summary>
    int Prune(WriteTx tx, DateTimeOffset before, int limit);
}
