namespace Madang.Realtime.Reading;

/// <summary>The epoch of this database's inboxes, read once.</summary>
internal sealed class InboxEpoch(IInboxStore store)
{
    private long? _epoch;

    public async ValueTask<long> GetAsync(CancellationToken cancellationToken) => _epoch ??= await store.EpochAsync(cancellationToken);
}
