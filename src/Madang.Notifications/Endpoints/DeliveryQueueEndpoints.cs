using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Delivering.Lanes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <summary>The queue before one provider. Counts are of all nodes; pace, breaker and health are of the node that answers.</summary>
/// <param name="Name">The key of the provider in the settings.</param>
/// <param name="Configured">False for a queue whose provider is no longer in the settings.</param>
/// <param name="OldestAgeMs">For how long the first due delivery has waited; absent when none waits.</param>
/// <param name="Running">Hand-overs under way on this node, of at most <paramref name="Concurrency"/>.</param>
/// <param name="SentPerSecond">Over the last ten seconds, on this node.</param>
/// <param name="LimitPerSecond">What it may send now; absent for no limit.</param>
/// <param name="Illness">Failed or slow hand-overs out of all, over 15 minutes; from 0.15 on new deliveries go to others.</param>
/// <param name="Share">Of new deliveries that it gets: 1 for all.</param>
internal sealed record DeliveryQueueJson(
    string Name, bool Configured, string? Kind, DeliveryChannel? Channel, int? Rank, long Waiting, long Sending, long Ambiguous, long Sent, long Delivered, long Dead, long Expired, long Dropped,
    long Canceled, long? OldestAgeMs, int? Running, int? Concurrency, double? SentPerSecond, double? LimitPerSecond, BreakerState? Breaker, DateTimeOffset? BreakerUntil, double? Illness,
    double? Share, QueuePauseJson? Paused);

/// <param name="By">hand, or fault: a provider said that our account or setting is wrong.</param>
internal sealed record QueuePauseJson(DateTimeOffset At, string Reason, string By)
{
    public static QueuePauseJson? Of(QueuePause? pause) => pause is null ? null : new(pause.At, pause.Reason, pause.IsByHand ? "hand" : "fault");
}

/// <param name="Reason">For whoever looks at the queue; at most 200 characters.</param>
internal sealed record PauseJson(string? Reason);

/// <summary><c>/v1/queues</c>: what stands before the providers. For admins; the live page asks once a second.</summary>
internal static class DeliveryQueueEndpoints
{
    private const int MaxReason = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var queues = routes.MapGroup("/v1/queues").RequireAuthorization(Policies.Admin).WithTags("deliveries");
        queues.MapGet("", ListAsync).WithName("list_delivery_queues").WithSummary("Every queue of deliveries: what waits and for how long, pace, breaker, health");
        queues.MapPost("{name}/pause", PauseAsync).WithName("pause_delivery_queue").WithSummary("Stops a queue on all nodes; what waits in it stays");
        queues.MapPost("{name}/resume", ResumeAsync).WithName("resume_delivery_queue").WithSummary("Lets a queue go on, whoever stopped it");
    }

    private static async Task<Ok<Page<DeliveryQueueJson>>> ListAsync(IDeliveryLog log, ProviderRoutes routes, TimeProvider time, CancellationToken cancellationToken)
    {
        var counts = (await log.CountsAsync(cancellationToken)).Where(count => count.Queue.Length > 0).ToLookup(count => count.Queue, StringComparer.Ordinal);
        var names = routes.Lanes.Select(lane => lane.Name).Concat(counts.Select(queue => queue.Key).Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal).ToList();
        var oldest = await log.OldestAsync(names, cancellationToken);
        var pauses = await log.PausesAsync(cancellationToken);
        var now = time.GetUtcNow();
        return TypedResults.Ok(new Page<DeliveryQueueJson>(
            [
                .. names.Select(name => Of(
                    name, routes.Find(name), counts[name].ToDictionary(count => count.State, count => count.Count),
                    oldest.TryGetValue(name, out var at) && at <= now ? (long)(now - at).TotalMilliseconds : null, pauses.GetValueOrDefault(name), now)),
            ],
            null));
    }

    private static async Task<Results<Ok<QueuePauseJson>, Refusal>> PauseAsync(string name, PauseJson body, QueueOperation operation, CancellationToken cancellationToken)
    {
        var reason = Text.Line(body.Reason, "reason", MaxReason, required: false);
        if (!reason.IsOk)
        {
            return (Refusal)reason.Error;
        }

        var paused = await operation.PauseAsync(name, reason.Value.Length > 0 ? reason.Value : "stopped by an admin", cancellationToken);
        return paused.IsOk ? TypedResults.Ok(QueuePauseJson.Of(paused.Value)!) : (Refusal)paused.Error;
    }

    private static async Task<Results<NoContent, Refusal>> ResumeAsync(string name, QueueOperation operation, CancellationToken cancellationToken)
    {
        var resumed = await operation.ResumeAsync(name, cancellationToken);
        return resumed.IsOk ? TypedResults.NoContent() : (Refusal)resumed.Error;
    }

    private static DeliveryQueueJson Of(string name, ProviderLane? lane, Dictionary<DeliveryState, long> counts, long? age, QueuePause? pause, DateTimeOffset now)
    {
        long Count(DeliveryState state) => counts.GetValueOrDefault(state);
        var view = lane?.View(now);
        return new(
            name, lane is not null, lane?.Provider.Kind, lane?.Provider.Channel, lane?.Settings.Rank, Count(DeliveryState.Waiting), Count(DeliveryState.Sending),
            Count(DeliveryState.Ambiguous), Count(DeliveryState.Sent), Count(DeliveryState.Delivered), Count(DeliveryState.Dead), Count(DeliveryState.Expired),
            Count(DeliveryState.Dropped), Count(DeliveryState.Canceled), age, view?.Running, lane?.Settings.Concurrency, view?.SentPerSecond, view?.Limit, view?.Breaker,
            view?.OpenUntil, view?.Illness, view?.Share, QueuePauseJson.Of(pause));
    }
}
