using Madang.Jobs;
using Madang.Storage;

namespace Madang.Chat;

/// <summary>Lets go of client ids after seven days or a little more; from then on a reused one makes a new message.</summary>
internal sealed class ClientKeyRetention(IRoomStore rooms) : IRetention
{
    public string Name => "message_key";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => rooms.PruneKeys(tx, KeyBucket.OldestKept(now), limit);
}
