namespace Madang.Realtime;

/// <summary>What an inbox entry tells of. The numbers are stored; never reuse one.</summary>
public enum EntryType : byte
{
    MessageCreated = 1,
    RoomRead = 10,
    RoomUpdated = 11,
    MemberAdded = 20,
    MemberRemoved = 21,
    MemberUpdated = 22,
    RelationUpdated = 30,
    NotificationCreated = 40,
    NotificationUpdated = 41,
    NotificationRead = 42,
}

/// <summary>The wire names, shared by entries and webhooks.</summary>
public static class EntryTypes
{
    public static string Name(this EntryType type) => type switch
    {
        EntryType.MessageCreated => "message.created",
        EntryType.RoomRead => "room.read",
        EntryType.RoomUpdated => "room.updated",
        EntryType.MemberAdded => "member.added",
        EntryType.MemberRemoved => "member.removed",
        EntryType.MemberUpdated => "member.updated",
        EntryType.RelationUpdated => "relation.updated",
        EntryType.NotificationCreated => "notification.created",
        EntryType.NotificationUpdated => "notification.updated",
        EntryType.NotificationRead => "notification.read",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
