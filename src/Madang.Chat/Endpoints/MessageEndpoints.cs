using System.Text.Json;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Chat.Endpoints;

internal static class MessageEndpoints
{
    public static void Map(RouteGroupBuilder rooms)
    {
        rooms.MapPost("{room_id}/messages", PostAsync).WithName("post_message")
            .WithSummary("Sends a message. 201 when it is on the disk; 200 with the first one when the client id was used for the same content before.");
        rooms.MapGet("{room_id}/messages", HistoryAsync).WithName("list_messages")
            .WithSummary("A page of history, ascending by seq: the newest, or the one before, after or around a seq.");
    }

    private static async Task<Results<Created<MessageJson>, Ok<MessageJson>, Refusal>> PostAsync(
        [FromRoute(Name = "room_id")] string roomId, PostMessageRequest request, Caller caller, [FromHeader(Name = "Idempotency-Key")] string? key,
        Messages messages, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<RoomId>(roomId, out var room))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var clientId = IdempotencyKey.Join(request.ClientId, key);
        if (!clientId.IsOk)
        {
            return (Refusal)clientId.Error;
        }

        var posted = await messages.PostAsync(caller.Person, room, request.Draft(clientId.Value), cancellationToken);
        if (!posted.IsOk)
        {
            return (Refusal)posted.Error;
        }

        var shape = MessageJson.Of(posted.Value.Message);
        return posted.Value.Repeated ? TypedResults.Ok(shape) : TypedResults.Created($"/v1/rooms/{room}/messages?around={shape.Seq}&limit=1", shape);
    }

    private static async Task<Results<Ok<Page<MessageJson>>, Refusal>> HistoryAsync(
        [FromRoute(Name = "room_id")] string roomId, Caller caller, Messages messages, [FromQuery] string? before, [FromQuery] string? after,
        [FromQuery] string? around, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<RoomId>(roomId, out var room))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var query = HistoryQuery.Parse(before, after, around, limit);
        if (!query.IsOk)
        {
            return (Refusal)query.Error;
        }

        var history = await messages.HistoryAsync(caller.Person, room, query.Value, cancellationToken);
        return history.IsOk
            ? TypedResults.Ok(new Page<MessageJson>([.. history.Value.Messages.Select(MessageJson.Of)], history.Value.Window.Next, history.Value.Window.Prev))
            : (Refusal)history.Error;
    }
}

/// <param name="ClientId">Your own name for the message, unique among all you write; kept seven days. The header Idempotency-Key is an alias.</param>
/// <param name="ReplyTo">The seq of the message that this one answers.</param>
internal sealed record PostMessageRequest(string? ClientId, string? Text, IReadOnlyList<JsonElement>? Attachments, long? ReplyTo)
{
    public MessageDraft Draft(string? clientId) => new(clientId, Text, ReplyTo, Attachments is { Count: > 0 });
}

/// <summary>A message; or, where <see cref="Hidden"/> stands, only its place: you have blocked its sender.</summary>
internal sealed record MessageJson(
    MessageId? Id, RoomId RoomId, long Seq, UserId? SenderId, string? ClientId, string? Text, IReadOnlyList<JsonElement>? Attachments, long? ReplyTo,
    IReadOnlyList<JsonElement>? Reactions, bool? Hidden, DateTimeOffset CreatedAt)
{
    public static MessageJson Of(Message message) => message.Hidden
        ? new(null, message.Room, message.Seq, null, null, null, null, null, null, true, message.CreatedAt)
        : new(message.Id, message.Room, message.Seq, message.Sender, message.ClientId, message.Text, [], message.ReplyTo, [], null, message.CreatedAt);
}
