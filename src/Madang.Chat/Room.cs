using Madang.Api;

namespace Madang.Chat;

/// <summary>The numbers are stored; never reuse one.</summary>
public enum RoomKind
{
    /// <summary>Two people. There is one such room per pair, and nobody joins or leaves it.</summary>
    Direct = 1,

    Group = 2,
}

/// <summary>A room as one of its members sees it.</summary>
/// <param name="HeadSeq">The seq of the newest message, 0 in an empty room. Seqs are dense: 1 to here without a hole.</param>
/// <param name="ReadSeq">The viewer's own read mark.</param>
/// <param name="LastMessage">The message at <paramref name="HeadSeq"/>, a stub if the viewer has blocked its sender.</param>
public sealed record Room(
    RoomId Id, RoomKind Kind, string? Title, IReadOnlyList<Member> Members, long HeadSeq, long ReadSeq, Message? LastMessage, DateTimeOffset CreatedAt)
{
    /// <summary>Arithmetic, never counted: messages of blocked people included, as their stubs keep a place in the order.</summary>
    public long Unread => HeadSeq - ReadSeq;
}

/// <summary>A room inside a write: its row is locked, and everybody in it is known.</summary>
internal sealed record LockedRoom(RoomId Id, RoomKind Kind, string? Title, long HeadSeq, IReadOnlyList<Member> Members)
{
    public Member? Find(UserId user) => Members.FirstOrDefault(member => member.User == user);

    public IReadOnlyList<UserId> Users => [.. Members.Select(member => member.User)];

    /// <summary>
    /// Who owns the room once <paramref name="leaver"/> is gone: null while another owner stays or nobody does, else whoever has been here longest.
    /// </summary>
    public Member? HeirOf(UserId leaver)
    {
        var staying = Members.Where(member => member.User != leaver).ToList();
        return staying.Exists(member => member.Role == MemberRole.Owner)
            ? null
            : staying.OrderBy(member => member.JoinedAt).ThenBy(member => member.User).FirstOrDefault();
    }
}

/// <summary>What a member needs to know of a room to read one entry about it.</summary>
internal readonly record struct RoomGlance(RoomKind Kind, string? Title, long HeadSeq, long ReadSeq);

/// <summary>What an earlier write with a client id made. A room was made if <paramref name="Seq"/> is 0, else a message.</summary>
/// <param name="Digest">Of everything that must be equal in a retry.</param>
internal readonly record struct KeyUse(RoomId Room, long Seq, long Digest);
