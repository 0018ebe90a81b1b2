using Madang.Jobs;
using Madang.Notifications.Audiences;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications;

/// <summary>
/// Lets go of what was accepted longer ago than the log is kept, with its decisions and what it left in inboxes; of event ids after seven days or a little
/// more; and of the people of topics that are gone.
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
