using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Chat.Endpoints;

internal static class MemberEndpoints
{
    public static void Map(RouteGroupBuilder rooms)
    {
        rooms.MapPut("{room_id}/members/{user_id}", PutAsync).WithName("put_member")
            .WithSummary("Brings somebody into a group, or changes a role. Owners only. Whoever joins can read what was said before.");
        rooms.MapDelete("{room_id}/members/{user_id}", RemoveAsync).WithName("remove_member")
            .WithSummary("Leaves a group, or takes somebody out of it (owners only). The last owner to go passes it on to the oldest member.");
    }

    private static async Task<Results<Created<MemberJson>, Ok<MemberJson>, Refusal>> PutAsync(
        [FromRoute(Name = "room_id")] string roomId, [FromRoute(Name = "user_id")] string userId, [FromBody] PutMemberRequest? request,
        Caller caller, Members members, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<RoomId>(roomId, out var room) || !Id.TryParse<UserId>(userId, out var user))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var put = await members.PutAsync(caller, room, user, request?.Role, cancellationToken);
        if (!put.IsOk)
        {
            return (Refusal)put.Error;
        }

        var shape = MemberJson.Of(room, put.Value.Member);
        return put.Value.Added ? TypedResults.Created($"/v1/rooms/{room}/members/{user}", shape) : TypedResults.Ok(shape);
    }

    private static async Task<Results<NoContent, Refusal>> RemoveAsync(
        [FromRoute(Name = "room_id")] string roomId, [FromRoute(Name = "user_id")] string userId, Caller caller, Members members,
        CancellationToken cancellationToken)
    {
        if (!Id.TryParse<RoomId>(roomId, out var room) || !Id.TryParse<UserId>(userId, out var user))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var removed = await members.RemoveAsync(caller, room, user, cancellationToken);
        return removed.IsOk ? TypedResults.NoContent() : (Refusal)removed.Error;
    }
}

internal sealed record PutMemberRequest(MemberRole? Role);

/// <summary>A member inside a room.</summary>
internal sealed record RoomMemberJson(UserId UserId, MemberRole Role, DateTimeOffset JoinedAt)
{
    public static RoomMemberJson Of(Member member) => new(member.User, member.Role, member.JoinedAt);
}

/// <summary>A member by itself: the answer of a change, and the data of <c>member.added</c> and <c>member.updated</c>.</summary>
internal sealed record MemberJson(RoomId RoomId, UserId UserId, MemberRole Role, DateTimeOffset JoinedAt)
{
    public static MemberJson Of(RoomId room, Member member) => new(room, member.User, member.Role, member.JoinedAt);
}

/// <summary>The data of <c>member.removed</c>.</summary>
internal sealed record MemberRemovedJson(RoomId RoomId, UserId UserId);
