using System.Text.Json;
using Madang.Accounts;
using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Channels;
using Madang.Notifications.Planning;
using Madang.Notifications.Rendering;
using Madang.Notifications.Templates;
using Madang.Storage;

namespace Madang.Notifications.Inboxes;

/// <summary>Turns items into what their reader sees, in the reader's language, at the moment of reading.</summary>
internal sealed class ItemWords(Users users, AddressBook addresses, TemplateBook templates, Renderer renderer)
{
    /// <summary>One for each, in order; null for what cannot be told any more.</summary>
    public async Task<IReadOnlyList<ItemJson?>> TellAsync(UserId reader, IReadOnlyList<InboxItem> items, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return [];
        }

        await templates.LoadAsync(items.Select(item => item.Notification.Template).OfType<TemplateRef>(), cancellationToken);
        var user = await users.FindAsync(reader, cancellationToken);

        // Words that came with the notification tell no times.
        var zone = items.Any(item => item.Notification.Template is not null) ? await ZoneAsync(reader, cancellationToken) : null;
        return [.. items.Select(item => Tell(user, zone ?? user?.TimeZone, item))];
    }

    private async Task<string?> ZoneAsync(UserId reader, CancellationToken cancellationToken) => Person.ZoneOf(
        (await addresses.ListAsync(reader, cancellationToken)).Where(address => address.DeadAt is null).Select(address => (address.TimeZone, address.RegisteredAt)));

    private ItemJson? Tell(User? user, string? zone, InboxItem item)
    {
        var notification = item.Notification;
        var rendered = renderer.Render(
            RenderRequest.Of(notification, DeliveryChannel.Inbox, user?.Locale ?? "") with { DisplayName = user?.DisplayName ?? "", TimeZone = zone, User = user?.Id });
        return rendered is { IsOk: true, Value: PushContent words }
            ? new(
                item.Id, notification.Id, notification.Category, words.Title, words.Body, words.Url, Data(words.Data), notification.CollapseKey, item.IsRead,
                Snowflake.TimeOf(item.Id.Value))
            : null;
    }

    private static JsonElement Data(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
