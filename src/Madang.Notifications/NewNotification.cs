namespace Madang.Notifications;

/// <summary>Something to tell people, as a sender says it. <see cref="Accepting.NotificationRules"/> checks it.</summary>
public sealed record NewNotification
{
    /// <summary>The sender's own name for it, 1 to 100 printable ASCII characters: sent twice, it is accepted once. Kept at least seven days.</summary>
    public string? EventId { get; init; }

    public required string Category { get; init; }

    /// <summary>The name of a stored template; its current version is what everybody gets. Or else <see cref="Content"/>.</summary>
    public string? Template { get; init; }

    public NotificationContent? Content { get; init; }

    public required Recipients To { get; init; }

    /// <summary>Null leaves it to the category and to what people prefer.</summary>
    public IReadOnlyList<DeliveryChannel>? Channels { get; init; }

    /// <summary>A JSON object, at most 16 KiB.</summary>
    public string Data { get; init; } = "{}";

    /// <summary>At most 64 of <c>A–Z a–z 0–9 _ -</c>: of one person's notifications with the same key the newest replaces the others.</summary>
    public string? CollapseKey { get; init; }

    /// <summary>At once when it is null or past; at most a year ahead.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>How long after <see cref="SendAt"/> it is worth sending, 1 s to 28 days; null leaves it to the category.</summary>
    public TimeSpan? TimeToLive { get; init; }
}
