using Madang.Storage;

namespace Madang.Feeds.Sources;

/// <summary>Which items of a source have been dealt with.</summary>
internal interface ISourceItemStore
{
    /// <summary>Those of <paramref name="items"/> that are remembered.</summary>
    Task<IReadOnlySet<long>> KnownAsync(SourceId id, IReadOnlyCollection<long> items, CancellationToken cancellationToken);

    /// <summary>Remembers them, at most those of one page, and primes the source. Nothing where it is gone.</summary>
    /// <param name="lastItemAt">When the last of its posts was made; null leaves it.</param>
    void Remember(WriteTx tx, SourceId id, IReadOnlyList<long> items, DateTimeOffset? lastItemAt);
}
