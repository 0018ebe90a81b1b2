using System.Text.Json;
using Madang.Notifications.Templates;
using Madang.Notifications.Templates.Language;

namespace Madang.Notifications.Rendering;

/// <summary>Content that came with the notification, as parts: its words are said as they stand, braces and all.</summary>
internal static class GivenContent
{
    public static CompiledParts Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var content = document.RootElement;
        var mail = content.TryGetProperty("email", out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
        return new()
        {
            Title = Part(content, "title") ?? TemplatePart.Empty,
            Body = Part(content, "body") ?? TemplatePart.Empty,
            Url = Part(content, "url"),
            Subject = Part(mail, "subject"),
            Html = Part(mail, "html"),
            Text = Part(mail, "text"),
            Sms = Part(content, "sms"),
        };
    }

    private static TemplatePart? Part(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? TemplatePart.Of(value.GetString()!) : null;
}
