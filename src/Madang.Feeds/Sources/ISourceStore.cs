using Madang.Crawler;
using Madang.Storage;

namespace Madang.Feeds.Sources;

/// <summary>The sources.</summary>
internal interface ISourceStore
{
    /// <summary>Those who add sources take turns from here to the end of their transactions.</summary>
    Source? Find(WriteTx tx, string url);

    void Insert(WriteTx tx, Source source);

    /// <summary>The source and what is remembered of it.</summary>
    void Delete(WriteTx tx, SourceId id);

    int Count(WriteTx tx);

    /// <summary>The crawl that sources of this kind share; null while there are none.</summary>
    CrawlId? CrawlOf(WriteTx tx, SourceKind kind);

    /// <summary>Where the sources of a crawl are now, each place once.</summary>
    IReadOnlyList<string> Places(WriteTx tx, CrawlId crawl);

    /// <summary>Another crawl takes over; how many sources there are.</summary>
    int Adopt(WriteTx tx, CrawlId from, CrawlId to);

    /// <summary>What was at one place is at another from now on; how many sources.</summary>
    int Move(WriteTx tx, CrawlId crawl, string from, string to);

    Task<Source?> FindAsync(SourceId id, CancellationToken cancellationToken);

    /// <summary>All of a crawl.</summary>
    Task<IReadOnlyList<Source>> OfCrawlAsync(CrawlId crawl, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Source>> ListAsync(SourceId? before, int limit, CancellationToken cancellationToken);
}
