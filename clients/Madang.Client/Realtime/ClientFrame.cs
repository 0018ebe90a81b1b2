using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Madang.Client.Resources;

namespace Madang.Client.Realtime;

/// <summary>The frames that go out, as text.</summary>
internal static class ClientFrame
{
    public static string Hello(string? token, string? since) => Text(new HelloFrame(token, since), ClientJson.Default.HelloFrame);

    public static string Send(long id, string roomId, NewMessage message) =>
        Text(new SendFrame(id, roomId, message.ClientId, message.Text, message.ReplyTo), ClientJson.Default.SendFrame);

    public static string Read(long id, string roomId, long seq) => Text(new ReadFrame(id, roomId, seq), ClientJson.Default.ReadFrame);

    public static string Typing(string roomId) => Text(new TypingFrame(roomId), ClientJson.Default.TypingFrame);

    public static string Active(bool value) => Text(new ActiveFrame(value), ClientJson.Default.ActiveFrame);

    public static string Ack(string cursor) => Text(new AckFrame(cursor), ClientJson.Default.AckFrame);

    public static string Ping { get; } = Text(new BareFrame("ping"), ClientJson.Default.BareFrame);

    public static string Pong { get; } = Text(new BareFrame("pong"), ClientJson.Default.BareFrame);

    private static string Text<T>(T frame, JsonTypeInfo<T> type) => JsonSerializer.Serialize(frame, type);
}

#pragma warning disable CA1822 // Op is a field of the frame: the serialiser reads it from the instance

internal sealed record HelloFrame(string? Token, string? Since)
{
    [JsonPropertyOrder(-1)]
    public string Op => "hello";
}

internal sealed record SendFrame(long Id, string RoomId, string ClientId, string Text, long? ReplyTo)
{
    [JsonPropertyOrder(-1)]
    public string Op => "send";
}

internal sealed record ReadFrame(long Id, string RoomId, long Seq)
{
    [JsonPropertyOrder(-1)]
    public string Op => "read";
}

internal sealed record TypingFrame(string RoomId)
{
    [JsonPropertyOrder(-1)]
    public string Op => "typing";
}

internal sealed record ActiveFrame(bool Value)
{
    [JsonPropertyOrder(-1)]
    public string Op => "active";
}

internal sealed record AckFrame(string Cursor)
{
    [JsonPropertyOrder(-1)]
    public string Op => "ack";
}

internal sealed record BareFrame(string Op);
