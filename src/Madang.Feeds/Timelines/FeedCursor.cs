using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Feeds.Timelines;

/// <summary>
/// A place in a feed and a way to go on from it: a keyset on immutable ids, so that no insert, edit or deletion shifts a page. It holds no permission: whatever
/// it says, a page shows what its viewer may see now.
/// </summary>
/// <param name="Feed">Of which feed: <see cref="FeedKey"/>.</param>
/// <param name="From">The id to go on from, left out itself.</param>
/// <param name="Bound">Where to stop, left out itself: what the client holds already. 0 downwards and <see cref="long.MaxValue"/> upwards for none.</param>
/// <param name="Up">Towards newer posts.</param>
/// <param name="OldestFirst">In the order that they were written.</param>
internal readonly record struct FeedCursor(uint Feed, long From, long Bound, bool Up, bool OldestFirst)
{
    private const byte Version = 1;
    private const int Bytes = 22;

    /// <summary>The length on the wire.</summary>
    public const int Length = 30;

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        bytes[1] = (byte)((Up ? 1 : 0) | (OldestFirst ? 2 : 0));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], Feed);
        BinaryPrimitives.WriteInt64BigEndian(bytes[6..], From);
        BinaryPrimitives.WriteInt64BigEndian(bytes[14..], Bound);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryRead(ReadOnlySpan<char> text, out FeedCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        cursor = default;
        if (text.Length != Length || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var length)
            || length != Bytes || bytes[0] != Version || bytes[1] > 3)
        {
            return false;
        }

        cursor = new FeedCursor(
            BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]), BinaryPrimitives.ReadInt64BigEndian(bytes[6..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[14..]), (bytes[1] & 1) != 0, (bytes[1] & 2) != 0);
        return cursor.From >= 0 && cursor.Bound >= 0;
    }
}

/// <summary>Tells feeds apart in cursors, so that one of a list is not taken for one of a tag.</summary>
internal static class FeedKey
{
    public const uint Home = 0;

    public static uint OfList(long list) => Of($"list/{list}");

    public static uint OfTag(string tag) => Of($"tag/{tag}");

    private static uint Of(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash) | 1;
    }
}
