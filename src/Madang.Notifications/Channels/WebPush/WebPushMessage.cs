using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>
/// The plaintext for the browser, as Declarative Web Push writes it, so that Safari shows it by itself and a service worker elsewhere has the same to read:
/// <c>{"web_push":8030,"notification":{"title","body","lang","tag","navigate"?,"app_badge"?,"data":{"notification_id","delivery_id","category","token"?,"badge_version"?,"app"?}}}</c>.
/// </summary>
internal static class WebPushMessage
{
    /// <summary>Mozilla's longest, 30 days.</summary>
    private const long MaxSeconds = 2_592_000;

    /// <summary>Null when it cannot be made to fit.</summary>
    public static byte[]? Payload(Envelope envelope, PushContent content) => PushPayload.Fit(content, WebPushCipher.MaxPlaintext, (json, words) =>
    {
        json.WriteStartObject();
        json.WriteNumber("web_push", 8030);
        json.WriteStartObject("notification");
        json.WriteString("title", words.Title);
        json.WriteString("body", words.Body);
        json.WriteString("lang", envelope.Locale);
        json.WriteString("tag", envelope.CollapseKey);
        if (words.Url is not null)
        {
            json.WriteString("navigate", words.Url);
        }

        if (content.Badge is { } badge)
        {
            json.WriteString("app_badge", badge.Count.ToString(CultureInfo.InvariantCulture));
        }

        json.WriteStartObject("data");
        json.WriteString("notification_id", envelope.Notification.ToString());
        json.WriteString("delivery_id", envelope.Delivery.ToString());
        json.WriteString("category", envelope.Category);
        if (content.Token is not null)
        {
            json.WriteString("token", content.Token);
        }

        if (content.Badge is { } counted)
        {
            json.WriteNumber("badge_version", counted.Version);
        }

        if (words.Data is not null)
        {
            json.WritePropertyName("app");
            json.WriteRawValue(words.Data);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public static IReadOnlyList<KeyValuePair<string, string>> Headers(Envelope envelope, string authorization, DateTimeOffset now) =>
    [
        new("Authorization", authorization),
        new("TTL", Math.Clamp((long)(envelope.ExpiresAt - now).TotalSeconds, 0, MaxSeconds).ToString(CultureInfo.InvariantCulture)),
        new("Urgency", envelope.Priority switch { DeliveryPriority.High => "high", DeliveryPriority.Low => "low", _ => "normal" }),
        new("Topic", Topic(envelope.CollapseKey)),
    ];

    /// <summary>At most 32 characters of base64url (RFC 8030 §5.4): the key itself when it is, its hash otherwise.</summary>
    public static string Topic(string collapseKey) => collapseKey.Length is > 0 and <= 32 && collapseKey.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        ? collapseKey : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(collapseKey)).AsSpan(0, 24));
}
