using Madang.Api;
using Madang.Crawler;
using Madang.Crawler.Sinks;
using Madang.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Sources;

/// <summary>Feeds and pages of the web as authors.</summary>
internal static class SourcesModule
{
    public static IServiceCollection AddSources(this IServiceCollection services)
    {
        services.AddSingleton<SourceLook>();
        services.AddSingleton<Sources>();
        services.AddSingleton<SourceImports>();
        services.AddSingleton(provider => new Lazy<Crawls>(provider.GetRequiredService<Crawls>));
        services.AddSingleton<IPageSink, SourceSink>();
        services.AddSingleton<IJobWorker, SourceCrawls>();
        return services;
    }

    public static IEndpointRouteBuilder MapSources(this IEndpointRouteBuilder routes)
    {
        routes.Late(late => SourceEndpoints.Map(late.MapGroup("/v1/sources").RequireAuthorization(Policies.Person).WithTags("feeds")), "/v1/sources");
        return routes;
    }
}
