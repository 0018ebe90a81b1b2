namespace Madang.Notifications.Categories;

/// <summary>What becomes of a delivery without an answer.</summary>
public enum AmbiguousPolicy
{
    /// <summary>Looked up or collapsed where the provider can; sent again otherwise. For one-time codes and the like.</summary>
    Resend = 1,

    /// <summary>Looked up or collapsed where the provider can; otherwise it stays as it is until a callback or a person decides.</summary>
    Hold = 2,
}

/// <summary>What becomes of a notification in somebody's quiet hours.</summary>
public enum QuietPolicy
{
    /// <summary>Sent when they end.</summary>
    Defer = 1,

    /// <summary>Gathered, and sent as one when they end.</summary>
    Digest = 2,
    Drop = 3,

    /// <summary>Sent at once; the log says so.</summary>
    Ignore = 4,
}

/// <summary>A kind of notification, and the rules for all of its kind. People choose per category and channel.</summary>
public sealed record Category
{
    /// <summary><c>a–z 0–9 _ . -</c>, at most 64.</summary>
    public required string Name { get; init; }

    /// <summary>What people read in the preference centre, per language.</summary>
    public required IReadOnlyDictionary<string, string> Titles { get; init; }

    /// <summary>Cannot be switched off, knows no quiet hours and no limit: security, receipts.</summary>
    public bool Mandatory { get; init; }

    /// <summary>The channels of somebody who has chosen nothing.</summary>
    public required IReadOnlyList<DeliveryChannel> Channels { get; init; }

    public Delivering.DeliveryPriority Priority { get; init; } = Delivering.DeliveryPriority.Normal;

    public AmbiguousPolicy Ambiguous { get; init; } = AmbiguousPolicy.Hold;

    public QuietPolicy Quiet { get; init; } = QuietPolicy.Defer;

    /// <summary>At most so many for one person within an hour and a day; null for no limit of its own.</summary>
    public int? PerHour { get; init; }

    public int? PerDay { get; init; }

    /// <summary>Gathers what comes within this time after the first into one; null for no digest.</summary>
    public TimeSpan? DigestWindow { get; init; }

    /// <summary>How long it is worth sending when the sender does not say.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromDays(3);

    /// <summary>When this was not opened in time, the next channel is tried.</summary>
    public Fallback? Fallback { get; init; }
}

/// <summary>An unopened <paramref name="From"/> becomes a delivery by <paramref name="To"/> after <paramref name="After"/>.</summary>
public sealed record Fallback(DeliveryChannel From, TimeSpan After, DeliveryChannel To);
