using Madang.Jobs;
using Madang.Storage;

namespace Madang.Crawler.Previews;

/// <summary>Lets go of previews that have expired.</summary>
internal sealed class PreviewRetention(IPreviewStore store) : IRetention
{
    public string Name => "preview";

    public int Prune(WriteTx tx, DateTimeOffset now, int limit) => store.Prune(tx, now, limit);
}
