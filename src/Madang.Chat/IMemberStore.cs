using Madang.Api;
using Madang.Storage;

namespace Madang.Chat;

/// <summary>Memberships and read marks.</summary>
internal interface IMemberStore
{
    void Add(WriteTx tx, RoomId room, Member member);

    void Remove(WriteTx tx, RoomId room, UserId user);

    void SetRole(WriteTx tx, RoomId room, UserId user, MemberRole role);

    /// <summary>
    /// Moves the mark forward to <paramref name="seq"/> or the head, whichever is less; never back.
    /// Null if the person is not in the room.
    /// </summary>
    (ReadMark Mark, bool Moved)? MarkRead(WriteTx tx, RoomId room, UserId user, long seq);

    /// <summary>Whether one of <paramref name="others"/> has blocked <paramref name="user"/> or the other way round.</summary>
    bool AnyBlock(WriteTx tx, UserId user, IReadOnlyCollection<UserId> others);

    /// <summary>
    /// Who may see what <paramref name="actor"/> does in the room right now: the others in it but those who have blocked the actor.
    /// In a direct room nobody once either has blocked the other. Null if the actor is not in the room.
    /// </summary>
    Task<IReadOnlyList<UserId>?> OnlookersAsync(UserId actor, RoomId room, CancellationToken cancellationToken);

    /// <summary>What the viewer may know of those of <paramref name="rooms"/> that the viewer is in, in one query.</summary>
    Task<IReadOnlyDictionary<RoomId, RoomGlance>> GlanceAsync(UserId viewer, IReadOnlyCollection<RoomId> rooms, CancellationToken cancellationToken);

    /// <summary>The memberships that exist, in one query.</summary>
    Task<IReadOnlyDictionary<(RoomId Room, UserId User), Member>> FindAsync(
        IReadOnlyCollection<(RoomId Room, UserId User)> memberships, CancellationToken cancellationToken);
}
