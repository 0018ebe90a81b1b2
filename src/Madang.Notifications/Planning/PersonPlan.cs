using Madang.Api;
using Madang.Notifications.Addresses;
using Madang.Notifications.Categories;
using Madang.Notifications.Limits;

namespace Madang.Notifications.Planning;

/// <summary>Which rule decided. The numbers are stored, and the wire names are these words.</summary>
internal enum Rule
{
    /// <summary>Whether there is somebody, and in good standing.</summary>
    Recipient = 1,

    /// <summary>The matrix: mandatory, channel switched off, chosen, default.</summary>
    Preference = 2,

    /// <summary>Everything muted for a while.</summary>
    Mute = 3,
    QuietHours = 4,
    Limit = 5,
    Digest = 6,

    /// <summary>Whether there is somewhere to send it.</summary>
    Address = 7,

    /// <summary>Whether a provider is there for it. The planner's.</summary>
    Route = 8,

    /// <summary>Not worth sending by the time it could be.</summary>
    TimeToLive = 9,

    /// <summary>Which version, in which language. The planner's.</summary>
    Template = 10,
}

/// <summary>One decision, as it is logged and explained.</summary>
/// <param name="Channel">Null when it holds for all of them.</param>
/// <param name="Outcome"><c>send</c>, <c>drop</c>, <c>defer</c>, <c>digest</c>.</param>
/// <param name="Inputs">A small JSON object of what it went by, at least <c>{"reason":"…"}</c> for a drop.</param>
internal sealed record Decision(Rule Rule, DeliveryChannel? Channel, string Outcome, string Inputs)
{
    public const string Send = "send";
    public const string Drop = "drop";
    public const string Defer = "defer";
    public const string Gather = "digest";
}

/// <summary>What is asked about each person of a notification.</summary>
internal sealed record PlanRequest
{
    public required Category Category { get; init; }

    /// <summary>What the sender asked for; null leaves it to the category and the person.</summary>
    public IReadOnlyList<DeliveryChannel>? Channels { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Digests of one category with different keys are kept apart; usually empty.</summary>
    public string DigestKey { get; init; } = "";

    /// <summary>Of one person over all categories.</summary>
    public Allowance Total { get; init; }

    public Allowance OfCategory => new(Category.PerHour, Category.PerDay);

    public bool CountsTotal => !Total.IsNone && !Category.Mandatory;

    public bool CountsCategory => !OfCategory.IsNone && !Category.Mandatory;
}

/// <summary>One delivery that was decided on. The inbox has no address and is due at once.</summary>
internal sealed record PlannedDelivery
{
    public required DeliveryChannel Channel { get; init; }

    public AddressId Address { get; init; }

    /// <summary>For <c>ProviderRoutes.For</c>; null for the inbox.</summary>
    public AddressKind? Kind { get; init; }

    public string Scope { get; init; } = "";

    /// <summary>Of the device, else of the person.</summary>
    public required string Locale { get; init; }

    public required DateTimeOffset DueAt { get; init; }
}

/// <summary>A notification that goes into the person's open digest, or opens one.</summary>
/// <param name="ClosesAt">At the latest.</param>
internal sealed record DigestEntry(string Category, string Key, ChannelSet Channels, DateTimeOffset ClosesAt);

/// <summary>A counter as it is after this plan. <paramref name="Scope"/> is a category, or empty for all of them together.</summary>
internal sealed record CountedPlan(UserId User, string Scope, Tally After);

/// <summary>What becomes of one notification for one person. Nothing of it has been written.</summary>
internal sealed record PersonPlan
{
    public required UserId User { get; init; }

    public IReadOnlyList<PlannedDelivery> Deliveries { get; init; } = [];

    public IReadOnlyList<Decision> Decisions { get; init; } = [];

    /// <summary>For <c>LimitCounters.Take</c>.</summary>
    public IReadOnlyList<CountedPlan> Counted { get; init; } = [];

    /// <summary>For <c>DigestBook.Add</c>.</summary>
    public DigestEntry? Digest { get; init; }
}
