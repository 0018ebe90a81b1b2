using Madang.Feeds.Moderation.Endpoints;
using Madang.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Moderation;

/// <summary>Reports and what moderators do about them.</summary>
internal static class ModerationModule
{
    public static IServiceCollection AddModeration(this IServiceCollection services)
    {
        services.AddSingleton<ModerationRules>();
        services.AddSingleton<Moderating>();
        services.AddSingleton<IRetention, ReportRetention>();
        return services;
    }

    public static IEndpointRouteBuilder MapModeration(this IEndpointRouteBuilder routes)
    {
        ReportEndpoints.Map(routes);
        ModerationEndpoints.Map(routes);
        return routes;
    }
}
