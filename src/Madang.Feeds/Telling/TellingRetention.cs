using Madang.Jobs;
using Madang.Storage;

namespace Madang.Feeds.Telling;

/// <summary>Forgets who did what once nobody has done more of it for a while; what is told after that counts anew.</summary>
internal sealed class TellingRetention(ITellingStore store) : IRetention
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public string Name => "telling";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => store.Prune(tx, now - Kept, limit);
}
