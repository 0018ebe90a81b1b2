using Madang.Api;

namespace Madang.Realtime.Reading;

/// <summary>Reads a page of one inbox as its owner may see it now. All four ways go through here whenever they are not told live.</summary>
internal sealed class InboxReader(IInboxStore store, EntrySources sources, RealtimeMetrics metrics)
{
    /// <param name="after">The last position seen; null to learn where the inbox stands.</param>
    /// <param name="maxBytes">The page ends before it grows beyond this, but holds one entry at least.</param>
    public async Task<ReadPage> ReadAsync(UserId user, long? after, int limit, int maxBytes, CancellationToken cancellationToken)
    {
        var page = await store.ReadAsync(user, after, limit, cancellationToken);
        metrics.BacklogRead();
        if (after is not { } seen || seen > page.Head || seen < page.Oldest - 1)
        {
            return new ReadPage(true, page.Head, false, []);
        }

        if (page.Entries.Count == 0)
        {
            return new ReadPage(false, seen, false, []);
        }

        var tails = await sources.HydrateAsync(user, page.Entries, cancellationToken);
        var items = new List<ReadEntry>(tails.Length);
        var last = seen;
        for (var i = 0; i < tails.Length && (maxBytes >= tails[i].Length || items.Count == 0); i++)
        {
            last = page.Entries[i].Pos;
            maxBytes -= tails[i].Length;
            if (!tails[i].IsEmpty)
            {
                items.Add(new ReadEntry(last, tails[i]));
            }
        }

        return new ReadPage(false, last, last < page.Head, items);
    }
}

/// <param name="IsReset">The position asked for is not one to go on from: start anew at <paramref name="Through"/>, the head.</param>
/// <param name="Through">The position up to which the reader knows everything after this page.</param>
/// <param name="IsLimited">More wait.</param>
internal readonly record struct ReadPage(bool IsReset, long Through, bool IsLimited, IReadOnlyList<ReadEntry> Entries);

/// <param name="Tail">See <see cref="EntryJson"/>.</param>
internal readonly record struct ReadEntry(long Pos, ReadOnlyMemory<byte> Tail);
