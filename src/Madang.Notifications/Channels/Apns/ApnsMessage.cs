using System.Globalization;
using System.Net;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels.Apns;

/// <summary>
/// A push as Apple takes it: <c>{"aps":{"alert":{"title","body"},"badge"?,"sound","thread-id","mutable-content"?},"url"?,"data"?,"badge_version"?,"notification_id","delivery_id","token"?}</c>,
/// at most 4,096 bytes. Without a word to show it is a background push.
/// </summary>
internal static class ApnsMessage
{
    private const int MaxBytes = 4_096;

    /// <summary>Null when it cannot be made to fit.</summary>
    public static byte[]? Payload(Envelope envelope, PushContent content, ApnsSettings settings) => PushPayload.Fit(content, MaxBytes, (json, words) =>
    {
        json.WriteStartObject();
        json.WriteStartObject("aps");
        if (IsBackground(content))
        {
            json.WriteNumber("content-available", 1);
        }
        else
        {
            json.WriteStartObject("alert");
            json.WriteString("title", words.Title);
            json.WriteString("body", words.Body);
            json.WriteEndObject();
            json.WriteString("sound", settings.Sound);
            json.WriteString("thread-id", envelope.Category);
            if (settings.MutableContent)
            {
                json.WriteNumber("mutable-content", 1);
            }
        }

        if (content.Badge is { } badge)
        {
            json.WriteNumber("badge", badge.Count);
        }

        json.WriteEndObject();
        if (words.Url is not null)
        {
            json.WriteString("url", words.Url);
        }

        if (words.Data is not null)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(words.Data);
        }

        if (content.Badge is { } counted)
        {
            json.WriteNumber("badge_version", counted.Version);
        }

        json.WriteString("notification_id", envelope.Notification.ToString());
        json.WriteString("delivery_id", envelope.Delivery.ToString());
        if (content.Token is not null)
        {
            json.WriteString("token", content.Token);
        }

        json.WriteEndObject();
    });

    public static HttpRequestMessage Request(Envelope envelope, PushContent content, ApnsSettings settings, SentContent body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(settings.Endpoint, "/3/device/" + Uri.EscapeDataString(envelope.Address)))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        var headers = request.Headers;
        var isBackground = IsBackground(content);
        headers.TryAddWithoutValidation("apns-topic", settings.Topic);
        headers.TryAddWithoutValidation("apns-push-type", isBackground ? "background" : "alert");
        headers.TryAddWithoutValidation("apns-id", Id(envelope.Delivery));
        headers.TryAddWithoutValidation("apns-expiration", Math.Max(0, envelope.ExpiresAt.ToUnixTimeSeconds()).ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("apns-priority", isBackground || envelope.Priority == DeliveryPriority.Low ? "5" : "10");
        headers.TryAddWithoutValidation("apns-collapse-id", envelope.CollapseKey);
        return request;
    }

    /// <summary>The delivery's id as a UUID (version 8, RFC 9562 §5.8), the same at every attempt.</summary>
    public static string Id(DeliveryId delivery)
    {
        var id = (ulong)delivery.Value;
        var low = (id & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000;
        return string.Create(CultureInfo.InvariantCulture, $"6d616461-6e67-8{id >> 62:x3}-{low >> 48:x4}-{low & 0xFFFF_FFFF_FFFF:x12}");
    }

    private static bool IsBackground(PushContent content) => content.Title.Length == 0 && content.Body.Length == 0;
}
