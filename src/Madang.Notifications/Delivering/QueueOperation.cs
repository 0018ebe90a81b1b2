using Madang.Api;
using Madang.Notifications.Delivering.Lanes;
using Madang.Notifications.Delivering.Running;
using Madang.Storage;

namespace Madang.Notifications.Delivering;

/// <summary>What an operator does with queues and deliveries.</summary>
internal sealed class QueueOperation(Database database, IDeliveryQueue queue, IDeliveryLog log, ProviderRoutes routes)
{
    /// <summary>How many deliveries one call replays at most.</summary>
    public const int MaxReplay = 10_000;

    // What one turn of SQLite's writer may spend on the background lane (agreement 8).
    private const int Batch = 50;
    private static readonly TimeSpan ReplayTimeToLive = TimeSpan.FromDays(1);

    /// <summary>Stops a queue on all nodes; what is with the provider already is answered still. Codes: not_found.</summary>
    public async Task<Result<QueuePause>> PauseAsync(string name, string reason, CancellationToken cancellationToken)
    {
        if (routes.Find(name) is null)
        {
            return ApiErrors.NotFound;
        }

        return await database.WriteAsync(
            tx =>
            {
                var pause = new QueuePause(tx.Now, reason, IsByHand: true);
                queue.Pause(tx, name, null);
                queue.Pause(tx, name, pause);
                tx.Publish(new QueueChanged(name, pause));
                return pause;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Lets a queue go on, whoever stopped it. True when it stood still. Codes: not_found.</summary>
    public async Task<Result<bool>> ResumeAsync(string name, CancellationToken cancellationToken)
    {
        if (routes.Find(name) is null)
        {
            return ApiErrors.NotFound;
        }

        return await database.WriteAsync(
            tx =>
            {
                var stood = queue.Pauses(tx).ContainsKey(name);
                queue.Pause(tx, name, null);
                tx.Publish(new QueueChanged(name, null));
                return stood;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>Lets dead and expired deliveries wait again, oldest first, at most <see cref="MaxReplay"/>; with <paramref name="isDry"/> only counts them.</summary>
    /// <returns>How many, and whether there may be more.</returns>
    public async Task<(int Count, bool More)> ReplayAsync(DeliveryFilter filter, bool isDry, CancellationToken cancellationToken)
    {
        var (count, after) = (0, default(DeliveryId));
        for (var seen = 0; seen < MaxReplay; seen += Batch)
        {
            var from = after;
            var (replayed, last, found) = await database.WriteAsync(tx => Replay(tx, filter, from, isDry), Lane.Background, cancellationToken);
            (count, after) = (count + replayed, last);
            if (found < Batch)
            {
                return (count, false);
            }
        }

        return (count, true);
    }

    /// <summary>What a person knows about a delivery in doubt. Codes: not_found, delivery_certain.</summary>
    public Task<Result<Delivery>> ResolveAsync(DeliveryId id, bool hasArrived, CancellationToken cancellationToken) => database.WriteAsync<Result<Delivery>>(
        tx =>
        {
            if (queue.Lock(tx, id) is not { } doubtful)
            {
                return ApiErrors.NotFound;
            }

            if (doubtful.Resolve(hasArrived, tx.Now) is not { } resolved)
            {
                return NotificationsErrors.DeliveryCertain;
            }

            queue.Put(tx, [new DeliveryChange(doubtful, resolved)]);
            if (resolved.State == DeliveryState.Waiting)
            {
                tx.Publish(new DeliveriesReady(resolved.Provider, resolved.DueAt));
            }

            return resolved;
        },
        cancellationToken: cancellationToken);

    public async Task<DeliveryView?> FindAsync(DeliveryId id, CancellationToken cancellationToken) =>
        await log.FindAsync(id, cancellationToken) is { } found ? new DeliveryView(found, (await log.AttemptsAsync([id], cancellationToken)).GetValueOrDefault(id) ?? []) : null;

    private (int Replayed, DeliveryId Last, int Found) Replay(WriteTx tx, DeliveryFilter filter, DeliveryId after, bool isDry)
    {
        var ended = log.LockEnded(tx, filter, after, Batch);
        var changes = ended.Select(before => (Before: before, After: before.Replay(ReplayTimeToLive, tx.Now))).Where(change => change.After is not null)
            .Select(change => new DeliveryChange(change.Before, change.After!)).ToList();
        if (!isDry && changes.Count > 0)
        {
            queue.Put(tx, changes);
            foreach (var name in changes.Select(change => change.After.Provider).Distinct(StringComparer.Ordinal))
            {
                tx.Publish(new DeliveriesReady(name, tx.Now));
            }
        }

        return (changes.Count, ended.Count == 0 ? after : ended[^1].Id, ended.Count);
    }
}
