using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Realtime;

namespace Madang.Chat;

/// <summary>Messages that nobody acknowledged, in words: one notice a room, of its newest message, replaced by the next one.</summary>
internal sealed class UnackedMessages(IMemberStore members, IMessageStore messages, Users users, Relations relations) : IUnackedEntries
{
    public const string Category = "message";
    private const int MostText = 500;

    public IReadOnlyCollection<EntryType> Types { get; } = [EntryType.MessageCreated];

    /// <summary>Under which a room's notices replace each other, and are cancelled when the room is read.</summary>
    public static string KeyOf(RoomId room) => $"room-{room}";

    public async Task<IReadOnlyList<UnackedNotice>> TellAsync(UserId viewer, IReadOnlyList<EntryRef> entries, CancellationToken cancellationToken)
    {
        var places = entries.Select(entry => (Room: new RoomId(entry.Subject), Seq: entry.Detail)).ToHashSet();
        var found = await messages.FindAsync(viewer, places, cancellationToken);
        var glances = await members.GlanceAsync(viewer, places.Select(place => place.Room).ToHashSet(), cancellationToken);
        var others = found.Values.Where(message => !message.Hidden && message.Sender != viewer).Select(message => message.Sender).ToHashSet();
        var views = others.Count == 0 ? new Dictionary<UserId, RelationView>() : await relations.OfAsync(viewer, [.. others], cancellationToken);
        var newest = found.Values
            .Where(message => others.Contains(message.Sender) && !views.GetValueOrDefault(message.Sender).Muted
                && glances.TryGetValue(message.Room, out var glance) && message.Seq > glance.ReadSeq)
            .GroupBy(message => message.Room).Select(room => room.MaxBy(message => message.Seq)!).OrderBy(message => message.Id.Value).ToList();
        var senders = newest.Count == 0 ? new Dictionary<UserId, User>() : await users.FindAsync([.. newest.Select(message => message.Sender).Distinct()], cancellationToken);
        return [.. newest.Select(message => Notice(viewer, message, glances[message.Room], senders.GetValueOrDefault(message.Sender)?.DisplayName ?? "…"))];
    }

    private static UnackedNotice Notice(UserId viewer, Message message, RoomGlance glance, string sender)
    {
        var text = message.Text.Length <= MostText ? message.Text : Cut(message.Text);
        var data = JsonSerializer.Serialize(new NoticeJson(message.Room, message.Seq, glance.HeadSeq - glance.ReadSeq), ApiJson.Options);
        var (title, body) = glance is { Kind: RoomKind.Group, Title: { Length: > 0 } named } ? (named, $"{sender}: {text}") : (sender, text);
        return new(viewer, Category, KeyOf(message.Room), title, body, $"/rooms/{message.Room}", data);
    }

    /// <summary>Never between the halves of a surrogate pair.</summary>
    private static string Cut(string text) => text[..(char.IsHighSurrogate(text[MostText - 2]) ? MostText - 2 : MostText - 1)] + "…";

    private sealed record NoticeJson(RoomId RoomId, long Seq, long Unread);
}
