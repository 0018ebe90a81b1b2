using System.Text.Json;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Webhooks.Endpoints;

/// <param name="Status">What the endpoint answered; absent when it did not.</param>
/// <param name="Fault">Why no answer came, such as address_refused or header_timeout.</param>
/// <param name="Response">The first KiB of the answer.</param>
internal sealed record AttemptJson(DateTimeOffset At, int? Status, string? Fault, long LatencyMs, string? Response)
{
    public static AttemptJson Of(WebhookAttempt attempt) =>
        new(attempt.At, attempt.Status, attempt.Fault, (long)attempt.Latency.TotalMilliseconds, attempt.Excerpt.Length == 0 ? null : attempt.Excerpt);
}

/// <param name="EventId">The same for every endpoint; <c>msg_</c> and this is the header webhook-id.</param>
/// <param name="Status">Of the last attempt.</param>
/// <param name="Fault">Of the last attempt.</param>
/// <param name="Data">What the event tells; left out of lists.</param>
/// <param name="AttemptLog">The last 50, newest first; left out of lists.</param>
internal sealed record DeliveryJson(
    DeliveryId Id, string EventId, string Type, DeliveryState State, int Attempts, int? Status, string? Fault, DateTimeOffset CreatedAt, DateTimeOffset? LastAttemptAt,
    JsonElement? Data, IReadOnlyList<AttemptJson>? AttemptLog)
{
    public static DeliveryJson Of(WebhookDelivery delivery, WebhookEvent? happened = null, IReadOnlyList<WebhookAttempt>? attempts = null) => new(
        delivery.Id, Madang.Api.Id.Text(delivery.Event), delivery.Type, delivery.State, delivery.Attempts, delivery.LastStatus, delivery.LastFault, delivery.CreatedAt,
        delivery.LastAt, happened is null ? null : JsonElement.Parse(happened.Data), attempts?.Select(AttemptJson.Of).ToList());
}

/// <param name="Since">Deliveries of events that happened then or later.</param>
internal sealed record ResendJson(DateTimeOffset? Since);

/// <param name="Resent">How many are under way again.</param>
/// <param name="More">Whether failed ones may be left: call again.</param>
internal sealed record ResentJson(int Resent, bool More);

/// <summary><c>/v1/webhooks/{id}/deliveries</c>: what became of each event, and once more.</summary>
internal static class DeliveryEndpoints
{
    private const int MaxAttempts = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var webhook = routes.MapGroup("/v1/webhooks/{id}").RequireAuthorization(Policies.Admin).WithTags("webhooks");
        webhook.MapGet("deliveries", ListAsync).WithName("list_webhook_deliveries").WithSummary("Deliveries, newest first, of one state or of all.");
        webhook.MapGet("deliveries/{delivery_id}", FindAsync).WithName("get_webhook_delivery").WithSummary("A delivery with its data and its attempts.");
        webhook.MapPost("deliveries/{delivery_id}/resend", ResendAsync).WithName("resend_webhook_delivery").WithSummary("Sends it again, with the same webhook-id.");
        webhook.MapPost("resend", ResendFailedAsync).WithName("resend_webhook").WithSummary("Sends again what failed since a moment, oldest first, at most 1,000 a call.");
    }

    private static async Task<Results<Ok<Page<DeliveryJson>>, Refusal>> ListAsync(
        string id, [FromQuery] string? state, [FromQuery] string? cursor, [FromQuery] string? limit, EndpointVerbs verbs, IDeliveryStore deliveries,
        CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        DeliveryState? only = state switch { "waiting" => DeliveryState.Waiting, "delivered" => DeliveryState.Delivered, "failed" => DeliveryState.Failed, _ => null };
        if (only is null && !string.IsNullOrEmpty(state))
        {
            return (Refusal)ApiErrors.Invalid("state", "unknown_value", "state is waiting, delivered or failed.");
        }

        if (await EndpointAsync(id, verbs, cancellationToken) is not { } endpoint)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var rows = await deliveries.ListAsync(endpoint, only, page.Value.After is { } before ? new DeliveryId(before) : null, page.Value.Fetch, cancellationToken);
        return TypedResults.Ok(page.Value.Of(rows, delivery => delivery.Id.Value).Select(delivery => DeliveryJson.Of(delivery)));
    }

    private static async Task<Results<Ok<DeliveryJson>, Refusal>> FindAsync(
        string id, [FromRoute(Name = "delivery_id")] string deliveryId, EndpointVerbs verbs, IDeliveryStore deliveries, CancellationToken cancellationToken)
    {
        if (await EndpointAsync(id, verbs, cancellationToken) is not { } endpoint || !Id.TryParse<DeliveryId>(deliveryId, out var wanted)
            || await deliveries.FindAsync(wanted, cancellationToken) is not var (delivery, happened) || delivery.Endpoint != endpoint)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        return TypedResults.Ok(DeliveryJson.Of(delivery, happened, await deliveries.AttemptsAsync(wanted, MaxAttempts, cancellationToken)));
    }

    private static async Task<Results<Accepted<DeliveryJson>, Refusal>> ResendAsync(
        string id, [FromRoute(Name = "delivery_id")] string deliveryId, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        var resent = Id.TryParse<EndpointId>(id, out var endpoint) && Id.TryParse<DeliveryId>(deliveryId, out var delivery)
            ? await verbs.ResendAsync(endpoint, delivery, cancellationToken)
            : ApiErrors.NotFound;
        return resent.IsOk ? TypedResults.Accepted((string?)null, DeliveryJson.Of(resent.Value)) : (Refusal)resent.Error;
    }

    private static async Task<Results<Accepted<ResentJson>, Refusal>> ResendFailedAsync(string id, ResendJson body, EndpointVerbs verbs, CancellationToken cancellationToken)
    {
        if (body.Since is not { } since)
        {
            return (Refusal)ApiErrors.Invalid("since", "required", "since is a time such as 2026-01-31T09:00:00Z.");
        }

        var resent = Id.TryParse<EndpointId>(id, out var endpoint) ? await verbs.ResendAsync(endpoint, since, cancellationToken) : ApiErrors.NotFound;
        return resent.IsOk ? TypedResults.Accepted((string?)null, new ResentJson(resent.Value.Count, resent.Value.More)) : (Refusal)resent.Error;
    }

    private static async Task<EndpointId?> EndpointAsync(string id, EndpointVerbs verbs, CancellationToken cancellationToken) =>
        Id.TryParse<EndpointId>(id, out var endpoint) ? (await verbs.FindAsync(endpoint, cancellationToken))?.Id : null;
}
