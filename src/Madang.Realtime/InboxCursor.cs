using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Madang.Realtime;

/// <summary>A place in one inbox. On the wire 20 opaque characters: a version byte, 6 bytes of epoch, 8 bytes of position, base64url.</summary>
/// <param name="Epoch">Which database the position counts in, 48 random bits.</param>
/// <param name="Pos">The last position that was seen; 0 before the first.</param>
internal readonly record struct InboxCursor(long Epoch, long Pos)
{
    public const int Length = 20;
    private const byte Version = 1;
    private const int Bytes = 15;

    public static bool TryRead(ReadOnlySpan<char> text, out InboxCursor cursor)
    {
        Span<byte> bytes = stackalloc byte[Bytes + 1];
        cursor = default;
        // IsValid first: the decoder skips white space and takes padding, and a cursor has one spelling only.
        if (text.Length != Length || text.ContainsAny(" \t\r\n=") || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, bytes, out var length) || length != Bytes || bytes[0] != Version)
        {
            return false;
        }

        var epoch = (long)BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[3..]);
        var pos = BinaryPrimitives.ReadInt64BigEndian(bytes[7..]);
        cursor = new InboxCursor(epoch, pos);
        return pos >= 0;
    }

    /// <summary>Writes the wire form, <see cref="Length"/> bytes of ASCII.</summary>
    public void Write(Span<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[1..], (ushort)(Epoch >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[3..], (uint)Epoch);
        BinaryPrimitives.WriteInt64BigEndian(bytes[7..], Pos);
        Base64Url.EncodeToUtf8(bytes, utf8);
    }

    public override string ToString()
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Write(utf8);
        return Encoding.ASCII.GetString(utf8);
    }
}
