using Madang.Api;
using Madang.Notifications.Categories;

namespace Madang.Notifications.Delivering;

/// <summary>
/// One notification on its way to one person by one channel at one address: a row of the log, and of the queue as long as it lives. How it changes is in
/// <see cref="DeliveryRules"/>; no I/O here.
/// </summary>
internal sealed record Delivery
{
    public required DeliveryId Id { get; init; }

    public required NotificationId Notification { get; init; }

    /// <summary>Nobody for an address outside of every account.</summary>
    public UserId? User { get; init; }

    public required string Category { get; init; }

    public required DeliveryChannel Channel { get; init; }

    /// <summary>The queue it stands in; the provider that last claimed it. Empty for the inbox.</summary>
    public required string Provider { get; init; }

    /// <summary>The row of the address book; 0 when <see cref="Address"/> was given by the sender.</summary>
    public long AddressId { get; init; }

    public string? Address { get; init; }

    public string? CollapseKey { get; init; }

    /// <summary>Of the digest whose content it carries; 0 for none.</summary>
    public long DigestId { get; init; }

    /// <summary>Sent only if the same notification was not opened on this channel, or anywhere, by then.</summary>
    public DeliveryChannel? FallbackOf { get; init; }

    public required DeliveryPriority Priority { get; init; }

    /// <summary>What becomes of it without an answer, where the provider can neither be asked nor collapses.</summary>
    public required AmbiguousPolicy Policy { get; init; }

    /// <summary>When it may be claimed; of an ambiguous one, when it is looked up or sent again: <see cref="DateTimeOffset.MaxValue"/> leaves it to a person or a receipt.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DeliveryState State { get; init; }

    /// <summary>Hand-overs begun since it was planned or replayed; a look-up or a hold-up is none.</summary>
    public int Attempt { get; init; }

    /// <summary>Grows with every claim and never goes back: what holds an older one has lost it. Numbers the rows of the attempt log too.</summary>
    public long Fence { get; init; }

    public int? Node { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>How often it was handed over without an answer. Never goes back: each of these may have shown it once more.</summary>
    public int Ambiguous { get; init; }

    /// <summary>The last hand-over has no answer yet: the next claim asks before it sends.</summary>
    public bool IsUnanswered { get; init; }

    /// <summary>It was cancelled while it was being sent: it ends instead of being tried again.</summary>
    public bool IsCancelRequested { get; init; }

    /// <summary>Why it is where it is: the provider's last word that was not Ok, or a reason of ours (<see cref="DeliveryReasons"/>).</summary>
    public string? Reason { get; init; }

    /// <summary>The provider's name for it.</summary>
    public string? MessageId { get; init; }

    /// <summary>When its last hand-over began; a look-up does not move it.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? OpenedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public bool IsAlive => State is DeliveryState.Waiting or DeliveryState.Sending or DeliveryState.Ambiguous;
}

/// <summary>Reasons of our own, in the log and in metrics; those of providers are beside them as they came.</summary>
internal static class DeliveryReasons
{
    public const string Expired = "expired";
    public const string Crashed = "no_answer: the node was lost";
    public const string Canceled = "canceled";
    public const string Opened = "opened_before";
    public const string Unanswered = "unanswered";
    public const string Undelivered = "undelivered";
}
