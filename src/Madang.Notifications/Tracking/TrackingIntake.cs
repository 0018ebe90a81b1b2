using Madang.Api;
using Madang.Notifications.Delivering;
using Madang.Notifications.Preferences;
using Madang.Storage;

namespace Madang.Notifications.Tracking;

/// <summary>Writes down what was heard of messages. A click is an open too, and an open an arrival; each counts once, in whatever order it comes.</summary>
internal sealed class TrackingIntake(
    ITrackingStore store, IDeliveryLog log, Deliveries deliveries, PreferenceVerbs preferences, Database database, Snowflake ids, RecentLinks links)
{
    /// <summary>A picture was loaded or a link followed.</summary>
    /// <param name="token">Of an open or a click.</param>
    public async Task HitAsync(TrackingToken token, string method, string? agent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var kind = token.Use == TokenUse.Click ? TrackedKind.Clicked : TrackedKind.Opened;
        var others = kind == TrackedKind.Clicked ? links.Follow(token.Delivery, token.Text, now) : 0;
        var delivery = await log.FindAsync(token.Delivery, cancellationToken);
        var machine = MachineRules.Judge(new(kind, method, agent, now - (delivery?.FinishedAt ?? delivery?.StartedAt), others));
        await WriteAsync(token, kind, machine, cancellationToken);
    }

    /// <summary>A device says so itself.</summary>
    public Task ReportAsync(TrackingToken token, TrackedKind kind, CancellationToken cancellationToken) => WriteAsync(token, kind, null, cancellationToken);

    /// <summary>The same by the person who is signed in: for each of their deliveries on devices of this notification. Codes: not_found.</summary>
    public async Task<Result<Done>> ReportAsync(NotificationId notification, UserId user, TrackedKind kind, CancellationToken cancellationToken)
    {
        var mine = await log.OfAsync(notification, user, default, 50, cancellationToken);
        if (mine.Count == 0)
        {
            return ApiErrors.NotFound;
        }

        // Which device it was is not known; the inbox stands for them where there was no push.
        var told = mine.FirstOrDefault(delivery => delivery.Channel == DeliveryChannel.Push) ?? mine[0];
        await WriteAsync(new(TokenUse.Report, told.Id, notification, user, ""), kind, null, cancellationToken);
        return Done.Value;
    }

    /// <summary>False when it was nothing that can be ended.</summary>
    public async Task<bool> UnsubscribeAsync(TrackingToken token, CancellationToken cancellationToken)
    {
        var delivery = await log.FindAsync(token.Delivery, cancellationToken);
        DirectAddress? address = token.User.Value == 0 && delivery?.Address is { } value ? new(delivery.Channel, value) : null;
        return await database.WriteAsync(
            tx =>
            {
                var ended = preferences.Unsubscribe(tx, token.User.Value == 0 ? null : token.User, address, token.Text, DeliveryChannel.Email);
                if (ended)
                {
                    store.Append(tx, [Event(token, TrackedKind.Unsubscribed, null, tx.Now)]);
                }

                return ended;
            },
            cancellationToken: cancellationToken);
    }

    /// <summary>What a person did because of a message, told by the server where they did it; once for each name. False when it was told before.</summary>
    public Task<bool> ConvertAsync(NotificationId notification, UserId user, string name, CancellationToken cancellationToken) => database.WriteAsync(
        tx => store.Append(tx, [new(ids.Next(), TrackedKind.Converted, notification, default, user, false, name, tx.Now)]) == 1, cancellationToken: cancellationToken);

    private Task<bool> WriteAsync(TrackingToken token, TrackedKind kind, string? machine, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            List<TrackedEvent> events = [Event(token, kind, machine, tx.Now)];
            if (kind == TrackedKind.Clicked)
            {
                events.Add(Event(token, TrackedKind.Opened, machine, tx.Now));
            }

            var isNew = store.Append(tx, events) > 0;
            if (isNew && machine is null && kind is TrackedKind.Opened or TrackedKind.Clicked or TrackedKind.Delivered)
            {
                deliveries.Receipt(tx, token.Delivery, new(kind == TrackedKind.Delivered ? ReceiptKind.Delivered : ReceiptKind.Opened, tx.Now) { Code = kind.Name() });
            }

            return isNew;
        },
        cancellationToken: cancellationToken);

    private TrackedEvent Event(TrackingToken token, TrackedKind kind, string? machine, DateTimeOffset now) =>
        new(ids.Next(), kind, token.Notification, token.Delivery, token.User, machine is not null, machine ?? "", now);
}
