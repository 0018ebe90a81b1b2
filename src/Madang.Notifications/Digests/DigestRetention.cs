using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Digests;

/// <summary>Lets go of digests that ended, as long after as the log is kept.</summary>
internal sealed class DigestRetention(IDigestStore store, IOptions<NotificationsOptions> options) : IRetention
{
    public string Name => "digests";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => store.Prune(tx, now - TimeSpan.FromDays(options.Value.LogDays), limit);
}
