using Madang.Api;

namespace Madang.Chat;

/// <summary>The log of each room.</summary>
internal interface IMessageStore
{
    /// <summary>
    /// The hot write: message, head of the room, inbox entries, client id and the sender's read mark in one transaction, and nothing else.
    /// Refuses <c>not_found</c> (no such room, or not in it), <c>idempotency_conflict</c>, <c>blocked</c> (direct rooms) and a reply to what is not there.
    /// </summary>
    Task<Result<Posted>> PostAsync(NewMessage message, CancellationToken cancellationToken);

    /// <summary>A page as the viewer sees it; null if the viewer is not in the room.</summary>
    Task<History?> ReadAsync(UserId viewer, RoomId room, HistoryQuery query, CancellationToken cancellationToken);

    /// <summary>The messages at these places as the viewer sees them, in one query. Rooms the viewer is not in answer nothing.</summary>
    Task<IReadOnlyDictionary<(RoomId Room, long Seq), Message>> FindAsync(
        UserId viewer, IReadOnlyCollection<(RoomId Room, long Seq)> places, CancellationToken cancellationToken);
}
