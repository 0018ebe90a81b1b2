using System.Globalization;
using System.Text.Json;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels.Fcm;

/// <summary>
/// A push as FCM's HTTP v1 takes it: words, data (strings only) and what each platform needs, so that one token of any platform shows it once. The collapse key
/// becomes the tag of what is shown: <c>collapse_key</c> itself knows four keys a device.
/// </summary>
internal static class FcmMessage
{
    /// <summary>The whole message without the token's address; Google counts words and data.</summary>
    private const int MaxBytes = 4_096;
    private const long MaxSeconds = 2_419_200;

    /// <summary>Null when it cannot be made to fit.</summary>
    public static byte[]? Payload(Envelope envelope, PushContent content, DateTimeOffset now)
    {
        var frame = 64 + envelope.Address.Length;
        return PushPayload.Fit(content, MaxBytes + frame, (json, words) =>
        {
            json.WriteStartObject();
            json.WriteStartObject("message");
            json.WriteString("token", envelope.Address);
            if (words.Title.Length + words.Body.Length > 0)
            {
                json.WriteStartObject("notification");
                json.WriteString("title", words.Title);
                json.WriteString("body", words.Body);
                json.WriteEndObject();
            }

            WriteAppData(json, envelope, content, words);
            WriteAndroid(json, envelope, content, now);
            WriteApple(json, envelope, content);
            WriteWeb(json, envelope, words, now);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary>Keys that Google keeps for itself get a <c>data_</c> before them.</summary>
    public static string DataKey(string key) =>
        key is "from" or "message_type" or "notification_id" or "delivery_id" or "url" or "token" || key.StartsWith("gcm", StringComparison.OrdinalIgnoreCase) || key.StartsWith("google", StringComparison.OrdinalIgnoreCase)
            ? "data_" + key : key;

    private static void WriteAppData(Utf8JsonWriter json, Envelope envelope, PushContent content, PushWords words)
    {
        json.WriteStartObject("data");
        json.WriteString("notification_id", envelope.Notification.ToString());
        json.WriteString("delivery_id", envelope.Delivery.ToString());
        if (content.Token is not null)
        {
            json.WriteString("token", content.Token);
        }

        if (words.Url is not null)
        {
            json.WriteString("url", words.Url);
        }

        if (content.Badge is { } badge)
        {
            json.WriteString("badge", badge.Count.ToString(CultureInfo.InvariantCulture));
            json.WriteString("badge_version", badge.Version.ToString(CultureInfo.InvariantCulture));
        }

        if (words.Data is not null)
        {
            using var document = JsonDocument.Parse(words.Data);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                json.WriteString(DataKey(property.Name), property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText());
            }
        }

        json.WriteEndObject();
    }

    private static void WriteAndroid(Utf8JsonWriter json, Envelope envelope, PushContent content, DateTimeOffset now)
    {
        json.WriteStartObject("android");
        json.WriteString("ttl", string.Create(CultureInfo.InvariantCulture, $"{Seconds(envelope, now)}s"));
        json.WriteString("priority", envelope.Priority == DeliveryPriority.Low ? "NORMAL" : "HIGH");
        json.WriteStartObject("notification");
        json.WriteString("tag", envelope.CollapseKey);
        if (content.Badge is { Count: >= 0 } badge)
        {
            json.WriteNumber("notification_count", badge.Count);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteApple(Utf8JsonWriter json, Envelope envelope, PushContent content)
    {
        json.WriteStartObject("apns");
        json.WriteStartObject("headers");
        json.WriteString("apns-collapse-id", envelope.CollapseKey);
        json.WriteString("apns-expiration", Math.Max(0, envelope.ExpiresAt.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture));
        json.WriteString("apns-priority", envelope.Priority == DeliveryPriority.Low ? "5" : "10");
        json.WriteEndObject();
        json.WriteStartObject("payload");
        json.WriteStartObject("aps");
        if (content.Badge is { } badge)
        {
            json.WriteNumber("badge", badge.Count);
        }

        json.WriteNumber("mutable-content", 1);
        json.WriteString("thread-id", envelope.Category);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteWeb(Utf8JsonWriter json, Envelope envelope, PushWords words, DateTimeOffset now)
    {
        json.WriteStartObject("webpush");
        json.WriteStartObject("headers");
        json.WriteString("TTL", Seconds(envelope, now).ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteStartObject("notification");
        json.WriteString("tag", envelope.CollapseKey);
        json.WriteEndObject();
        if (words.Url is { } url && url.StartsWith("https://", StringComparison.Ordinal))
        {
            json.WriteStartObject("fcm_options");
            json.WriteString("link", url);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static long Seconds(Envelope envelope, DateTimeOffset now) => Math.Clamp((long)(envelope.ExpiresAt - now).TotalSeconds, 0, MaxSeconds);
}
