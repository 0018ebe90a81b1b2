using Madang.Api;
using Madang.Crawler.Exports;
using Madang.Crawler.Frontier;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Crawler.Endpoints;

internal static class ExportEndpoints
{
    // A stream of any length: it ends with its last line, or with the client.
    public static void Map(RouteGroupBuilder crawls) =>
        crawls.MapGet("{id}/export", ExportAsync).WithName("export_crawl").WithSummary("Everything that a crawl has found as one stream: format=jsonl (default), csv, links (source TAB target) or nodes").DisableRequestTimeout();

    private static async Task<Results<PushStreamHttpResult, Refusal>> ExportAsync(
        string id, ICrawlStore crawls, IFrontierStores stores, CrawlFolders folders, [FromQuery] string? format, CancellationToken cancellationToken)
    {
        (ExportFormat Format, string Type)? wanted = format switch
        {
            null or "" or "jsonl" => (ExportFormat.Jsonl, "application/jsonl"),
            "csv" => (ExportFormat.Csv, "text/csv; charset=utf-8; header=present"),
            "links" => (ExportFormat.Links, "text/tab-separated-values; charset=utf-8"),
            "nodes" => (ExportFormat.Nodes, "text/tab-separated-values; charset=utf-8"),
            _ => null,
        };
        if (wanted is not { } chosen)
        {
            return new Refusal(ApiErrors.Invalid("format", "unknown_value", "format is jsonl, csv, links or nodes."));
        }

        if (!Id.TryParse<CrawlId>(id, out var crawl) || await crawls.FindAsync(crawl, cancellationToken) is null)
        {
            return new Refusal(ApiErrors.NotFound);
        }

        var pages = await stores.OpenPagesAsync(crawl, folders.Of(crawl), cancellationToken);
        var ending = chosen.Format is ExportFormat.Jsonl or ExportFormat.Csv ? chosen.Format.ToString().ToLowerInvariant() : "tsv";
        return TypedResults.Stream(
            async output =>
            {
                await using (pages)
                {
                    await CrawlExport.WriteAsync(pages, chosen.Format, output, cancellationToken);
                }
            },
            chosen.Type,
            $"crawl-{crawl}.{ending}");
    }
}
