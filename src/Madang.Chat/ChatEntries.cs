using System.Text.Json;
using Madang.Api;
using Madang.Chat.Endpoints;
using Madang.Realtime;

namespace Madang.Chat;

/// <summary>Turns inbox entries about rooms into what one viewer may see now, in at most three queries a batch.</summary>
internal sealed class ChatEntries(IMemberStore members, IMessageStore messages) : IEntrySource
{
    public IReadOnlyCollection<EntryType> Types { get; } =
    [
        EntryType.MessageCreated, EntryType.RoomRead, EntryType.RoomUpdated, EntryType.MemberAdded, EntryType.MemberRemoved, EntryType.MemberUpdated,
    ];

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> HydrateAsync(UserId viewer, IReadOnlyList<EntryRef> references, CancellationToken cancellationToken)
    {
        var rooms = references.Where(one => one.Type != EntryType.MessageCreated).Select(Room).ToHashSet();
        var places = references.Where(one => one.Type == EntryType.MessageCreated).Select(one => (Room(one), one.Detail)).ToHashSet();
        var people = references.Where(one => one.Type is EntryType.MemberAdded or EntryType.MemberUpdated).Select(Membership).ToHashSet();

        var glances = rooms.Count == 0 ? Empty<RoomId, RoomGlance>() : await members.GlanceAsync(viewer, rooms, cancellationToken);
        var found = places.Count == 0 ? Empty<(RoomId, long), Message>() : await messages.FindAsync(viewer, places, cancellationToken);
        var memberships = people.Count == 0 ? Empty<(RoomId, UserId), Member>() : await members.FindAsync(people, cancellationToken);
        return [.. references.Select(one => Shape(viewer, one, glances, found, memberships) is { } shape ? Write(shape) : default)];
    }

    public void WriteLive(Utf8JsonWriter writer, object live)
    {
        object shape = live switch
        {
            Message message => MessageJson.Of(message),
            ReadMark mark => ReadJson.Of(mark),
            _ => throw new ArgumentOutOfRangeException(nameof(live), live.GetType(), "Chat never made this."),
        };
        JsonSerializer.Serialize(writer, shape, shape.GetType(), ApiJson.Options);
    }

    /// <summary>The wire shape of one entry; null when the viewer may not see it any more.</summary>
    private static object? Shape(
        UserId viewer, EntryRef reference, IReadOnlyDictionary<RoomId, RoomGlance> glances,
        IReadOnlyDictionary<(RoomId, long), Message> messages, IReadOnlyDictionary<(RoomId, UserId), Member> memberships)
    {
        var room = Room(reference);
        if (reference.Type == EntryType.MessageCreated)
        {
            return messages.TryGetValue((room, reference.Detail), out var message) ? MessageJson.Of(message) : null;
        }

        var isMember = glances.TryGetValue(room, out var glance);
        if (reference.Type == EntryType.MemberRemoved)
        {
            // The one thing that somebody who is out still hears of the room.
            return isMember || reference.Detail == viewer.Value ? new MemberRemovedJson(room, new UserId(reference.Detail)) : null;
        }

        return isMember
            ? reference.Type switch
            {
                EntryType.RoomRead => new ReadJson(room, glance.ReadSeq, glance.HeadSeq - glance.ReadSeq),
                EntryType.RoomUpdated => new RoomChangedJson(room, glance.Title),
                _ => memberships.TryGetValue(Membership(reference), out var member) ? MemberJson.Of(room, member) : null,
            }
            : null;
    }

    private static RoomId Room(EntryRef reference) => new(reference.Subject);

    private static (RoomId, UserId) Membership(EntryRef reference) => (Room(reference), new UserId(reference.Detail));

    private static ReadOnlyMemory<byte> Write(object shape) => JsonSerializer.SerializeToUtf8Bytes(shape, shape.GetType(), ApiJson.Options);

    private static Dictionary<TKey, TValue> Empty<TKey, TValue>() where TKey : notnull => [];
}
