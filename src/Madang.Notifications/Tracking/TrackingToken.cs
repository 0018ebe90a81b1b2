using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Madang.Api;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Tracking;

/// <summary>What a token allows; it is part of what is signed, so that one never serves for another. The numbers are in links that people have.</summary>
internal enum TokenUse
{
    Open = 1,

    /// <summary>Leads to <see cref="TrackingToken.Text"/>.</summary>
    Click = 2,

    /// <summary>Ends the category <see cref="TrackingToken.Text"/> for mail.</summary>
    Unsubscribe = 3,

    /// <summary>A device tells what became of its delivery.</summary>
    Report = 4,
}

/// <summary>
/// What a link of ours says, signed: 26 bytes (version, use, delivery, notification, person), a text, and the first 16 bytes of HMAC-SHA256 over all of it, in
/// base64url. A click leads only where a message of ours led: its address is inside.
/// </summary>
internal sealed record TrackingToken(TokenUse Use, DeliveryId Delivery, NotificationId Notification, UserId User, string Text)
{
    public const int MaxText = 2_048;
    private const byte Version = 1;
    private const int HeadBytes = 26;
    private const int MacBytes = 16;

    // The longest text in UTF-8 with its head and signature, in base64url.
    private const int MaxLength = ((HeadBytes + (MaxText * 3) + MacBytes) * 4 / 3) + 4;

    public string Write(ReadOnlySpan<byte> key)
    {
        var text = Encoding.UTF8.GetBytes(Text);
        var bytes = new byte[HeadBytes + text.Length + MacBytes];
        bytes[0] = Version;
        bytes[1] = (byte)Use;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(2), Delivery.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(10), Notification.Value);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(18), User.Value);
        text.CopyTo(bytes.AsSpan(HeadBytes));
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes.AsSpan(0, bytes.Length - MacBytes), mac);
        mac[..MacBytes].CopyTo(bytes.AsSpan(bytes.Length - MacBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Null for everything that was not written with this key for this use, in exactly this form.</summary>
    public static TrackingToken? Read(string? text, TokenUse use, ReadOnlySpan<byte> key)
    {
        if (text is null || text.Length > MaxLength || !Base64Url.IsValid(text, out var length) || length < HeadBytes + MacBytes)
        {
            return null;
        }

        // Padding, white space and spare bits would let one link be written in several ways.
        var bytes = Base64Url.DecodeFromChars(text);
        if (Base64Url.EncodeToString(bytes) != text)
        {
            return null;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes.AsSpan(0, bytes.Length - MacBytes), mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..MacBytes], bytes.AsSpan(bytes.Length - MacBytes)) || bytes[0] != Version || bytes[1] != (byte)use)
        {
            return null;
        }

        return new(
            use, new(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(2))), new(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(10))),
            new(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(18))), Encoding.UTF8.GetString(bytes.AsSpan(HeadBytes, bytes.Length - HeadBytes - MacBytes)));
    }
}
