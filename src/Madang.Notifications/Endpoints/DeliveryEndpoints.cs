using System.Globalization;
using Madang.Api;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="LookUp">True when the provider was asked what became of the one before, instead of being handed anything.</param>
/// <param name="Code">The provider's own word.</param>
/// <param name="NextAt">When the next attempt is due; absent after the last.</param>
internal sealed record DeliveryAttemptJson(long Number, DateTimeOffset At, string Provider, bool? LookUp, AnswerClass Class, string Code, string? Detail, long LatencyMs, DateTimeOffset? NextAt)
{
    public static DeliveryAttemptJson Of(DeliveryAttempt attempt) => new(
        attempt.Number, attempt.At, attempt.Provider, attempt.IsLookUp ? true : null, attempt.Class, attempt.Code, attempt.Detail, (long)attempt.Latency.TotalMilliseconds, attempt.NextAt);
}

/// <param name="Queue">The provider that sends it.</param>
/// <param name="DueAt">When its next attempt is due; absent when it has ended.</param>
/// <param name="Attempt">Hand-overs begun since it was planned or replayed.</param>
/// <param name="Ambiguous">How often it was handed over without an answer: each of these may have shown it once more.</param>
/// <param name="Reason">The provider's last word, or ours.</param>
/// <param name="FallbackOf">The channel that it stands in for.</param>
/// <param name="Attempts">Every attempt; left out of lists.</param>
internal sealed record DeliveryJson(
    DeliveryId Id, NotificationId NotificationId, UserId? UserId, string Category, DeliveryChannel Channel, string Queue, DeliveryState State, DeliveryPriority Priority, DateTimeOffset? DueAt,
    DateTimeOffset ExpiresAt, int Attempt, int Ambiguous, string? Reason, string? MessageId, DeliveryChannel? FallbackOf, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? OpenedAt, DateTimeOffset? FinishedAt, IReadOnlyList<DeliveryAttemptJson>? Attempts)
{
    public static DeliveryJson Of(Delivery delivery, IReadOnlyList<DeliveryAttempt>? attempts = null) => new(
        delivery.Id, delivery.Notification, delivery.User, delivery.Category, delivery.Channel, delivery.Provider, delivery.State, delivery.Priority,
        delivery.IsAlive ? delivery.DueAt : null, delivery.ExpiresAt, delivery.Attempt, delivery.Ambiguous, delivery.Reason, delivery.MessageId, delivery.FallbackOf,
        Snowflake.TimeOf(delivery.Id.Value), delivery.StartedAt, delivery.OpenedAt, delivery.FinishedAt, attempts is null ? null : [.. attempts.Select(DeliveryAttemptJson.Of)]);
}

/// <summary>Which dead and expired deliveries; what is absent is left open.</summary>
/// <param name="State">dead or expired; both when absent.</param>
/// <param name="Reason">What the reason begins with.</param>
/// <param name="Since">Planned at or after.</param>
/// <param name="Until">Planned before.</param>
internal sealed record DeliveryFilterJson(
    string? Queue, string? State, string? Channel, string? Category, NotificationId? NotificationId, UserId? UserId, string? Reason, bool? Ambiguous, DateTimeOffset? Since, DateTimeOffset? Until);

/// <param name="Filter">Must be there, empty for all.</param>
/// <param name="DryRun">Only counts.</param>
internal sealed record DeliveryReplayJson(DeliveryFilterJson? Filter, bool? DryRun);

/// <param name="Count">How many wait again, or would.</param>
/// <param name="More">Whether there may be more than the 10,000 of one call.</param>
internal sealed record DeliveryReplayedJson(int Count, bool More);

/// <param name="Arrived">True when the person or the provider's own page says so; false sends it again.</param>
internal sealed record ResolutionJson(bool? Arrived);

/// <summary><c>/v1/deliveries</c>: dead letters, doubts and what to do about them. For admins.</summary>
internal static class DeliveryEndpoints
{
    // Longer than every queue, category and reason that there can be a use in asking for.
    private const int MaxName = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var deliveries = routes.MapGroup("/v1/deliveries").RequireAuthorization(Policies.Admin).WithTags("deliveries");
        deliveries.MapGet("", ListAsync).WithName("list_deliveries")
            .WithSummary("Deliveries of a notification, or those that are dead, expired or ambiguous; newest first. Without a state: dead and expired ones");
        deliveries.MapGet("{id}", FindAsync).WithName("get_delivery").WithSummary("A delivery with every attempt");
        deliveries.MapPost("replay", ReplayAsync).WithName("replay_deliveries")
            .WithSummary("Lets dead and expired deliveries of a filter wait again, oldest first, at most 10,000 a call; with dry_run it only counts them");
        deliveries.MapPost("{id}/resolve", ResolveAsync).WithName("resolve_delivery").WithSummary("Says of an ambiguous delivery that it has arrived, or sends it again");
    }

    private static async Task<Results<Ok<Page<DeliveryJson>>, Refusal>> ListAsync(
        IDeliveryLog log, [FromQuery] string? queue, [FromQuery] string? state, [FromQuery] string? channel, [FromQuery] string? category, [FromQuery(Name = "notification_id")] string? notification,
        [FromQuery(Name = "user_id")] string? user, [FromQuery] string? reason, [FromQuery] string? ambiguous, [FromQuery] string? since, [FromQuery] string? until, [FromQuery] string? cursor,
        [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        var filter = Read(queue, state, channel, category, notification, user, reason, ambiguous, since, until);
        if (!page.IsOk || !filter.IsOk)
        {
            return (Refusal)(page.IsOk ? filter.Error! : page.Error);
        }

        if (filter.Value is { Notification: null, State: not (null or DeliveryState.Dead or DeliveryState.Expired or DeliveryState.Ambiguous) })
        {
            return (Refusal)ApiErrors.Invalid("state", "needs_notification", "Without notification_id, state is dead, expired or ambiguous.");
        }

        var rows = await log.ListAsync(filter.Value, page.Value.After is { } after ? new DeliveryId(after) : null, page.Value.Fetch, cancellationToken);
        return TypedResults.Ok(page.Value.Of(rows, delivery => delivery.Id.Value).Select(delivery => DeliveryJson.Of(delivery)));
    }

    private static async Task<Results<Ok<DeliveryJson>, Refusal>> FindAsync(string id, QueueOperation operation, CancellationToken cancellationToken) =>
        Id.TryParse<DeliveryId>(id, out var delivery) && await operation.FindAsync(delivery, cancellationToken) is { } found
            ? TypedResults.Ok(DeliveryJson.Of(found.Delivery, found.Attempts))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<DeliveryReplayedJson>, Refusal>> ReplayAsync(DeliveryReplayJson body, QueueOperation operation, CancellationToken cancellationToken)
    {
        if (body.Filter is not { } given)
        {
            return (Refusal)ApiErrors.Invalid("filter", "required", "Say which: {} is all dead and expired ones.");
        }

        var filter = Read(
            given.Queue, given.State, given.Channel, given.Category, given.NotificationId?.ToString(), given.UserId?.ToString(), given.Reason, given.Ambiguous switch { true => "true", false => "false", null => null },
            given.Since?.ToString("O", CultureInfo.InvariantCulture), given.Until?.ToString("O", CultureInfo.InvariantCulture), "filter.");
        if (!filter.IsOk)
        {
            return (Refusal)filter.Error;
        }

        if (filter.Value.State is not (null or DeliveryState.Dead or DeliveryState.Expired))
        {
            return (Refusal)ApiErrors.Invalid("filter.state", "unknown_value", "Only what is dead or expired can be replayed.");
        }

        var (count, more) = await operation.ReplayAsync(filter.Value, body.DryRun ?? false, cancellationToken);
        return TypedResults.Ok(new DeliveryReplayedJson(count, more));
    }

    private static async Task<Results<Ok<DeliveryJson>, Refusal>> ResolveAsync(string id, ResolutionJson body, QueueOperation operation, CancellationToken cancellationToken)
    {
        if (body.Arrived is not { } hasArrived)
        {
            return (Refusal)ApiErrors.Invalid("arrived", "required", "Say whether it has arrived.");
        }

        var resolved = Id.TryParse<DeliveryId>(id, out var delivery) ? await operation.ResolveAsync(delivery, hasArrived, cancellationToken) : ApiErrors.NotFound;
        return resolved.IsOk ? TypedResults.Ok(DeliveryJson.Of(resolved.Value)) : (Refusal)resolved.Error;
    }

    private static Result<DeliveryFilter> Read(
        string? queue, string? state, string? channel, string? category, string? notification, string? user, string? reason, string? ambiguous, string? since, string? until, string prefix = "")
    {
        static string? Some(string? text) => string.IsNullOrEmpty(text) ? null : text;
        Error? fault = null;
        T? Parse<T>(string field, string? text, Func<string, T?> parse, string words)
            where T : struct
        {
            if (Some(text) is not { } given)
            {
                return null;
            }

            var value = parse(given);
            fault ??= value is null ? ApiErrors.Invalid(prefix + field, "unknown_value", words) : null;
            return value;
        }

        string? Name(string field, string? text)
        {
            var name = Text.Line(text, prefix + field, MaxName, required: false);
            fault ??= name.Error;
            return name.IsOk ? Some(name.Value) : null;
        }

        DeliveryId? At(string field, string? text) => Parse<DateTimeOffset>(
            field, text, QueryTime.Read, "A time is written as RFC 3339.") is { } time
                ? new DeliveryId(Math.Max(0, Snowflake.FirstAt(time)))
                : null;
        var filter = new DeliveryFilter
        {
            Queue = Name("queue", queue),
            State = Parse("state", state, DeliveryStates.Find, "There is no such state."),
            Channel = Parse("channel", channel, DeliveryChannels.Find, "A channel is inbox, push, email, sms or webhook."),
            Category = Name("category", category),
            Notification = Parse<NotificationId>("notification_id", notification, given => Id.TryParse<NotificationId>(given, out var id) ? id : null, "This is no id."),
            User = Parse<UserId>("user_id", user, given => Id.TryParse<UserId>(given, out var id) ? id : null, "This is no id."),
            Reason = Name("reason", reason),
            IsAmbiguous = Parse<bool>("ambiguous", ambiguous, given => given switch { "true" => true, "false" => false, _ => null }, "ambiguous is true or false."),
            SinceId = At("since", since),
            UntilId = At("until", until),
        };
        return fault is null ? filter : fault;
    }
}
