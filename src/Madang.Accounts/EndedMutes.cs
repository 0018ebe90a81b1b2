using Madang.Jobs;
using Madang.Storage;

namespace Madang.Accounts;

/// <summary>Takes away mutes that have ended, and tells of it. They count for nothing from their end on, whenever this runs.</summary>
internal sealed class EndedMutes(IRelationStore store, Relations relations) : IRetention
{
    public string Name => "mutes";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit)
    {
        var ended = store.TakeEnded(tx, now, limit);
        relations.Tell(tx, ended);
        return ended.Count;
    }
}
