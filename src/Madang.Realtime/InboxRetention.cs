using Madang.Api;
using Madang.Jobs;
using Madang.Storage;
using Microsoft.Extensions.Options;

namespace Madang.Realtime;

/// <summary>
/// Lets go of old entries: a cursor older than what is kept gets a reset. Old ones are found by the head's time of its oldest entry; for those that are
/// too many it walks over the heads a step at a time and remembers where it was, since an index on the count would change with every entry.
/// </summary>
internal sealed class InboxRetention(IInboxStore store, IOptions<RealtimeOptions> options) : IRetention
{
    private UserId _from;

    public string Name => "inbox";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var before = now - TimeSpan.FromDays(options.Value.RetentionDays);
        var step = store.Prune(tx, _from, before, options.Value.RetentionEntries, limit);
        // Memory of where to go on may run ahead of a transaction that is rolled back: the walk comes round again.
        _from = step.Next;
        return step.Deleted;
    }
}
