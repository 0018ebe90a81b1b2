using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Madang.Bench.Wire;

internal enum FrameOp
{
    Other,
    Ready,
    Ok,
    Error,
    Entry,
    Ping,
    Resync,
    Reset,
    Reconnect,
}

/// <summary>What a driver needs of a server's frame (docs/realtime: one JSON object a message), read in one pass without building objects.</summary>
internal struct Frame
{
    public FrameOp Op;

    /// <summary>The id of the request that an ok or error answers.</summary>
    public long RequestId;

    public bool IsMessage;
    public long MessageId;
    public long RoomId;
    public long Seq;
    public long SenderId;

    /// <summary>The leading number of the text: when the message was due, as the sender wrote it.</summary>
    public long Stamp;

    public string? Cursor;
    public string? Code;

    /// <param name="strings">Whether cursor and code are wanted: they cost an allocation each.</param>
    public static Frame Read(ReadOnlySpan<byte> json, bool strings)
    {
        var frame = default(Frame);
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                frame.Property(ref reader, strings);
            }
        }

        return frame;
    }

    private void Property(ref Utf8JsonReader reader, bool strings)
    {
        var name = reader.ValueSpan;
        var top = reader.CurrentDepth == 1;
        if (top && name.SequenceEqual("op"u8))
        {
            reader.Read();
            Op = OpOf(reader.ValueSpan);
        }
        else if (name.SequenceEqual("id"u8))
        {
            reader.Read();
            _ = top ? reader.TryGetInt64(out RequestId) : TryNumber(reader.ValueSpan, out MessageId);
        }
        else if (top && name.SequenceEqual("type"u8))
        {
            reader.Read();
            IsMessage = reader.ValueSpan.SequenceEqual("message.created"u8);
        }
        else if (top && strings && name.SequenceEqual("cursor"u8))
        {
            reader.Read();
            Cursor = reader.GetString();
        }
        else if (top && strings && name.SequenceEqual("code"u8))
        {
            reader.Read();
            Code = reader.GetString();
        }
        else if (!top)
        {
            OfMessage(name, ref reader);
        }
    }

    private void OfMessage(ReadOnlySpan<byte> name, ref Utf8JsonReader reader)
    {
        if (name.SequenceEqual("seq"u8))
        {
            reader.Read();
            Seq = reader.GetInt64();
        }
        else if (name.SequenceEqual("room_id"u8))
        {
            reader.Read();
            TryNumber(reader.ValueSpan, out RoomId);
        }
        else if (name.SequenceEqual("sender_id"u8))
        {
            reader.Read();
            TryNumber(reader.ValueSpan, out SenderId);
        }
        else if (name.SequenceEqual("text"u8))
        {
            reader.Read();
            TryNumber(reader.ValueSpan, out Stamp);
        }
    }

    /// <summary>The digits a value begins with.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> text, out long number) => Utf8Parser.TryParse(text, out number, out _);

    private static FrameOp OpOf(ReadOnlySpan<byte> op) =>
        op.SequenceEqual("entry"u8) ? FrameOp.Entry
        : op.SequenceEqual("ok"u8) ? FrameOp.Ok
        : op.SequenceEqual("ping"u8) ? FrameOp.Ping
        : op.SequenceEqual("error"u8) ? FrameOp.Error
        : op.SequenceEqual("ready"u8) ? FrameOp.Ready
        : op.SequenceEqual("resync"u8) ? FrameOp.Resync
        : op.SequenceEqual("reset"u8) ? FrameOp.Reset
        : op.SequenceEqual("reconnect"u8) ? FrameOp.Reconnect
        : FrameOp.Other;
}

/// <summary>The frames that a driver sends. Client ids and texts are its own and need no escaping.</summary>
internal static class Frames
{
    public static int Hello(Span<byte> to, string token, string? since) =>
        since is null ? Text(to, $$"""{"op":"hello","token":"{{token}}"}""") : Text(to, $$"""{"op":"hello","token":"{{token}}","since":"{{since}}"}""");

    public static int Send(Span<byte> to, long id, long room, ReadOnlySpan<char> clientId, long stamp, string words)
    {
        System.Text.Unicode.Utf8.TryWrite(
            to, $$"""{"op":"send","id":{{id}},"room_id":"{{room}}","client_id":"{{clientId}}","text":"{{stamp}} {{words}}"}""", out var written);
        return written;
    }

    private static int Text(Span<byte> to, string frame) => Encoding.UTF8.GetBytes(frame, to);
}
