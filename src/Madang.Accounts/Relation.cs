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
public sealed record Relation(UserId Owner, RelationKind Kind, UserId Target, FriendState State, DateTimeOffset CreatedAt)
{
    /// <summary>Of a mute: from then on it is none. Null for one without an end.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>Of a follow: whether what the other one shares is wanted too.</summary>
    public bool Shares { get; init; } = true;

    public bool HasEnded(DateTimeOffset now) => EndsAt <= now;
}

/// <summary>What somebody wants to hold towards <paramref name="Target"/> from now on.</summary>
/// <param name="Shares">Of a follow; null leaves it as it is, and is yes for a new one.</param>
/// <param name="EndsAt">Of a mute; null for one without an end.</param>
public sealed record NewRelation(RelationKind Kind, UserId Target, bool? Shares = null, DateTimeOffset? EndsAt = null);

/// <summary>Everything one person holds towards another.</summary>
public readonly record struct RelationView(FriendState? Friend, bool Follows, bool Muted, bool Blocked);
