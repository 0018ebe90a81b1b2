using Madang.Notifications.Delivering;
using Madang.Notifications.Endpoints;
using Madang.Storage;

namespace Madang.Notifications.Tracking;

/// <summary>Puts together what the deliveries of a campaign say of themselves and what was heard of them.</summary>
internal sealed class Funnels(ITrackingStore store, TimeProvider time)
{
    /// <param name="channel">Null for all. What was told without a channel, as conversions are, counts only then.</param>
    /// <param name="most">How many notifications are looked at, newest first: see <see cref="ITrackingStore.DeliveriesAsync"/>.</param>
    public async Task<FunnelJson> OfAsync(string campaign, int days, DeliveryChannel? channel, int most, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow() - TimeSpan.FromDays(days);
        var deliveries = await store.DeliveriesAsync(campaign, new(Snowflake.FirstAt(since)), most, cancellationToken);
        var heard = await store.CountsAsync(campaign, DateOnly.FromDateTime(since.UtcDateTime), cancellationToken);
        var byChannel = DeliveryChannels.All.Select(one => new FunnelChannelJson(one.Name(), Sum(deliveries.States.Where(state => state.Channel == one), heard.Where(count => count.Channel == one))))
            .Where(one => !one.Counts.IsNothing).ToList();
        var states = deliveries.States.Where(state => channel is null || state.Channel == channel).ToLookup(state => state.Day);
        var counts = heard.Where(count => channel is null || count.Channel == channel).ToLookup(count => count.Day);
        var byDay = states.Select(group => group.Key).Union(counts.Select(group => group.Key)).Order().Select(day => new FunnelDayJson(day, Sum(states[day], counts[day]))).ToList();
        var all = Sum(states.SelectMany(group => group), counts.SelectMany(group => group));
        return new(
            campaign, since, channel?.Name(), deliveries.Notifications, deliveries.IsComplete, all.Sent, all.Delivered, all.Failed, all.Opened, all.Clicked, all.Converted, all.Unsubscribed, all.Dismissed, all.Machine,
            byChannel, [.. byDay.Where(day => !day.Counts.IsNothing)]);
    }

    private static FunnelCountsJson Sum(IEnumerable<CampaignState> deliveries, IEnumerable<TrackedCount> heard)
    {
        var (states, counts) = (new Dictionary<DeliveryState, long>(), new Dictionary<(TrackedKind, bool), long>());
        foreach (var state in deliveries)
        {
            states[state.State] = states.GetValueOrDefault(state.State) + state.N;
        }

        foreach (var count in heard)
        {
            counts[(count.Kind, count.IsMachine)] = counts.GetValueOrDefault((count.Kind, count.IsMachine)) + count.N;
        }

        long In(DeliveryState state) => states.GetValueOrDefault(state);
        long Of(TrackedKind kind, bool machine = false) => counts.GetValueOrDefault((kind, machine));
        return new(
            In(DeliveryState.Sent) + In(DeliveryState.Delivered), In(DeliveryState.Delivered), In(DeliveryState.Dead) + In(DeliveryState.Expired), Of(TrackedKind.Opened),
            Of(TrackedKind.Clicked), Of(TrackedKind.Converted), Of(TrackedKind.Unsubscribed), Of(TrackedKind.Dismissed), new(Of(TrackedKind.Opened, true), Of(TrackedKind.Clicked, true)));
    }
}
