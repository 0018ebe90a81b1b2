using Madang.Jobs;
using Madang.Notifications.Audiences;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications;

/// <summary>
/// Lets go of what was accepted longer ago than the log is kept and is finished, with its decisions and what it left in inboxes; of event ids after seven days or
/// a little more; and of the people of topics that are gone.
/// </summary>
internal sealed class NotificationRetention(INotificationStore store, IAudiencePeople people, IOptions<NotificationsOptions> options) : IRetention
{
    public string Name => "notifications";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var pruned = store.Prune(tx, now - TimeSpan.FromDays(options.Value.LogDays), limit);
        return pruned < limit ? pruned + people.Prune(tx, limit - pruned) : pruned;
    }
}

/// <summary>Lets go of the deliveries that ended, with their attempts, as long after they were planned.</summary>
internal sealed class DeliveryLogRetention(IDeliveryLog log, IOptions<NotificationsOptions> options) : IRetention
{
    public string Name => "deliveries";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) =>
        log.Prune(tx, new DeliveryId(Snowflake.FirstAt(now - TimeSpan.FromDays(options.Value.LogDays))), limit);
}
