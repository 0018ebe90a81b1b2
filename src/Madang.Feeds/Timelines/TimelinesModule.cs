using Madang.Api;
using Madang.Feeds.Explaining;
using Madang.Feeds.Timelines.Endpoints;
using Madang.Feeds.Timelines.Keeping;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Timelines;

/// <summary>Feeds of who follows whom: rings, fan-out, pages, marks, and why something is in a feed.</summary>
internal static class TimelinesModule
{
    public static IServiceCollection AddTimelines(this IServiceCollection services, string folder)
    {
        services.AddSingleton<TimelineMetrics>();
        services.AddSingleton<AuthorLogs>();
        services.AddSingleton<WarmTimelines>();
        services.AddSingleton<Candidates>();
        services.AddSingleton<FeedReader>();
        services.AddSingleton<FeedPages>();
        services.AddSingleton<FeedMarks>();
        services.AddSingleton<NewPosts>();
        services.AddHostedService(provider => provider.GetRequiredService<NewPosts>());
        // Begins before the fan-out and so ends after it, when the rings stand still.
        services.AddSingleton(new KeepFolder(folder));
        services.AddSingleton<Keeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Keeper>());
        services.AddSingleton<FanOut>();
        services.AddHostedService(provider => provider.GetRequiredService<FanOut>());
        services.AddSingleton<Auditor>();
        services.AddHostedService(provider => provider.GetRequiredService<Auditor>());
        services.AddSingleton<Explain>();
        return services;
    }

    public static void MapTimelines(this IEndpointRouteBuilder routes) => routes.Late(FeedEndpoints.Map, "/v1/feed", "/v1/lists", "/v1/tags");
}
