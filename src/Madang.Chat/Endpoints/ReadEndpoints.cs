using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Chat.Endpoints;

internal static class ReadEndpoints
{
    public static void Map(RouteGroupBuilder rooms)
    {
        rooms.MapPut("{room_id}/read", ReadAsync).WithName("read_room")
            .WithSummary("Moves your read mark forward, at most to the newest message; a mark never goes back.");
        rooms.MapPost("{room_id}/typing", TypingAsync).WithName("type_in_room")
            .WithSummary("Tells the others that you are writing. Every three seconds is often enough.");
    }

    private static async Task<Results<Ok<ReadJson>, Refusal>> ReadAsync(
        [FromRoute(Name = "room_id")] string roomId, ReadRequest request, Caller caller, ReadMarks marks, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<RoomId>(roomId, out var room))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var mark = await marks.MoveAsync(caller.Person, room, request.Seq, cancellationToken);
        return mark.IsOk ? TypedResults.Ok(ReadJson.Of(mark.Value)) : (Refusal)mark.Error;
    }

    private static async Task<Results<NoContent, Refusal>> TypingAsync(
        [FromRoute(Name = "room_id")] string roomId, Caller caller, Typing typing, CancellationToken cancellationToken)
    {
        var told = Id.TryParse<RoomId>(roomId, out var room) ? await typing.TellAsync(caller.Person, room, cancellationToken) : ApiErrors.NotFound;
        return told.IsOk ? TypedResults.NoContent() : (Refusal)told.Error;
    }
}

internal sealed record ReadRequest(long? Seq);

/// <summary>The answer of a read, and the data of <c>room.read</c>.</summary>
internal sealed record ReadJson(RoomId RoomId, long ReadSeq, long Unread)
{
    public static ReadJson Of(ReadMark mark) => new(mark.Room, mark.ReadSeq, mark.Unread);
}

/// <summary>The data of the signal <c>receipt</c>: how far somebody else has read.</summary>
internal sealed record ReceiptJson(RoomId RoomId, UserId UserId, long ReadSeq);

/// <summary>The data of the signal <c>typing</c>.</summary>
internal sealed record TypingJson(RoomId RoomId, UserId UserId, long ExpiresInMs);
