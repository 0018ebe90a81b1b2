using Madang.Api;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels;

/// <summary>One message to one address, rendered and ready to go.</summary>
internal sealed record Envelope
{
    public required DeliveryId Delivery { get; init; }

    public required NotificationId Notification { get; init; }

    /// <summary>1 for the first.</summary>
    public required int Attempt { get; init; }

    /// <summary>Of a look-up: when the attempt that is asked about began; null when nobody remembers.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public UserId? User { get; init; }

    public required string Category { get; init; }

    /// <summary>
    /// What the channel calls an address: APNs token (hex, any length), FCM token, the JSON of a push subscription
    /// <c>{"endpoint","keys":{"p256dh","auth"}}</c>, an e-mail address, an E.164 number, an https address.
    /// </summary>
    public required string Address { get; init; }

    /// <summary>The APNs topic and environment, the FCM project, the VAPID key id that the address was registered for; empty where there is none.</summary>
    public string AddressScope { get; init; } = "";

    /// <summary>When the address was last registered: a 410 of APNs counts only if it is not older.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    public required Content Content { get; init; }

    /// <summary>Replaces what was shown under this key; the delivery's id when the sender gave none. At most 64 bytes, of <c>A–Z a–z 0–9 _ -</c>.</summary>
    public required string CollapseKey { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DeliveryPriority Priority { get; init; }

    /// <summary>BCP 47, of the words in <see cref="Content"/>.</summary>
    public required string Locale { get; init; }
}

/// <summary>What is said, in the shape of its channel.</summary>
internal abstract record Content;

/// <param name="Url">Where a tap leads to, https.</param>
/// <param name="Data">JSON object for the app; values of any kind (FCM gets them as strings).</param>
/// <param name="Badge">Unread, with a version that grows, so that a late push cannot bring an old number back.</param>
internal sealed record PushContent(string Title, string Body, string? Url, string Data, Badge? Badge) : Content
{
    /// <summary>With which the device reports what became of it: <c>POST /v1/notifications/{id}/events</c>. Null when that is not wanted.</summary>
    public string? Token { get; init; }
}

internal readonly record struct Badge(int Count, long Version);

/// <param name="UnsubscribeUrl">https; POST to it ends the category (RFC 8058). Null for mandatory mail.</param>
internal sealed record EmailContent(string Subject, string Text, string? Html, string? UnsubscribeUrl) : Content;

internal sealed record SmsContent(string Text) : Content;

/// <param name="Json">The body, an object.</param>
internal sealed record WebhookContent(string Json) : Content;
