using Madang.Api;

namespace Madang.Accounts;

/// <summary>How one person stands to another. The numbers are stored.</summary>
public enum RelationKind
{
    Friend = 1,
    Follow = 2,
    Mute = 3,
    Block = 4,
}

/// <summary>How far a friendship is, seen from one side. The numbers are stored; the other kinds are always <see cref="Accepted"/>.</summary>
public enum FriendState
{
    /// <summary>Asked, not answered yet.</summary>
    Outgoing = 1,

    /// <summary>Asked by the other one.</summary>
    Incoming = 2,
    Accepted = 3,
}

/// <summary>One row: what <paramref name="Owner"/> holds towards <paramref name="Target"/>.</summary>
internal sealed record Relation(UserId Owner, RelationKind Kind, UserId Target, FriendState State, DateTimeOffset CreatedAt);

/// <summary>Everything one person holds towards another.</summary>
public readonly record struct RelationView(FriendState? Friend, bool Follows, bool Muted, bool Blocked);
