using Madang.Storage;

namespace Madang.Chat;

/// <summary>
/// Recomputes every counter from the rows: heads against messages, read marks against heads and own messages, owners, pairs of direct rooms, and the
/// client ids of the last week against their messages.
/// </summary>
public sealed class RoomAudit
{
    /// <summary>Rooms of one step, so that no snapshot is held for long.</summary>
    private const int RoomsAtOnce = 1000;

    private readonly IRoomStore _rooms;
    private readonly TimeProvider _time;

    internal RoomAudit(IRoomStore rooms, TimeProvider time) => (_rooms, _time) = (rooms, time);

    /// <summary>One line per contradiction, as they are found. None when all agree.</summary>
    public async IAsyncEnumerable<string> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RoomId? after = default(RoomId);
        while (after is { } from)
        {
            var step = await _rooms.AuditAsync(from, RoomsAtOnce, KeyBucket.OldestKept(_time.GetUtcNow()), cancellationToken);
            foreach (var contradiction in step.Contradictions)
            {
                yield return contradiction;
            }

            after = step.Next;
        }
    }
}

/// <param name="Next">The last room looked at; null when there are no more.</param>
internal sealed record AuditStep(IReadOnlyList<string> Contradictions, RoomId? Next);
