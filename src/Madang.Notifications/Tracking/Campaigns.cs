using System.Text.Json;

namespace Madang.Notifications.Tracking;

/// <summary>Under which name what comes of a notification is counted: the text <c>campaign</c> of its data, else its template, else its category.</summary>
internal static class Campaigns
{
    public const int MaxLength = 100;

    public static string Of(Notification notification)
    {
        using var data = JsonDocument.Parse(notification.Data);
        return data.RootElement.TryGetProperty("campaign", out var given) && given.ValueKind == JsonValueKind.String && given.GetString() is { Length: > 0 and <= MaxLength } name
            ? name
            : notification.Template?.Name ?? notification.Category;
    }
}
