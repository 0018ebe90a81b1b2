using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Madang.Api;
using Madang.Realtime.Delivery;
using Madang.Realtime.Reading;

namespace Madang.Realtime.Sockets;

/// <summary>The text of every frame that the server sends; docs/realtime/frames.schema.json is their contract.</summary>
internal static class SocketFrames
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = ApiJson.Options.Encoder, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary><c>{"op":"ok","id":N,…}</c>, in a buffer that the queue gives back.</summary>
    public static PooledBuffer Ok(long id, Action<Utf8JsonWriter>? answer)
    {
        var buffer = new PooledBuffer(512);
        var writer = Begin(buffer, "ok"u8);
        writer.WriteNumber("id"u8, id);
        answer?.Invoke(writer);
        return End(writer, buffer);
    }

    /// <summary><c>{"op":"error","id":N?,"code","message","errors"?,"retry_after_ms"?}</c></summary>
    public static PooledBuffer Error(long? id, Error error)
    {
        var buffer = new PooledBuffer(512);
        var writer = Begin(buffer, "error"u8);
        if (id is { } number)
        {
            writer.WriteNumber("id"u8, number);
        }

        writer.WriteString("code"u8, error.Code);
        writer.WriteString("message"u8, error.Detail ?? error.Title);
        if (error.Fields.Count > 0)
        {
            writer.WritePropertyName("errors"u8);
            JsonSerializer.Serialize(writer, error.Fields, ApiJson.Options);
        }

        if (error.RetryAfter is { } wait)
        {
            writer.WriteNumber("retry_after_ms"u8, (long)Math.Ceiling(wait.TotalMilliseconds));
        }

        return End(writer, buffer);
    }

    /// <summary>Writes one frame of the queue.</summary>
    public static void Write(PooledBuffer output, in Outgoing item, Hub hub, UserId user)
    {
        switch (item.Kind)
        {
            case OutgoingKind.Entry:
                EntryJson.Write(output, "{\"op\":\"entry\","u8, new InboxCursor(hub.Epoch, item.Number), item.Body.Span);
                break;
            case OutgoingKind.Signal:
                output.Write("{\"op\":\"signal\","u8);
                output.Write(item.Body.Span);
                break;
            case OutgoingKind.Ready:
                output.Write("{\"op\":\"ready\",\"user_id\":\""u8);
                WriteNumber(output, user.Value);
                output.Write("\",\"cursor\":"u8);
                EntryJson.WriteCursor(output, new InboxCursor(hub.Epoch, item.Number));
                output.Write(",\"heartbeat_ms\":"u8);
                WriteNumber(output, hub.Options.HeartbeatSeconds * 1000L);
                output.Write("}"u8);
                break;
            case OutgoingKind.Reset:
                output.Write("{\"op\":\"reset\",\"cursor\":"u8);
                EntryJson.WriteCursor(output, new InboxCursor(hub.Epoch, item.Number));
                output.Write("}"u8);
                break;
            case OutgoingKind.Resync:
                output.Write("{\"op\":\"resync\",\"since\":"u8);
                EntryJson.WriteCursor(output, new InboxCursor(hub.Epoch, item.Number));
                output.Write("}"u8);
                break;
            case OutgoingKind.Reconnect:
                output.Write("{\"op\":\"reconnect\",\"after_ms\":"u8);
                WriteNumber(output, item.Number);
                output.Write("}"u8);
                break;
            case OutgoingKind.Ping:
                output.Write("{\"op\":\"ping\"}"u8);
                break;
            case OutgoingKind.Pong:
                output.Write("{\"op\":\"pong\"}"u8);
                break;
            default:
                throw new InvalidOperationException($"A socket has no frame for {item.Kind}.");
        }
    }

    private static void WriteNumber(PooledBuffer output, long number)
    {
        number.TryFormat(output.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static Utf8JsonWriter Begin(PooledBuffer buffer, ReadOnlySpan<byte> op)
    {
        // Taken out while in use: an answer that writes another frame gets a writer of its own.
        var writer = _writer ?? new Utf8JsonWriter(Stream.Null, WriterOptions);
        _writer = null;
        writer.Reset(buffer);
        writer.WriteStartObject();
        writer.WriteString("op"u8, op);
        return writer;
    }

    private static PooledBuffer End(Utf8JsonWriter writer, PooledBuffer buffer)
    {
        writer.WriteEndObject();
        writer.Flush();
        writer.Reset(Stream.Null);
        _writer = writer;
        return buffer;
    }
}
