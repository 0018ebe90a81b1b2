using Madang.Api;
using Madang.Feeds.Graph;
using Madang.Feeds.Moderation;
using Madang.Feeds.Moving;
using Madang.Feeds.Outward;
using Madang.Feeds.Posts;
using Madang.Feeds.Ranking;
using Madang.Feeds.Searching;
using Madang.Feeds.Sources;
using Madang.Feeds.Telling;
using Madang.Feeds.Timelines;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Feeds;

/// <summary>Posts, timelines, fan-out, ranking and sources.</summary>
public static class FeedsModule
{
    /// <param name="folder">The node's own: for timelines that outlive a restart.</param>
    public static IHostApplicationBuilder AddFeeds(this IHostApplicationBuilder builder, string folder)
    {
        var services = builder.Services;
        services.AddOptions<FeedsOptions>().BindConfiguration(FeedsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FeedsOptions>, FeedsOptionsValidator>();
        services.AddGraph();
        services.AddPosts();
        services.AddMoving(builder.Configuration);
        services.AddModeration();
        services.AddTimelines(folder);
        services.AddRanking();
        services.AddSearching();
        services.AddTelling(builder.Configuration);
        services.AddSources();
        services.AddSingleton<OutwardPages>();
        services.AddSingleton<FeedTokens>();
        return builder;
    }

    public static IEndpointRouteBuilder MapFeeds(this IEndpointRouteBuilder routes)
    {
        routes.MapPosts();
        routes.MapGraph();
        routes.MapMoving();
        routes.MapModeration();
        routes.MapTimelines();
        routes.MapSearching();
        routes.MapTelling();
        routes.MapSources();
        routes.Late(OutwardEndpoints.Map, "/v1/users", "/v1/f", "/v1/me/feed-token", "/v1/sources.opml");
        return routes;
    }
}
