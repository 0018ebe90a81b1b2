using System.Text.Json;
using Madang.Api;
using Madang.Jobs;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using DeliveryId = Madang.Notifications.Delivering.DeliveryId;
using DeliveryState = Madang.Notifications.Delivering.DeliveryState;

namespace Madang.Notifications.Tracking;

/// <summary>
/// Follows the log of events with a mark: adds to the counts and tells webhooks, in one transaction with the mark, so that each event is counted and told once.
/// It stays <see cref="Lag"/> behind, by when every event with a smaller id has been committed, on whatever node.
/// </summary>
internal sealed partial class TrackingFold(
    ITrackingStore store, INotificationStore notifications, WebhookEvents webhooks, Database database, TimeProvider time, ILogger<TrackingFold> log) : BackgroundService
{
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);
    private const int Batch = 50;

    /// <summary>Counts what has come since; how many events.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        while (true)
        {
            var from = await store.CountedAsync(cancellationToken);
            var events = await store.ReadAsync(from, Snowflake.FirstAt(time.GetUtcNow() - Lag), Batch, cancellationToken);
            if (events.Count == 0)
            {
                return total;
            }

            var settled = MachineRules.Settle(events);
            var known = await store.KnownAsync([.. settled.Select(one => one.Delivery).Distinct()], cancellationToken);
            TrackedDelivery? Delivery(TrackedEvent one) => known.TryGetValue(one.Delivery, out var delivery) ? delivery : null;
            var campaigns = new Dictionary<NotificationId, string?>();
            foreach (var about in settled.GroupBy(one => one.Notification))
            {
                // What comes of one that is gone from the log is told, and counts for no campaign.
                campaigns[about.Key] = await notifications.FindAsync(about.Key, cancellationToken) is { } found ? Campaigns.Of(found)
                    : about.Any(one => Delivery(one) is { IsDigest: true }) ? Templates.BuiltInTemplates.Digest : null;
            }

            var counts = settled.Where(one => one.Kind is not (TrackedKind.Sent or TrackedKind.Delivered or TrackedKind.Failed) && campaigns[one.Notification] is not null)
                .GroupBy(one => (Campaign: campaigns[one.Notification]!, Day: DateOnly.FromDateTime(one.At.UtcDateTime), Delivery(one)?.Channel, one.Kind, one.IsMachine))
                .Select(group => new TrackedCount(group.Key.Campaign, group.Key.Day, group.Key.Channel, group.Key.Kind, group.Key.IsMachine, group.Count())).ToList();
            var moved = await database.WriteAsync(
                tx =>
                {
                    if (!store.Count(tx, from, events[^1].Id, counts))
                    {
                        return false;
                    }

                    foreach (var kind in settled.GroupBy(one => one.Kind).Where(group => group.Key is not TrackedKind.Dismissed))
                    {
                        webhooks.Publish(tx, $"notification.{kind.Key.Name()}", Told(kind, campaigns));
                    }

                    return true;
                },
                Lane.Background,
                cancellationToken);
            total += moved ? events.Count : 0;
            if (!moved || events.Count < Batch)
            {
                return total;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }

            // A database that cannot be reached ends no loop: the mark stays, and the next turn goes on from it.
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                NotCounted(fault.Message);
            }
        }
    }

    private static string Told(IEnumerable<TrackedEvent> events, Dictionary<NotificationId, string?> campaigns) => JsonSerializer.Serialize(
        new ToldJson([.. events.Select(one => new ToldEventJson(
            one.Notification, one.Delivery.Value == 0 ? null : one.Delivery, one.User.Value == 0 ? null : one.User, campaigns[one.Notification],
            one.IsMachine, one.Detail.Length == 0 ? null : one.Detail, one.At))]),
        ApiJson.Options);

    [LoggerMessage(LogLevel.Warning, "What became of notifications was not counted: {Reason}")]
    private partial void NotCounted(string reason);

    private sealed record ToldJson(IReadOnlyList<ToldEventJson> Items);

    private sealed record ToldEventJson(NotificationId NotificationId, DeliveryId? DeliveryId, UserId? UserId, string? Campaign, bool Machine, string? Detail, DateTimeOffset At);
}

/// <summary>Deliveries that were sent, arrived or failed go into the log of events only while a webhook wants to hear of it: counts of them are read from the deliveries.</summary>
internal sealed class DeliveryEvents(ITrackingStore store, WebhookEvents webhooks, Snowflake ids)
{
    /// <summary>In the transaction that writes them, after they changed to one of these states; others are left out.</summary>
    public void Told(WriteTx tx, IReadOnlyList<Delivery> changed)
    {
        if (changed.Count == 0)
        {
            return;
        }

        var wanted = new Dictionary<TrackedKind, bool>();
        var events = new List<TrackedEvent>();
        foreach (var delivery in changed)
        {
            TrackedKind? kind = delivery.State switch
            {
                DeliveryState.Sent => TrackedKind.Sent,
                DeliveryState.Delivered when delivery.Channel != DeliveryChannel.Inbox => TrackedKind.Delivered,
                DeliveryState.Dead => TrackedKind.Failed,
                _ => null,
            };
            if (kind is not { } told)
            {
                continue;
            }

            if (!wanted.TryGetValue(told, out var isWanted))
            {
                wanted[told] = isWanted = webhooks.IsWanted(tx, $"notification.{told.Name()}");
            }

            if (isWanted)
            {
                var reason = told == TrackedKind.Failed ? delivery.Reason ?? "" : "";
                events.Add(new(ids.Next(), told, delivery.Notification, delivery.Id, delivery.User ?? default, false, reason, tx.Now));
            }
        }

        if (events.Count > 0)
        {
            store.Append(tx, events);
        }
    }
}

/// <summary>Lets go of events with the notifications that they are about. The counts stay.</summary>
internal sealed class TrackingRetention(ITrackingStore store, IOptions<NotificationsOptions> options) : IRetention
{
    public string Name => "notification_events";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => store.Prune(tx, Snowflake.FirstAt(now - TimeSpan.FromDays(options.Value.LogDays)), limit);
}
