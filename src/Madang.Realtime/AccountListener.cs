using Madang.Accounts;
using Madang.Api;
using Madang.Realtime.Delivery;
using Madang.Storage;

namespace Madang.Realtime;

/// <summary>What Accounts tells: relations become entries, ended credentials close their connections.</summary>
internal sealed class AccountListener(Inbox inbox, Lazy<CredentialWatch> watch) : IAccountEvents
{
    public void RelationsChanged(WriteTx tx, IReadOnlyList<(UserId Viewer, UserId Other)> changed) =>
        inbox.Append(tx, [.. changed.Select(pair => new NewEntry(new EntryRef(EntryType.RelationUpdated, pair.Other.Value, 0), [pair.Viewer]))]);

    public void CredentialsEnded(IReadOnlyCollection<long> credentials)
    {
        // Asked for here and not on the pool, where the container may be gone by the time it runs.
        var ending = watch.Value;
        // Called on the writer's thread, which must not walk over all connections.
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Watch.End(state.Ended), (Watch: ending, Ended: credentials), preferLocal: false);
    }
}
