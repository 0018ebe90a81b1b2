using Madang.Storage;

namespace Madang.Crawler;

/// <summary>The catalogue of crawls, in the main database.</summary>
internal interface ICrawlStore
{
    void Create(WriteTx tx, Crawl crawl);

    Task<Crawl?> FindAsync(CrawlId id, CancellationToken cancellationToken);

    /// <summary>Newest first, of one state or of all, with ids below <paramref name="before"/>.</summary>
    Task<IReadOnlyList<Crawl>> ListAsync(CrawlState? state, CrawlId? before, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Changes the state if it is one of <paramref name="expected"/>; otherwise nothing is written and the answer is false. An end takes this moment as its
    /// time, anything else takes the time away; running takes the failure away.
    /// </summary>
    /// <param name="counts">Null leaves those of the last change.</param>
    bool SetState(WriteTx tx, CrawlId id, CrawlState state, IReadOnlyCollection<CrawlState> expected, string? failure, IReadOnlyDictionary<string, long>? counts);

    /// <summary>Other seeds in its settings; nothing where there is no such crawl.</summary>
    void SetSeeds(WriteTx tx, CrawlId id, IReadOnlyList<string> seeds);

    /// <summary>
    /// Takes it out of the catalogue; false when it was not there. On SQLite its folder is deleted before; on PostgreSQL its rows are pruned afterwards, a few at a time.
    /// </summary>
    bool Delete(WriteTx tx, CrawlId id);
}
