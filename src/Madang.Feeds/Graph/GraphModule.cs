using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Graph.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Graph;

/// <summary>Who stands how to whom: epochs, graphs, lists and followed tags.</summary>
internal static class GraphModule
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddSingleton<Epochs>();
        services.AddSingleton<IAccountEvents>(provider => provider.GetRequiredService<Epochs>());
        services.AddSingleton<Graphs>();
        services.AddSingleton<PeopleLists>();
        services.AddSingleton<TagFollows>();
        return services;
    }

    public static IEndpointRouteBuilder MapGraph(this IEndpointRouteBuilder routes)
    {
        routes.Late(ListEndpoints.Map, "/v1/lists");
        routes.Late(TagEndpoints.Map, "/v1/tags", "/v1/me/tags");
        return routes;
    }
}
