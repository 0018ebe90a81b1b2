using System.Buffers;
using System.Globalization;
using System.Text;

namespace Madang.Realtime.Reading;

/// <summary>
/// The bytes of an entry, the same over all four ways: <c>{"cursor":"…"</c> and its <em>tail</em> <c>,"type":"…","at":"…","data":{…}}</c>. The tail is
/// made once for all who get the entry live; only the cursor differs.
/// </summary>
internal static class EntryJson
{
    private static readonly byte[][] TypeParts = [.. Enumerable.Range(0, 256).Select(number => Part((EntryType)number))];

    /// <summary>Writes the tail; <paramref name="data"/> is a UTF-8 JSON object.</summary>
    public static void WriteTail(IBufferWriter<byte> output, EntryType type, DateTimeOffset at, ReadOnlySpan<byte> data)
    {
        output.Write(TypeParts[(byte)type]);
        var time = output.GetSpan(32);
        at.UtcDateTime.TryFormat(time, out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\",\"data\":"u8);
        output.Write(data);
        output.Write("}"u8);
    }

    /// <summary>Writes the whole entry; <paramref name="start"/> is how the object begins: <c>{</c>, or <c>{"op":"entry",</c> on the socket.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> start, InboxCursor cursor, ReadOnlySpan<byte> tail)
    {
        output.Write(start);
        output.Write("\"cursor\":"u8);
        WriteCursor(output, cursor);
        output.Write(tail);
    }

    /// <summary>Writes the cursor as a JSON string.</summary>
    public static void WriteCursor(IBufferWriter<byte> output, InboxCursor cursor)
    {
        var span = output.GetSpan(InboxCursor.Length + 2);
        span[0] = (byte)'"';
        cursor.Write(span[1..]);
        span[InboxCursor.Length + 1] = (byte)'"';
        output.Advance(InboxCursor.Length + 2);
    }

    private static byte[] Part(EntryType type) => Enum.IsDefined(type) ? Encoding.ASCII.GetBytes($",\"type\":\"{type.Name()}\",\"at\":\"") : [];
}
