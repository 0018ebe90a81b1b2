using Madang.Api;

namespace Madang.Chat;

/// <summary>What somebody may do in a group. In a direct room both are members. The numbers are stored; never reuse one.</summary>
public enum MemberRole
{
    Member = 1,

    /// <summary>May rename the room, add and remove people and give roles. A group with people in it has at least one.</summary>
    Owner = 2,
}

/// <param name="ReadSeq">Everything up to this seq has been read; whoever joins starts at the head.</param>
public sealed record Member(UserId User, MemberRole Role, long ReadSeq, DateTimeOffset JoinedAt);

/// <summary>How far somebody has read, and what is left.</summary>
public sealed record ReadMark(RoomId Room, long ReadSeq, long Unread);
