using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Rendering;

/// <summary>What is to be said, to whom, by which channel.</summary>
internal sealed record RenderRequest
{
    public required NotificationId Id { get; init; }

    public required string Category { get; init; }

    /// <summary>The pinned version; null when <see cref="Content"/> was given, and for a digest.</summary>
    public TemplateRef? Template { get; init; }

    /// <summary>As in <see cref="Notification.Content"/>.</summary>
    public string? Content { get; init; }

    /// <summary>As in <see cref="Notification.Data"/>.</summary>
    public string Data { get; init; } = "{}";

    public required DeliveryChannel Channel { get; init; }

    /// <summary>BCP 47, as the person wants it; empty for the template's own default.</summary>
    public required string Locale { get; init; }

    /// <summary>IANA name; null for UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Empty for an address outside of every account.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>Makes it a digest of these, in order; the template is <c>digest</c>.</summary>
    public IReadOnlyList<Notification>? Items { get; init; }

    /// <summary>Links of this delivery are tracked, and its mail can be unsubscribed from; null leaves everything as it is written.</summary>
    public DeliveryId? Delivery { get; init; }

    public UserId? User { get; init; }

    /// <summary>For push.</summary>
    public Badge? Badge { get; init; }

    /// <summary>For mail: its category may be ended by <c>List-Unsubscribe</c>. Not so where it is mandatory.</summary>
    public bool CanUnsubscribe { get; init; }

    public static RenderRequest Of(Notification notification, DeliveryChannel channel, string locale) => new()
    {
        Id = notification.Id,
        Category = notification.Category,
        Template = notification.Template,
        Content = notification.Content,
        Data = notification.Data,
        Channel = channel,
        Locale = locale,
    };

    /// <param name="id">That its deliveries stand under.</param>
    public static RenderRequest OfDigest(NotificationId id, string category, IReadOnlyList<Notification> items, DeliveryChannel channel, string locale) =>
        new() { Id = id, Category = category, Items = items, Channel = channel, Locale = locale };
}
