using System.Buffers.Binary;
using System.Buffers.Text;

namespace Madang.Feeds.Ranking;

/// <summary>A place in a snapshot. Its length tells it from a <see cref="Timelines.FeedCursor"/>.</summary>
/// <param name="Offset">How many of its posts were looked at.</param>
internal readonly record struct RankedCursor(long Snapshot, int Offset)
{
    private const byte Version = 1;
    private const int Bytes = 13;
    private const int Length = 18;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Snapshot);
        BinaryPrimitives.WriteInt32BigEndian(bytes[9..], Offset);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryRead(ReadOnlySpan<char> text, out RankedCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        cursor = default;
        if (text.Length != Length || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Bytes || bytes[0] != Version)
        {
            return false;
        }

        cursor = new RankedCursor(BinaryPrimitives.ReadInt64BigEndian(bytes[1..]), BinaryPrimitives.ReadInt32BigEndian(bytes[9..]));
        return cursor.Offset >= 0;
    }
}
