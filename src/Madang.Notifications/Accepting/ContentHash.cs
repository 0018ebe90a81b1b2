using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Notifications.Accepting;

/// <summary>Tells a retry from another notification under the same event id.</summary>
internal static class ContentHash
{
    /// <summary>
    /// The first 64 bits of SHA-256 over everything the sender said, each part with its length before it. 64 bits are enough, as only one sender's mistakes are
    /// told apart. A template counts by its name: that it was changed meanwhile makes no other notification of a retry.
    /// </summary>
    public static long Of(NewNotification given)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Add(bytes, given.Category);
        Add(bytes, given.Template);
        Add(bytes, given.Content?.Title);
        Add(bytes, given.Content?.Body);
        Add(bytes, given.Content?.Url);
        Add(bytes, given.Content?.Email?.Subject);
        Add(bytes, given.Content?.Email?.Html);
        Add(bytes, given.Content?.Email?.Text);
        Add(bytes, given.Content?.Sms);
        Add(bytes, given.Data);
        Add(bytes, given.CollapseKey);
        Add(bytes, given.To.Audience);
        Add(bytes, given.To.Address?.Value);
        Add(bytes, given.To.All ? 1 : 0);
        Add(bytes, (long?)given.To.Address?.Channel ?? 0);
        Add(bytes, given.SendAt?.ToUnixTimeMilliseconds() ?? 0);
        Add(bytes, given.TimeToLive?.Ticks ?? 0);
        Add(bytes, given.Channels?.Sum(channel => 1L << (int)channel) ?? 0);
        foreach (var person in given.To.UserIds ?? [])
        {
            Add(bytes, person.Value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    private static void Add(ArrayBufferWriter<byte> bytes, string? text)
    {
        Add(bytes, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null)
        {
            _ = Encoding.UTF8.GetBytes(text, bytes);
        }
    }

    private static void Add(ArrayBufferWriter<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(sizeof(long)), number);
        bytes.Advance(sizeof(long));
    }
}
