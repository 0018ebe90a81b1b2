using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Madang.Client.Resources;

namespace Madang.Client;

/// <summary>Something that happened, in the order of the inbox. Store <paramref name="Cursor"/> with what you made of it, and give it to the next start.</summary>
/// <param name="Type">message.created, room.read, room.updated, member.added|updated|removed, relation.updated, notification.created|updated|read, or one of a later server.</param>
/// <param name="Data">As it came; the members below read it.</param>
public sealed record Entry(string Cursor, string Type, DateTimeOffset At, JsonElement Data)
{
    /// <summary>Of message.created.</summary>
    public Message? Message => Read("message.created", ClientJson.Default.Message);

    /// <summary>Of room.read: this person read on, maybe on another device.</summary>
    public ReadMark? ReadMark => Read("room.read", ClientJson.Default.ReadMark);

    /// <summary>Of room.updated.</summary>
    public RoomTitle? Room => Read("room.updated", ClientJson.Default.RoomTitle);

    /// <summary>Of member.added, member.updated and member.removed (without role and time).</summary>
    public RoomMember? Member => Type.StartsWith("member.", StringComparison.Ordinal) ? Read(Type, ClientJson.Default.RoomMember) : null;

    /// <summary>Of relation.updated.</summary>
    public RelationState? Relation => Read("relation.updated", ClientJson.Default.RelationState);

    /// <summary>Of notification.created, notification.updated and notification.read.</summary>
    public InboxChange? Inbox => Type.StartsWith("notification.", StringComparison.Ordinal) ? Read(Type, ClientJson.Default.InboxChange) : null;

    // What a later server says otherwise is not ours to understand; it stays readable in Data.
    private T? Read<T>(string type, JsonTypeInfo<T> shape) where T : class
    {
        try
        {
            return Type == type ? Data.Deserialize(shape) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What is never stored and may be lost: typing, receipts.</summary>
public sealed record Signal(string Type, JsonElement Data)
{
    public Typing? Typing => Type == "typing" ? Data.Deserialize(ClientJson.Default.Typing) : null;

    public Receipt? Receipt => Type == "receipt" ? Data.Deserialize(ClientJson.Default.Receipt) : null;
}

public sealed record Typing(string RoomId, string UserId, long ExpiresInMs);

/// <summary>Another member has read up to here.</summary>
public sealed record Receipt(string RoomId, string UserId, long ReadSeq);

public sealed record RoomTitle(string RoomId, string? Title = null);

public sealed record RoomMember(string RoomId, string UserId, string? Role = null, DateTimeOffset? JoinedAt = null);

/// <summary>What changed in the in-app inbox.</summary>
/// <param name="Id">The item that is new, changed, gone, or read by itself.</param>
/// <param name="Item">As it is now; absent when it is gone, and of notification.read.</param>
/// <param name="UpTo">Everything up to this item is read.</param>
public sealed record InboxChange(Badge Badge, string? Id = null, InboxItem? Item = null, bool Deleted = false, string? UpTo = null);

/// <param name="Friend">accepted, incoming or outgoing; absent when there is no friendship.</param>
public sealed record RelationState(string UserId, string? Friend = null, bool Follows = false, bool Muted = false, bool Blocked = false);
