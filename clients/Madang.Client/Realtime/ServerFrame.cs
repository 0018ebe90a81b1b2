using System.Text.Json;
using Madang.Client.Resources;

namespace Madang.Client.Realtime;

/// <summary>A frame of the server, checked: what a program relies on is there.</summary>
internal abstract record ServerFrame
{
    private ServerFrame()
    {
    }

    /// <summary>
    /// Null with <paramref name="isValid"/>: an op of a later version, to be ignored. Not valid: it may have been an entry, so that the line cannot be
    /// trusted any more.
    /// </summary>
    public static ServerFrame? Parse(string text, out bool isValid)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var frame = document.RootElement;
            isValid = true;
            return Text(frame, "op") switch
            {
                "ready" => new Ready(Filled(frame, "user_id"), Filled(frame, "cursor"), TimeSpan.FromMilliseconds(Count(frame, "heartbeat_ms", least: 1))),
                "ok" => new Ok(Count(frame, "id"), Optional(frame, "message")?.Deserialize(ClientJson.Default.Message)),
                "error" => new Refused(OptionalCount(frame, "id"), new MadangException(
                    Filled(frame, "code"), Text(frame, "message"), errors: Faults(frame),
                    retryAfter: OptionalCount(frame, "retry_after_ms") is { } wait ? TimeSpan.FromMilliseconds(wait) : null)),
                "entry" => new Arrived(ReadEntry(frame)),
                "signal" => new Signalled(new Signal(Filled(frame, "type"), Object(frame, "data").Clone())),
                "resync" => new Resync(),
                "reset" => new Reset(frame.TryGetProperty("cursor", out _) ? Filled(frame, "cursor") : null),
                "reconnect" => new Reconnect(TimeSpan.FromMilliseconds(Count(frame, "after_ms"))),
                "ping" => new Ping(),
                "pong" => new Pong(),
                _ => null,
            };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            isValid = false;
            return null;
        }
    }

    private static Entry ReadEntry(JsonElement frame) => new(
        Filled(frame, "cursor"), Filled(frame, "type"), frame.Required("at").GetDateTimeOffset(), Object(frame, "data").Clone());

    private static string Text(JsonElement frame, string name) => frame.Required(name).GetString() ?? throw new FormatException($"{name} is null.");

    private static string Filled(JsonElement frame, string name) => Text(frame, name) is { Length: > 0 } text ? text : throw new FormatException($"{name} is empty.");

    private static long Count(JsonElement frame, string name, long least = 0) =>
        frame.Required(name).GetInt64() is var count && count >= least ? count : throw new FormatException($"{name} is below {least}.");

    private static long? OptionalCount(JsonElement frame, string name) => frame.TryGetProperty(name, out _) ? Count(frame, name) : null;

    private static JsonElement Object(JsonElement frame, string name) =>
        frame.Required(name) is { ValueKind: JsonValueKind.Object } value ? value : throw new FormatException($"{name} is no object.");

    private static JsonElement? Optional(JsonElement frame, string name) => frame.TryGetProperty(name, out _) ? Object(frame, name) : null;

    private static List<FieldFault> Faults(JsonElement frame) => frame.TryGetProperty("errors", out var errors)
        ? [.. errors.EnumerateArray().Select(error => new FieldFault(Text(error, "field"), Text(error, "code"), error.TryGetProperty("detail", out var detail) ? detail.GetString() : null))]
        : [];

    internal sealed record Ready(string UserId, string Cursor, TimeSpan Heartbeat) : ServerFrame;

    internal sealed record Ok(long Id, Message? Message) : ServerFrame;

    internal sealed record Refused(long? Id, MadangException Reason) : ServerFrame;

    internal sealed record Arrived(Entry Entry) : ServerFrame;

    internal sealed record Signalled(Signal Signal) : ServerFrame;

    internal sealed record Resync : ServerFrame;

    internal sealed record Reset(string? Cursor) : ServerFrame;

    internal sealed record Reconnect(TimeSpan After) : ServerFrame;

    internal sealed record Ping : ServerFrame;

    internal sealed record Pong : ServerFrame;
}

internal static class JsonElements
{
    /// <exception cref="FormatException">The field is missing.</exception>
    public static JsonElement Required(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value : throw new FormatException($"{name} is missing.");
}
