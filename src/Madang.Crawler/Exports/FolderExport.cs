using Madang.Crawler.Frontier;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Crawler.Exports;

/// <summary>Exports the crawl of a folder, which no process works on: what <c>madang crawl export</c> runs.</summary>
public static class FolderExport
{
    /// <summary>The crawl's pages to a stream.</summary>
    /// <exception cref="Madang.Storage.FolderTakenException">A process works on it.</exception>
    public static async Task WriteAsync(IServiceProvider services, string folder, ExportFormat format, Stream output, CancellationToken cancellationToken)
    {
        await using var pages = await services.GetRequiredService<IFrontierStores>().OpenPagesAsync(new CrawlId(1), folder, cancellationToken);
        await CrawlExport.WriteAsync(pages, format, output, cancellationToken);
    }
}
