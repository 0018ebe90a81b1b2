using System.Text.Json;

namespace Madang.Client.Resources;

/// <summary>Something in the in-app inbox, in the reader's language.</summary>
/// <param name="Data">What the sender gave for the app.</param>
/// <param name="CollapseKey">A newer item with the same key takes the place of this one.</param>
public sealed record InboxItem(
    string Id, string NotificationId, string Category, string Title, string Body, bool Read, DateTimeOffset CreatedAt, JsonElement Data, string? Url = null, string? CollapseKey = null);

/// <param name="Count">Unread, to 1,000 at most.</param>
/// <param name="Version">Grows with every change: a badge with a lower one is older.</param>
public sealed record Badge(int Count, long Version);

/// <summary>Whom it goes to: exactly one of the four.</summary>
/// <param name="Audience">The name of a topic or a segment.</param>
public sealed record Recipients(IReadOnlyList<string>? UserIds = null, string? Audience = null, bool? All = null, DirectAddress? Address = null)
{
    public static Recipients Of(params string[] userIds) => new(userIds);
}

/// <summary>An address outside of every account: one of the three.</summary>
public sealed record DirectAddress(string? Email = null, string? Phone = null, string? Url = null);

/// <summary>Words that were given instead of a template.</summary>
public sealed record NotificationContent(string Title, string Body, string? Url = null);

/// <param name="EventId">Your own name for it: the same one twice is one notification.</param>
/// <param name="Template">A stored template, or else <paramref name="Content"/>.</param>
/// <param name="Channels">inbox, push, email, sms, webhook; null leaves it to the category and the people.</param>
/// <param name="Data">An object: the variables of the template, and what the app gets beside the words.</param>
/// <param name="Ttl">Seconds after which it is not worth sending any more.</param>
public sealed record NewNotification(
    string Category, Recipients To, string? EventId = null, string? Template = null, NotificationContent? Content = null, IReadOnlyList<string>? Channels = null, JsonElement? Data = null,
    DateTimeOffset? SendAt = null, long? Ttl = null, string? CollapseKey = null);

public sealed record AcceptedNotification(string Id, DateTimeOffset SendAt, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, string? EventId = null);

/// <param name="Status">202 accepted, 200 accepted before, or what the refusal says.</param>
public sealed record BulkResult(int Status, AcceptedNotification? Notification = null, BulkRefusal? Error = null);

public sealed record BulkRefusal(string Code, string? Detail = null, IReadOnlyList<FieldFault>? Errors = null);

/// <param name="State">accepted, planning, planned, canceled or expired.</param>
/// <param name="To">A list of more than 100 people is cut.</param>
/// <param name="People">How many were decided on.</param>
public sealed record Notification(
    string Id, string Category, Recipients To, string State, long People, DateTimeOffset SendAt, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, string? EventId = null,
    string? SenderId = null, string? Template = null, int? TemplateVersion = null, JsonElement? Content = null, IReadOnlyList<string>? Channels = null, JsonElement? Data = null,
    string? CollapseKey = null);

/// <param name="TotalsComplete">False when there are more than were counted.</param>
/// <param name="Person">Of the person asked about; of the only one it goes to without asking.</param>
public sealed record NotificationExplanation(Notification Notification, IReadOnlyList<DeliveryTotal> Totals, bool TotalsComplete, PersonExplanation? Person = null);

public sealed record DeliveryTotal(string Channel, string State, long Count);

/// <param name="UserId">Null for an address outside of every account.</param>
/// <param name="DecidedAt">Null while nothing is.</param>
public sealed record PersonExplanation(
    IReadOnlyList<PlanDecision> Decisions, IReadOnlyList<ExplainedDelivery> Deliveries, string? UserId = null, DateTimeOffset? DecidedAt = null, ExplainedItem? Item = null);

/// <param name="Rule">recipient, preference, mute, quiet_hours, limit, digest, address, route, time_to_live, template.</param>
/// <param name="Outcome">send, drop, defer, digest.</param>
/// <param name="Inputs">What the rule went by.</param>
public sealed record PlanDecision(string Rule, string Outcome, JsonElement Inputs, string? Channel = null);

/// <param name="Present">False when the person took it out, or a newer one replaced it.</param>
public sealed record ExplainedItem(string Id, bool Present, bool Read);

/// <param name="DueAt">When it is tried next.</param>
/// <param name="Ambiguous">How often it was handed over without an answer.</param>
public sealed record ExplainedDelivery(
    string Id, string Channel, string State, int Ambiguous, IReadOnlyList<ExplainedAttempt> Attempts, string? Provider = null, string? Reason = null, string? MessageId = null,
    DateTimeOffset? DueAt = null, DateTimeOffset? FinishedAt = null, DateTimeOffset? OpenedAt = null, string? FallbackOf = null);

/// <param name="Class">What the answer means: ok, retry, reject and so on.</param>
/// <param name="Code">The provider's own word.</param>
/// <param name="LookUp">It was asked what became of the one before; nothing was sent.</param>
public sealed record ExplainedAttempt(
    DateTimeOffset At, string Provider, string Class, string Code, long LatencyMs, bool LookUp = false, string? Detail = null, DateTimeOffset? NextAt = null);

internal sealed record ReadItems(string? UpTo = null, IReadOnlyList<string>? Ids = null);

internal sealed record BulkNotifications(IReadOnlyList<NewNotification> Notifications);

internal sealed record BulkResults(IReadOnlyList<BulkResult> Items);
