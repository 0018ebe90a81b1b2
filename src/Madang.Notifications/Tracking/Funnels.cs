using Madang.Notifications.Delivering;
using Madang.Notifications.Endpoints;
using Madang.Storage;

namespace Madang.Notifications.Tracking;

/// <summary>Puts together what the deliveries of a campaign say of themselves and what was heard of them.</summary>
internal sealed class Funnels(ITrackingStore store, TimeProvider time)
{
    /// <param name="most">Of the notifications since then, how many are looked at, newest first.</param>
    public async Task<FunnelJson> OfAsync(string campaign, int days, int most, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(days);
        var deliveries = await store.DeliveriesAsync(campaign, new(Snowflake.FirstAt(since)), most, cancellationToken);
        var counts = await store.CountsAsync(campaign, DateOnly.FromDateTime(since.UtcDateTime), cancellationToken);
        return new(
            campaign, since, deliveries.Notifications, deliveries.Items + States(deliveries, DeliveryState.Sent, DeliveryState.Delivered),
            deliveries.Items + States(deliveries, DeliveryState.Delivered),
            States(deliveries, DeliveryState.Dead, DeliveryState.Expired), Sum(counts, TrackedKind.Opened), Sum(counts, TrackedKind.Clicked), Sum(counts, TrackedKind.Converted),
            Sum(counts, TrackedKind.Unsubscribed), Sum(counts, TrackedKind.Dismissed), new(Sum(counts, TrackedKind.Opened, true), Sum(counts, TrackedKind.Clicked, true)));
    }

    private static long States(CampaignDeliveries deliveries, params ReadOnlySpan<DeliveryState> states)
    {
        var sum = 0L;
        foreach (var state in states)
        {
            sum += deliveries.States.GetValueOrDefault(state);
        }

        return sum;
    }

    private static long Sum(IReadOnlyList<TrackedCount> counts, TrackedKind kind, bool machine = false) =>
        counts.Where(count => count.Kind == kind && count.IsMachine == machine).Sum(count => count.N);
}
