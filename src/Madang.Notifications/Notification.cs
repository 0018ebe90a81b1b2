using Madang.Api;
using Madang.Storage;

namespace Madang.Notifications;

/// <summary>How far a notification is. The numbers are stored.</summary>
public enum NotificationState
{
    /// <summary>Accepted; its turn to be planned comes at <see cref="Notification.SendAt"/>.</summary>
    Accepted = 1,

    /// <summary>Some of its audience is planned; <see cref="Notification.PlannedTo"/> says how far.</summary>
    Planning = 2,

    /// <summary>Every person has been decided on; the deliveries go their own way.</summary>
    Planned = 3,
    Canceled = 4,

    /// <summary>Its time to live ended before anybody was planned.</summary>
    Expired = 5,
}

/// <summary>What was accepted, as it was accepted: one row of the notification log.</summary>
public sealed record Notification
{
    public required NotificationId Id { get; init; }

    /// <summary>Who sent it: the person, the API key, 0 for this machine's operator, -1 for this server itself.</summary>
    public required long Sender { get; init; }

    /// <summary>The sender's own name for it, unique among all that this sender sends.</summary>
    public string? EventId { get; init; }

    /// <summary>The name of its <see cref="Categories.Category"/>.</summary>
    public required string Category { get; init; }

    /// <summary>A stored template, pinned to the version that was current when it was accepted; null when <see cref="Content"/> was given.</summary>
    public TemplateRef? Template { get; init; }

    /// <summary>JSON of the <see cref="NotificationContent"/> that was given instead of a template.</summary>
    public string? Content { get; init; }

    public required Recipients To { get; init; }

    /// <summary>The channels that the sender asks for; null leaves it to the category.</summary>
    public IReadOnlyList<DeliveryChannel>? Channels { get; init; }

    /// <summary>A JSON object: the variables of the template, and what the app gets beside the words. At most 16 KiB.</summary>
    public required string Data { get; init; }

    /// <summary>Notifications of one person with the same key replace each other: in the inbox, on the device, in the queue.</summary>
    public string? CollapseKey { get; init; }

    public required DateTimeOffset SendAt { get; init; }

    /// <summary>Nothing is handed to a provider after this.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public required NotificationState State { get; init; }

    /// <summary>The last person who was planned.</summary>
    public UserId PlannedTo { get; init; }

    /// <summary>How many people were decided on so far.</summary>
    public long People { get; init; }

    /// <summary>The millisecond of its id.</summary>
    public DateTimeOffset CreatedAt => Snowflake.TimeOf(Id.Value);

    /// <summary>Planned in chunks in the background, so that no single person's notification waits for it.</summary>
    internal bool IsWide => To.UserIds is null ? To.Address is null : To.UserIds.Count > MaxAtOnce;

    /// <summary>The most people that are planned in one piece.</summary>
    internal const int MaxAtOnce = 100;
}

public readonly record struct TemplateRef(string Name, int Version);

/// <summary>Whom it goes to: exactly one of the four.</summary>
public sealed record Recipients
{
    public IReadOnlyList<UserId>? UserIds { get; init; }

    /// <summary>The name of a topic or a segment.</summary>
    public string? Audience { get; init; }

    public bool All { get; init; }

    /// <summary>An address outside of every account: no preferences, but the suppression list holds.</summary>
    public DirectAddress? Address { get; init; }
}

/// <summary>An e-mail address, an E.164 number or an https address.</summary>
public readonly record struct DirectAddress(DeliveryChannel Channel, string Value);
