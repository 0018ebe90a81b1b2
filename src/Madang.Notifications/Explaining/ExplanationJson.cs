using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Endpoints;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;

namespace Madang.Notifications.Explaining;

/// <summary>A notification as it was accepted, and how far it is.</summary>
/// <param name="SenderId">The person or the API key; absent for this server and its operator.</param>
/// <param name="To">As it was given; a list of more than 100 people is cut.</param>
/// <param name="People">How many were decided on.</param>
internal sealed record NotificationJson(
    NotificationId Id, string? EventId, string? SenderId, string Category, string? Template, int? TemplateVersion, JsonElement? Content, RecipientsJson To,
    IReadOnlyList<string>? Channels, JsonElement Data, string? CollapseKey, DateTimeOffset SendAt, DateTimeOffset ExpiresAt, NotificationState State, long People,
    DateTimeOffset CreatedAt)
{
    private const int MostNamed = 100;

    public static NotificationJson Of(Notification notification) => new(
        notification.Id, notification.EventId, notification.Sender > 0 ? Madang.Api.Id.Text(notification.Sender) : null, notification.Category, notification.Template?.Name,
        notification.Template?.Version, notification.Content is null ? null : JsonSerializer.Deserialize<JsonElement>(notification.Content),
        new(
            notification.To.UserIds is { } people ? [.. people.Take(MostNamed)] : null, notification.To.Audience, notification.To.All ? true : null,
            notification.To.Address is { } address ? AddressJson.Of(address) : null),
        notification.Channels is null ? null : [.. notification.Channels.Select(channel => channel.Name())], JsonSerializer.Deserialize<JsonElement>(notification.Data),
        notification.CollapseKey, notification.SendAt, notification.ExpiresAt, notification.State, notification.People, notification.CreatedAt);
}

/// <summary>How many deliveries of a channel are in a state.</summary>
internal sealed record TotalJson(string Channel, DeliveryState State, long Count);

/// <param name="Totals">Deliveries by channel and state.</param>
/// <param name="TotalsComplete">False when there are more than were counted.</param>
/// <param name="Person">Of the person asked about; of the only one it goes to without asking.</param>
internal sealed record ExplanationJson(NotificationJson Notification, IReadOnlyList<TotalJson> Totals, bool TotalsComplete, PersonExplanationJson? Person);

/// <summary>Everything that was decided about one person, and all that was done.</summary>
/// <param name="UserId">Absent for an address outside of every account.</param>
/// <param name="DecidedAt">Absent while nothing is.</param>
/// <param name="Item">What lies in the in-app inbox.</param>
internal sealed record PersonExplanationJson(
    UserId? UserId, DateTimeOffset? DecidedAt, IReadOnlyList<DecisionJson> Decisions, ExplainedItemJson? Item, IReadOnlyList<ExplainedDeliveryJson> Deliveries);

/// <param name="Rule">Which rule decided, in the order in which they were asked.</param>
/// <param name="Channel">Absent when it holds for all.</param>
/// <param name="Outcome">send, drop, defer, digest.</param>
/// <param name="Inputs">What the rule went by.</param>
internal sealed record DecisionJson(string Rule, string? Channel, string Outcome, JsonElement Inputs)
{
    public static DecisionJson Of(Decision decision) =>
        new(JsonNamingPolicy.SnakeCaseLower.ConvertName(decision.Rule.ToString()), decision.Channel?.Name(), decision.Outcome, JsonSerializer.Deserialize<JsonElement>(decision.Inputs));
}

/// <param name="Present">False when the person took it out, or a newer one replaced it.</param>
internal sealed record ExplainedItemJson(ItemId Id, bool Present, bool Read);

/// <param name="Provider">The configured account; absent for none.</param>
/// <param name="DueAt">When it is tried next; absent when it is at an end.</param>
/// <param name="Ambiguous">How often it was handed over without an answer.</param>
internal sealed record ExplainedDeliveryJson(
    DeliveryId Id, string Channel, string? Provider, DeliveryState State, string? Reason, string? MessageId, DateTimeOffset? DueAt, DateTimeOffset? FinishedAt,
    DateTimeOffset? OpenedAt, int Ambiguous, string? FallbackOf, IReadOnlyList<ExplainedAttemptJson> Attempts)
{
    public static ExplainedDeliveryJson Of(DeliveryView view)
    {
        var delivery = view.Delivery;
        return new(
            delivery.Id, delivery.Channel.Name(), delivery.Provider.Length == 0 ? null : delivery.Provider, delivery.State, delivery.Reason, delivery.MessageId,
            delivery.IsAlive && delivery.DueAt < DateTimeOffset.MaxValue ? delivery.DueAt : null, delivery.FinishedAt, delivery.OpenedAt, delivery.Ambiguous,
            delivery.FallbackOf?.Name(), [.. view.Attempts.Select(ExplainedAttemptJson.Of)]);
    }
}

/// <param name="LookUp">It was asked what became of the one before; nothing was sent.</param>
/// <param name="Class">What the answer means.</param>
/// <param name="Code">The provider's own word.</param>
internal sealed record ExplainedAttemptJson(
    DateTimeOffset At, string Provider, bool? LookUp, AnswerClass Class, string Code, string? Detail, long LatencyMs, DateTimeOffset? NextAt)
{
    public static ExplainedAttemptJson Of(DeliveryAttempt attempt) => new(
        attempt.At, attempt.Provider, attempt.IsLookUp ? true : null, attempt.Class, attempt.Code, attempt.Detail, (long)attempt.Latency.TotalMilliseconds, attempt.NextAt);
}
