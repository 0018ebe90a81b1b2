using System.Text.Json;
using Madang.Api;

namespace Madang.Notifications.Inboxes;

/// <summary>Turns an item into what its reader sees.</summary>
internal sealed class ItemWords
{
    /// <summary>Null when it cannot be told any more.</summary>
    public ItemJson? Tell(InboxItem item)
    {
        var notification = item.Notification;
        var content = notification.Content is null ? null : JsonSerializer.Deserialize<NotificationContent>(notification.Content, ApiJson.Options);
        return content is null
            ? null
            : new(
                item.Id, notification.Id, notification.Category, content.Title, content.Body, content.Url, Data(notification.Data), notification.CollapseKey, item.IsRead,
                Madang.Storage.Snowflake.TimeOf(item.Id.Value));
    }

    private static JsonElement Data(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
