using Madang.Notifications.Delivering.Lanes;
using Madang.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Notifications.Delivering.Running;

/// <summary>
/// Proves that nothing is stuck. Every ten seconds counts and ages are shown to the metrics; every minute each queue is looked at: what is due, may be sent and
/// is not being sent is told and woken, and what waits in a queue that no provider is configured for any more moves to one that stands in for it, or ends with its time.
/// </summary>
internal sealed partial class DeliverySweeper(
    Database database, IDeliveryQueue queue, IDeliveryLog log, ProviderRoutes routes, DeliveryRunner runner, DeliveryMetrics metrics, Snowflake ids, TimeProvider time,
    ILogger<DeliverySweeper> logger) : BackgroundService
{
    private const int Limit = 50;
    private const int LooksPerSweep = 6;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OrphanWait = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        for (var look = 1; await NextAsync(timer, stoppingToken); look++)
        {
            // A fault here is told and tried again, and stops nothing.
            try
            {
                await LookAsync(look % LooksPerSweep == 0, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                LogFailed(fault);
            }
        }
    }

    /// <summary>One look; how many deliveries were found stuck.</summary>
    internal async Task<int> LookAsync(bool sweeps, CancellationToken cancellationToken)
    {
        await log.FoldAsync(cancellationToken);
        var counts = await log.CountsAsync(cancellationToken);
        var queues = counts.Where(count => count.State is DeliveryState.Waiting or DeliveryState.Ambiguous).Select(count => count.Queue).Distinct(StringComparer.Ordinal).ToList();
        var oldest = await log.OldestAsync(queues, cancellationToken);
        var now = time.GetUtcNow();
        metrics.Counted(counts, oldest.ToDictionary(age => age.Key, age => Math.Max(0, (now - age.Value).TotalSeconds), StringComparer.Ordinal));
        return sweeps ? await SweepAsync(oldest, now, cancellationToken) : 0;
    }

    private async Task<int> SweepAsync(IReadOnlyDictionary<string, DateTimeOffset> oldest, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stuck = 0;
        foreach (var (name, since) in oldest)
        {
            if (routes.Find(name) is not { } lane)
            {
                stuck += await database.WriteAsync(tx => Rehome(tx, name), Lane.Background, cancellationToken);
            }
            else if (now - since > Overdue && lane.IsAsleep(now))
            {
                stuck++;
                metrics.Swept(name, 1);
                LogStuck(name, now - since);
            }
        }

        // Cheap, and the proof: every queue is asked, and every ended lease is taken up.
        runner.Look();
        return stuck;
    }

    /// <summary>Nobody is configured for this queue: mail and SMS go by whoever sends such now, a push address belongs to its provider and waits for it.</summary>
    private int Rehome(WriteTx tx, string orphan)
    {
        var claimed = queue.Claim(tx, new DeliveryClaim(orphan, orphan, Limit, ids.Node, tx.Now + Overdue));
        List<DeliveryChange> changes = [];
        var moved = 0;
        foreach (var delivery in claimed)
        {
            if (delivery.Refuse(null, isOpened: false, tx.Now) is { } ended)
            {
                changes.Add(new(delivery, ended));
            }
            else if (delivery.IsUnanswered && delivery.ExpiresAt <= tx.Now)
            {
                changes.Add(new(delivery, delivery.Unanswered(tx.Now)));
            }
            else
            {
                var heir = delivery.Channel == DeliveryChannel.Push || delivery.Ambiguous > 0 ? null : routes.For(delivery.Channel, "", "");
                moved += heir is null ? 0 : 1;
                changes.Add(new(delivery, delivery.Release(tx.Now + (heir is null ? OrphanWait : TimeSpan.Zero)) with { Provider = heir ?? orphan }));
            }
        }

        if (changes.Count > 0)
        {
            queue.Put(tx, changes);
            foreach (var heir in changes.Select(change => change.After.Provider).Where(name => name != orphan).Distinct(StringComparer.Ordinal))
            {
                tx.Publish(new DeliveriesReady(heir, tx.Now));
            }

            LogOrphans(orphan, claimed.Count, moved);
        }

        return moved;
    }

    private static async ValueTask<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} had work for {Age} and did none of it; it was woken")]
    private partial void LogStuck(string queue, TimeSpan age);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {Queue} has no provider: of {Count} due deliveries {Moved} went to another")]
    private partial void LogOrphans(string queue, int count, int moved);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The deliveries could not be looked at")]
    private partial void LogFailed(Exception fault);
}
