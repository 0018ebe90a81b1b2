using Madang.Api;
using Madang.Storage;

namespace Madang.Chat;

/// <summary>Rooms, and who is in them.</summary>
internal interface IRoomStore
{
    /// <summary>The room with everybody in it, its row locked until the transaction ends; null if there is none.</summary>
    LockedRoom? Lock(WriteTx tx, RoomId room);

    RoomId? FindDirect(WriteTx tx, UserId one, UserId other);

    /// <summary>Makes <paramref name="room"/> the direct room of the pair unless there is one; answers the room that is it now.</summary>
    RoomId ReserveDirect(WriteTx tx, RoomId room, UserId one, UserId other);

    void Create(WriteTx tx, RoomId room, RoomKind kind, string? title, IReadOnlyList<Member> members);

    void Rename(WriteTx tx, RoomId room, string? title);

    /// <summary>What this person used the client id for in the last seven days or a little longer.</summary>
    KeyUse? FindKey(WriteTx tx, UserId user, string clientId);

    /// <summary>Keeps the client id. False, and nothing written, if another transaction was faster.</summary>
    bool TryAddKey(WriteTx tx, UserId user, string clientId, KeyUse use);

    /// <summary>Drops at most <paramref name="limit"/> client ids of buckets below <paramref name="oldestKept"/>; answers how many.</summary>
    int PruneKeys(WriteTx tx, long oldestKept, int limit);

    /// <summary>Those of <paramref name="rooms"/> that the viewer is in, complete, in a fixed number of queries.</summary>
    Task<IReadOnlyList<Room>> FindAsync(UserId viewer, IReadOnlyCollection<RoomId> rooms, CancellationToken cancellationToken);

    /// <summary>The viewer's rooms by descending id, below <paramref name="below"/> if given, in a fixed number of queries.</summary>
    Task<IReadOnlyList<Room>> ListAsync(UserId viewer, RoomId? below, int limit, CancellationToken cancellationToken);

    /// <summary>Recomputes the counters of the next rooms above <paramref name="after"/>, each message younger than the bucket against its client id.</summary>
    Task<AuditStep> AuditAsync(RoomId after, int rooms, long oldestBucket, CancellationToken cancellationToken);
}
