using Madang.Api;
using Madang.Storage;
using Madang.Storage.Searching;

namespace Madang.Crawler.Searching;

/// <summary>Searches what the crawls of the catalogue have found.</summary>
internal sealed class PageSearches(ICrawlStore crawls, IPageSearchStores stores, CrawlFolders folders)
{
    /// <summary>Without a crawl the newest so many are searched.</summary>
    public const int MaxCrawls = 20;

    public async Task<Result<Page<PageHit>>> FindAsync(CrawlId? crawl, SearchQuery query, SearchFilter filter, SearchPlace? after, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<Crawl> among = crawl is not { } id ? await crawls.ListAsync(null, null, MaxCrawls, cancellationToken)
            : await crawls.FindAsync(id, cancellationToken) is { } one ? [one] : [];
        if (crawl is not null && among.Count == 0)
        {
            return ApiErrors.NotFound;
        }

        var open = new List<(CrawlId Crawl, IPageSearchStore Store)>();
        try
        {
            foreach (var searched in among.Where(one => one.Settings.Search))
            {
                await OpenAsync(searched.Id, open, cancellationToken);
            }

            return await PageSearch.FindAsync(open, query, filter, after, limit, cancellationToken);
        }
        finally
        {
            foreach (var (_, store) in open)
            {
                await store.DisposeAsync();
            }
        }
    }

    private async Task OpenAsync(CrawlId crawl, List<(CrawlId Crawl, IPageSearchStore Store)> open, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folders.Of(crawl));
            open.Add((crawl, await stores.OpenSearchAsync(crawl, folders.Of(crawl), cancellationToken)));
        }
        catch (FolderTakenException)
        {
            // Another program has this crawl's file open: the others can be searched.
        }
    }
}
