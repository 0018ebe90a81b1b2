using System.Text.Json;
using Madang.Api;
using Madang.Realtime;

namespace Madang.Notifications.Inboxes;

/// <summary>Turns inbox entries about notifications into what their reader may see now: two queries a batch.</summary>
internal sealed class ItemEntries(IInboxNotificationStore items, ItemWords words) : IEntrySource
{
    public IReadOnlyCollection<EntryType> Types { get; } = [EntryType.NotificationCreated, EntryType.NotificationUpdated, EntryType.NotificationRead];

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> HydrateAsync(UserId viewer, IReadOnlyList<EntryRef> references, CancellationToken cancellationToken)
    {
        var wanted = references.Where(one => one.Type != EntryType.NotificationRead).Select(one => new ItemId(one.Subject)).ToHashSet();
        var found = wanted.Count == 0 ? new Dictionary<ItemId, InboxItem>() : await items.FindAsync(viewer, wanted, cancellationToken);
        var told = (await words.TellAsync(viewer, [.. found.Values], cancellationToken)).OfType<ItemJson>().ToDictionary(item => item.Id);
        var badge = BadgeJson.Of(await items.BadgeAsync(viewer, cancellationToken));
        return [.. references.Select(one => Shape(one, told, badge) is { } shape ? Write(shape) : default)];
    }

    public void WriteLive(Utf8JsonWriter writer, object live) => throw new NotSupportedException("Notifications are always read from the store, in the reader's language.");

    private static object? Shape(EntryRef reference, Dictionary<ItemId, ItemJson> told, BadgeJson badge)
    {
        var id = new ItemId(reference.Subject);
        if (reference.Type == EntryType.NotificationRead)
        {
            return reference.Detail == 1 ? new ReadEntryJson(id, null, badge) : new ReadEntryJson(null, id, badge);
        }

        if (told.TryGetValue(id, out var item))
        {
            return new ItemEntryJson(id, null, item, badge);
        }

        // One that was created and is gone has a later entry of its own, or was replaced by a newer one.
        return reference.Type == EntryType.NotificationUpdated ? new ItemEntryJson(id, true, null, badge) : null;
    }

    private static ReadOnlyMemory<byte> Write(object shape) => JsonSerializer.SerializeToUtf8Bytes(shape, shape.GetType(), ApiJson.Options);
}
