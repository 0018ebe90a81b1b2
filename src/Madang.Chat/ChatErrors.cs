using Madang.Accounts;
using Madang.Api;

namespace Madang.Chat;

/// <summary>What Chat refuses beyond <see cref="ApiErrors"/> and <see cref="AccountsErrors.Blocked"/>.</summary>
public static class ChatErrors
{
    public static readonly Error DirectNeedsOne = new("direct_needs_one", 422, "A direct room needs exactly one other person.");
    public static readonly Error UserNotFound = new("user_not_found", 422, "One of these people is not here.");
    public static readonly Error NotAGroup = new("not_a_group", 409, "A direct room has no title, and nobody joins or leaves it.");
    public static readonly Error RoomFull = new("room_full", 409, "The room holds as many people as a room may.");
    public static readonly Error LastOwner = new("last_owner", 409, "A group needs an owner: make somebody else one first, or leave.");

    public static IReadOnlyList<Error> All { get; } = [DirectNeedsOne, UserNotFound, NotAGroup, RoomFull, LastOwner];
}
