using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Madang.Api;

namespace Madang.Chat;

/// <summary>Unique everywhere and sorted by time. Within a room a message is addressed by its seq.</summary>
[JsonConverter(typeof(IdJson<MessageId>))]
public readonly record struct MessageId(long Value) : IId<MessageId>
{
    public static MessageId From(long value) => new(value);

    public static MessageId Parse(string s, IFormatProvider? provider) => Id.Parse<MessageId>(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out MessageId result) => Id.TryParse(s, out result);

    public override string ToString() => Id.Text(Value);
}

/// <param name="Seq">Dense in its room, from 1.</param>
/// <param name="ClientId">The sender's own name for it, unique among all that this sender writes.</param>
/// <param name="ReplyTo">The seq of the message that this one answers.</param>
public sealed record Message(
    MessageId Id, RoomId Room, long Seq, UserId Sender, string ClientId, string Text, long? ReplyTo, DateTimeOffset CreatedAt)
{
    /// <summary>The viewer has blocked the sender: only the place in the order is shown.</summary>
    public bool Hidden { get; private init; }

    /// <summary>What is left of it for whoever blocked its sender. Nothing of the content stays in the record.</summary>
    public Message AsStub() => new(default, Room, Seq, default, "", "", null, CreatedAt) { Hidden = true };
}

/// <summary>What a person wants to send, as it came in; <see cref="Messages.PostAsync"/> checks it.</summary>
/// <param name="HasAttachments">Whether there was at least one; none can be taken yet.</param>
public sealed record MessageDraft(string? ClientId, string? Text, long? ReplyTo = null, bool HasAttachments = false);

/// <summary>A checked message on its way to the store.</summary>
internal sealed record NewMessage(UserId Sender, RoomId Room, string ClientId, string Text, long? ReplyTo)
{
    /// <summary>Of the content: a retry with the same client id must have the same. 64 bits are enough, as only one sender's mistakes are told apart.</summary>
    public long Digest { get; } = ContentDigest.Of(Text, ReplyTo ?? 0);
}

/// <summary>A message that is durable.</summary>
/// <param name="Repeated">It was there before: the client id had been used for the same content.</param>
public sealed record Posted(Message Message, bool Repeated);

internal static class ContentDigest
{
    /// <summary>The first 64 bits of SHA-256 over the UTF-8 of <paramref name="text"/> and the number.</summary>
    public static long Of(string text, long number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetByteCount(text) + sizeof(long);
        var bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        Encoding.UTF8.GetBytes(text, bytes[sizeof(long)..]);
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
