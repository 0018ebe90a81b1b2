using Madang.Crawler;
using Madang.Crawler.Searching;

namespace Madang.Postgres.Crawler;

internal sealed class PostgresPageSearchStores(PostgresDatabase database) : IPageSearchStores
{
    public Task<IPageSearchStore> OpenSearchAsync(CrawlId crawl, string folder, CancellationToken cancellationToken) =>
        Task.FromResult<IPageSearchStore>(new PostgresPageSearchStore(database, crawl.Value));
}
