using Madang.Crawler;
using Madang.Crawler.Frontier;

namespace Madang.Postgres.Crawler;

/// <summary>The books of all crawls in the one database. The folder matters to the archive alone.</summary>
internal sealed class PostgresFrontierStores(PostgresDatabase database) : IFrontierStores
{
    public Task<IFrontierStore> OpenAsync(CrawlId crawl, string folder, string node, CancellationToken cancellationToken) =>
        Task.FromResult<IFrontierStore>(new PostgresFrontierStore(database, crawl.Value, node));

    public Task<IPageStore> OpenPagesAsync(CrawlId crawl, string folder, CancellationToken cancellationToken) =>
        Task.FromResult<IPageStore>(new PostgresPageStore(database, crawl.Value));

    public async Task<byte[]?> KeyAsync(CrawlId crawl, string folder, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand("SELECT key FROM crawl_book WHERE crawl_id = $1");
        _ = select.Parameters.AddWithValue(crawl.Value);
        return (byte[]?)await select.ExecuteScalarAsync(cancellationToken);
    }

    public Task<bool> DeleteAsync(CrawlId crawl, string folder, int limit, CancellationToken cancellationToken) =>
        database.WriteCrawlAsync(tx => CrawlPruning.Prune(tx, crawl.Value, limit) < limit, cancellationToken);
}
