using Madang.Storage;

namespace Madang.Crawler.Previews;

/// <summary>A preview, or why there is none, as long as it holds.</summary>
/// <param name="Key">The first 128 bits of the SHA-256 of the normalised URL.</param>
/// <param name="Content">The preview; null with a failure.</param>
/// <param name="Failure">The code of the refusal; null with a content.</param>
internal sealed record StoredPreview(UInt128 Key, Preview? Content, string? Failure, DateTimeOffset ExpiresAt);

/// <summary>Previews that were fetched.</summary>
internal interface IPreviewStore
{
    /// <summary>What is kept, expired or not; null when nothing is.</summary>
    Task<StoredPreview?> FindAsync(UInt128 key, CancellationToken cancellationToken);

    /// <summary>Replaces what was kept for the URL.</summary>
    void Put(WriteTx tx, StoredPreview preview);

    /// <summary>Deletes at most <paramref name="limit"/> that expired by <paramref name="now"/>; how many.</summary>
    int Prune(WriteTx tx, DateTimeOffset now, int limit);
}
