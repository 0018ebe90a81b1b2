namespace Madang.Crawler.Frontier;

/// <summary>Opens the books of a crawl: a file of its own on SQLite, rows of the one database on PostgreSQL.</summary>
internal interface IFrontierStores
{
    /// <param name="folder">The crawl's folder: <c>crawl.db</c> stands in it on SQLite.</param>
    /// <param name="node">Who leases: unique among the living processes, the same again only after a clean end.</param>
    /// <exception cref="Madang.Storage.FolderTakenException">SQLite: another process works on this crawl, or this one does already.</exception>
    Task<IFrontierStore> OpenAsync(CrawlId crawl, string folder, string node, CancellationToken cancellationToken);

    /// <summary>The same books for reading and for sinks, beside a running crawl of this process or while nobody works on it.</summary>
    /// <exception cref="Madang.Storage.FolderTakenException">SQLite: another process works on this crawl.</exception>
    Task<IPageStore> OpenPagesAsync(CrawlId crawl, string folder, CancellationToken cancellationToken);

    /// <summary>
    /// Throws the books of a crawl away, at most <paramref name="limit"/> rows of them a call; true when nothing is left. On SQLite the file goes at once.
    /// Nobody works on the crawl any more.
    /// </summary>
    Task<bool> DeleteAsync(CrawlId crawl, string folder, int limit, CancellationToken cancellationToken);

    /// <summary>The SipHash key that the crawl's URLs are named by, 16 bytes; null before its first start.</summary>
    Task<byte[]?> KeyAsync(CrawlId crawl, string folder, CancellationToken cancellationToken);
}
