using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Madang.Api;
using Madang.Realtime;

namespace Madang.Chat.Endpoints;

/// <summary><c>{"op":"send",…}</c>: the same verb, checks and codes as <c>POST /v1/rooms/{id}/messages</c>.</summary>
internal sealed class SendVerb(Messages messages) : ISocketVerb
{
    public string Op => "send";

    public async ValueTask<Result<Action<Utf8JsonWriter>?>> RunAsync(Caller caller, JsonElement frame, CancellationToken cancellationToken)
    {
        if (!Frame.TryRead<SendFrame>(frame, out var send, out var error))
        {
            return error;
        }

        var posted = await messages.PostAsync(
            caller.Person, send.RoomId!.Value, new(send.ClientId, send.Text, send.ReplyTo, send.Attachments is { Count: > 0 }), cancellationToken);
        return posted.IsOk ? Frame.Answer("message", MessageJson.Of(posted.Value.Message)) : posted.Error;
    }
}

/// <summary><c>{"op":"read",…}</c>: as <c>PUT /v1/rooms/{id}/read</c>.</summary>
internal sealed class ReadVerb(ReadMarks marks) : ISocketVerb
{
    public string Op => "read";

    public async ValueTask<Result<Action<Utf8JsonWriter>?>> RunAsync(Caller caller, JsonElement frame, CancellationToken cancellationToken)
    {
        if (!Frame.TryRead<ReadFrame>(frame, out var read, out var error))
        {
            return error;
        }

        var mark = await marks.MoveAsync(caller.Person, read.RoomId!.Value, read.Seq, cancellationToken);
        return mark.IsOk ? Frame.Answer("read", ReadJson.Of(mark.Value)) : mark.Error;
    }
}

/// <summary><c>{"op":"typing",…}</c>: as <c>POST /v1/rooms/{id}/typing</c>.</summary>
internal sealed class TypingVerb(Typing typing) : ISocketVerb
{
    public string Op => "typing";

    // A hint: nothing is written, and nobody waits for an answer.
    public bool IsWrite => false;

    public bool IsAnswered => false;

    public async ValueTask<Result<Action<Utf8JsonWriter>?>> RunAsync(Caller caller, JsonElement frame, CancellationToken cancellationToken)
    {
        if (!Frame.TryRead<TypingFrame>(frame, out var type, out var error))
        {
            return error;
        }

        var told = await typing.TellAsync(caller.Person, type.RoomId!.Value, cancellationToken);
        return told.IsOk ? default(Action<Utf8JsonWriter>) : told.Error;
    }
}

internal interface IRoomFrame
{
    RoomId? RoomId { get; }
}

internal sealed record SendFrame(RoomId? RoomId, string? ClientId, string? Text, IReadOnlyList<JsonElement>? Attachments, long? ReplyTo) : IRoomFrame;

internal sealed record ReadFrame(RoomId? RoomId, long? Seq) : IRoomFrame;

internal sealed record TypingFrame(RoomId? RoomId) : IRoomFrame;

internal static class Frame
{
    /// <summary>Reads the fields of a frame. A field of a wrong type is refused by its name.</summary>
    public static bool TryRead<T>(JsonElement frame, [NotNullWhen(true)] out T? read, [NotNullWhen(false)] out Error? error) where T : class, IRoomFrame
    {
        (read, error) = (null, null);
        try
        {
            read = frame.Deserialize<T>(ApiJson.Options);
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') ?? "";
            error = ApiErrors.Invalid(field, "invalid", $"{field} has a wrong type.");
            return false;
        }

        if (read?.RoomId is not null)
        {
            return true;
        }

        error = ApiErrors.Invalid("room_id", "required", "room_id says where.");
        return false;
    }

    public static Action<Utf8JsonWriter> Answer<T>(string field, T shape) => writer =>
    {
        writer.WritePropertyName(field);
        JsonSerializer.Serialize(writer, shape, ApiJson.Options);
    };
}
