using System.Text.Json;

namespace Madang.Notifications.Tracking;

/// <summary>Under which name what comes of a notification is counted: the text <c>campaign</c> of its data, else its template, else its category.</summary>
internal static class Campaigns
{
    public const int MaxLength = 100;

    public static string Of(Notification notification) => Named(notification.Data) ?? notification.Template?.Name ?? notification.Category;

    /// <summary>The name that was given; null without one. Stored beside the row, so that a campaign is found by it.</summary>
    /// <param name="data">A JSON object, as it is kept.</param>
    public static string? Named(string data)
    {
        if (!data.Contains("\"campaign\"", StringComparison.Ordinal))
        {
            return null;
        }

        using var parsed = JsonDocument.Parse(data);
        return parsed.RootElement.TryGetProperty("campaign", out var given) && given.ValueKind == JsonValueKind.String && given.GetString() is { Length: > 0 and <= MaxLength } name
            ? name
            : null;
    }
}
