using Madang.Api;
using Madang.Crawler.Frontier;

namespace Madang.Crawler;

/// <summary>Opens what a crawl of the catalogue has found, for one reading.</summary>
internal sealed class Findings(ICrawlStore crawls, IFrontierStores stores, CrawlFolders folders)
{
    /// <summary>Reads the books of a crawl, whether it runs or not; <c>not_found</c> when there is no such crawl.</summary>
    public async Task<Result<T>> ReadAsync<T>(string id, Func<Crawl, IPageStore, Task<Result<T>>> read, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<CrawlId>(id, out var crawlId) || await crawls.FindAsync(crawlId, cancellationToken) is not { } crawl)
        {
            return ApiErrors.NotFound;
        }

        await using var pages = await stores.OpenPagesAsync(crawl.Id, folders.Of(crawl.Id), cancellationToken);
        return await read(crawl, pages);
    }
}
