using System.Text.Json;
using Madang.Api;

namespace Madang.Webhooks.Sending;

/// <summary>What goes over the wire: <c>{"type":…,"timestamp":…,"data":{…}}</c> (Standard Webhooks, "Payload structure").</summary>
internal static class WebhookBody
{
    public static byte[] Of(WebhookEvent happened)
    {
        using var buffer = new MemoryStream(happened.Data.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ApiJson.Options.Encoder }))
        {
            writer.WriteStartObject();
            writer.WriteString("type", happened.Type);
            writer.WriteString("timestamp", happened.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
            writer.WritePropertyName("data");
            writer.WriteRawValue(happened.Data);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
