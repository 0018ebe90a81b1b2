using Madang.Api;
using Madang.Notifications.Categories;

namespace Madang.Notifications.Delivering;

/// <summary>A delivery that the planner has decided on: one notification, one person, one channel, one address.</summary>
internal sealed record NewDelivery
{
    public required NotificationId Notification { get; init; }

    /// <summary>Nobody for an address outside of every account.</summary>
    public UserId? User { get; init; }

    /// <summary>The name of its category: checked against the opt-outs again when it is claimed.</summary>
    public required string Category { get; init; }

    public required DeliveryChannel Channel { get; init; }

    /// <summary>The queue: the name of the configured provider that is to send it (<see cref="Channels.IProvider.Name"/>). Empty for the inbox.</summary>
    public required string Provider { get; init; }

    /// <summary>The row of the address book; 0 when <see cref="Address"/> was given by the sender.</summary>
    public long AddressId { get; init; }

    public string? Address { get; init; }

    /// <summary>Of the notification: what waits under it is cancelled by <see cref="Deliveries.CancelCollapsed"/>.</summary>
    public string? CollapseKey { get; init; }

    public required DeliveryPriority Priority { get; init; }

    /// <summary>Of the category.</summary>
    public AmbiguousPolicy Ambiguous { get; init; } = AmbiguousPolicy.Hold;

    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Of the digest whose content it carries; 0 for none.</summary>
    public long DigestId { get; init; }

    /// <summary>
    /// The channel it stands in for (<see cref="Fallback"/>): plan it with <see cref="DueAt"/> = the other one's + <see cref="Fallback.After"/>. When its turn
    /// comes it is sent only if the notification was not opened or read by then; it is due at once when the other one dies.
    /// </summary>
    public DeliveryChannel? FallbackOf { get; init; }
}
