using Madang.Api;
using Madang.Crawler.Endpoints;
using Madang.Crawler.Frontier;
using Madang.Crawler.Running;
using Madang.Crawler.Searching;
using Madang.Crawler.Sinks;
using Madang.Outbound;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Crawler;

/// <summary>Crawls of the server, page search and link previews.</summary>
public static class CrawlerModule
{
    /// <param name="folder">Where crawls keep their archives, and on SQLite their books.</param>
    public static IHostApplicationBuilder AddCrawler(this IHostApplicationBuilder builder, string folder)
    {
        var services = builder.Services;
        services.AddOptions<CrawlerOptions>().BindConfiguration(CrawlerOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CrawlerOptions>, CrawlerOptionsValidator>();
        services.AddSingleton(new CrawlFolders(folder));

        // By hand where a verb takes an internal port: the container sees public constructors only.
        services.AddSingleton(s => new CrawlTools(
            s.GetRequiredService<IFrontierStores>(), s.GetRequiredService<IPageSearchStores>(), s.GetRequiredService<CrawlFolders>(), s.GetRequiredService<OutboundClient>(),
            [.. s.GetServices<IPageSink>()], CrawlPolicies.Of(s), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(s => new CrawlRuns(
            s.GetRequiredService<ICrawlStore>(), s.GetRequiredService<Database>(), s.GetRequiredService<CrawlTools>(), s.GetRequiredService<WebhookEvents>(),
            s.GetRequiredService<IOptions<CrawlerOptions>>(), s.GetRequiredService<ILogger<CrawlRuns>>()));
        services.AddSingleton<IPageSink>(s => new WebhookSink(s.GetRequiredService<WebhookEvents>(), s.GetRequiredService<Database>()));
        services.AddHostedService(s => s.GetRequiredService<CrawlRuns>());
        services.AddSingleton(s => new Crawls(
            s.GetRequiredService<ICrawlStore>(), s.GetRequiredService<IFrontierStores>(), s.GetRequiredService<CrawlFolders>(), s.GetRequiredService<CrawlRuns>(),
            s.GetRequiredService<Database>(), s.GetRequiredService<Snowflake>(), s.GetRequiredService<IOptions<CrawlerOptions>>()));
        services.AddSingleton(s => new Findings(s.GetRequiredService<ICrawlStore>(), s.GetRequiredService<IFrontierStores>(), s.GetRequiredService<CrawlFolders>()));
        services.AddSingleton<CrawlStreams>();
        services.AddSingleton(s => new PageSearches(s.GetRequiredService<ICrawlStore>(), s.GetRequiredService<IPageSearchStores>(), s.GetRequiredService<CrawlFolders>()));
        return builder;
    }

    public static IEndpointRouteBuilder MapCrawler(this IEndpointRouteBuilder routes)
    {
        routes.Late(
            late =>
            {
                var crawls = late.MapGroup("/v1/crawls").RequireAuthorization(Policies.Admin).WithTags("Crawler");
                CrawlEndpoints.Map(crawls);
                FindingEndpoints.Map(crawls);
                ExportEndpoints.Map(crawls);
            },
            "/v1/crawls");
        routes.Late(PageSearchEndpoints.Map, "/v1/search/pages");
        return routes;
    }
}
