using System.Text.Json;
using Madang.Api;

namespace Madang.Notifications.Templates;

/// <summary>The body of a template as it is stored: the wire's own JSON, its languages in order.</summary>
internal static class TemplateJson
{
    public static string Write(TemplateBody body) => JsonSerializer.Serialize(
        body with { Parts = body.Parts.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal) }, ApiJson.Options);

    public static TemplateBody Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<TemplateBody>(json, ApiJson.Options)!;

    public static TemplateBody Read(string json) => JsonSerializer.Deserialize<TemplateBody>(json, ApiJson.Options)!;
}
