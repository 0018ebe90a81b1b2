using Madang.Api;
using Madang.Storage;

namespace Madang.Realtime;

/// <summary>Inboxes: dense positions per user, read by position.</summary>
internal interface IInboxStore
{
    /// <summary>Writes the entries and advances the heads; answers the positions, <c>[entry][recipient]</c>.</summary>
    IReadOnlyList<IReadOnlyList<long>> Append(WriteTx tx, IReadOnlyList<NewEntry> entries);

    /// <summary>Entries with <c>pos &gt; after</c>, ascending, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<InboxEntry>> ReadAsync(UserId user, long after, int limit, CancellationToken cancellationToken);

    /// <summary>The newest and the oldest kept position; (0, 1) for an inbox never written to.</summary>
    Task<(long Head, long Oldest)> BoundsAsync(UserId user, CancellationToken cancellationToken);
}
