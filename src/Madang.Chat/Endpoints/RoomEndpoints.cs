using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Chat.Endpoints;

internal static class RoomEndpoints
{
    public static void Map(RouteGroupBuilder rooms)
    {
        rooms.MapPost("", CreateAsync).WithName("create_room")
            .WithSummary("Opens a direct room or a group. 200 with the room that is there when the pair has one or the client id was used before.");
        rooms.MapGet("", ListAsync).WithName("list_rooms").WithSummary("Your rooms, newest first.");
        rooms.MapGet("{room_id}", FindAsync).WithName("get_room").WithSummary("One of your rooms.");
        rooms.MapPatch("{room_id}", RenameAsync).WithName("update_room").WithSummary("Gives a group another title; an empty one takes it away. Owners only.");
    }

    private static async Task<Results<Created<RoomJson>, Ok<RoomJson>, Refusal>> CreateAsync(
        CreateRoomRequest request, Caller caller, [FromHeader(Name = "Idempotency-Key")] string? key, Rooms rooms, CancellationToken cancellationToken)
    {
        var clientId = IdempotencyKey.Join(request.ClientId, key);
        if (!clientId.IsOk)
        {
            return (Refusal)clientId.Error;
        }

        var created = await rooms.CreateAsync(caller.Person, new(request.Kind, request.UserIds, request.Title, clientId.Value), cancellationToken);
        if (!created.IsOk)
        {
            return (Refusal)created.Error;
        }

        var shape = RoomJson.Of(created.Value.Room);
        return created.Value.Created ? TypedResults.Created($"/v1/rooms/{shape.Id}", shape) : TypedResults.Ok(shape);
    }

    private static async Task<Results<Ok<Page<RoomJson>>, Refusal>> ListAsync(
        Caller caller, Rooms rooms, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok((await rooms.ListAsync(caller.Person, page.Value, cancellationToken)).Select(RoomJson.Of))
            : (Refusal)page.Error;
    }

    private static async Task<Results<Ok<RoomJson>, Refusal>> FindAsync(
        [FromRoute(Name = "room_id")] string roomId, Caller caller, Rooms rooms, CancellationToken cancellationToken) =>
        Id.TryParse<RoomId>(roomId, out var room) && await rooms.FindAsync(caller.Person, room, cancellationToken) is { } found
            ? TypedResults.Ok(RoomJson.Of(found))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<RoomJson>, Refusal>> RenameAsync(
        [FromRoute(Name = "room_id")] string roomId, UpdateRoomRequest request, Caller caller, Rooms rooms, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<RoomId>(roomId, out var room))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        if (request.Title is null)
        {
            return (Refusal)ApiErrors.Invalid("title", "required", "title is what can be changed.");
        }

        var renamed = await rooms.RenameAsync(caller, room, request.Title, cancellationToken);
        return renamed.IsOk ? TypedResults.Ok(RoomJson.Of(renamed.Value)) : (Refusal)renamed.Error;
    }
}

/// <param name="UserIds">Whom to bring together with you: one for a direct room, up to 99 for a group.</param>
/// <param name="ClientId">Your own name for this request, so that a retry makes no second group; kept seven days.</param>
internal sealed record CreateRoomRequest(RoomKind? Kind, IReadOnlyList<UserId>? UserIds, string? Title, string? ClientId);

internal sealed record UpdateRoomRequest(string? Title);

internal sealed record RoomJson(
    RoomId Id, RoomKind Kind, string? Title, IReadOnlyList<RoomMemberJson> Members, long HeadSeq, long ReadSeq, long Unread, long Mentions,
    MessageJson? LastMessage, DateTimeOffset CreatedAt)
{
    public static RoomJson Of(Room room) => new(
        room.Id, room.Kind, room.Title, [.. room.Members.Select(RoomMemberJson.Of)], room.HeadSeq, room.ReadSeq, room.Unread, 0,
        room.LastMessage is { } last ? MessageJson.Of(last) : null, room.CreatedAt);
}

/// <summary>The data of <c>room.updated</c>.</summary>
internal sealed record RoomChangedJson(RoomId RoomId, string? Title);
