using Madang.Api;
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
        routes.Late(ReportEndpoints.Map, "/v1/reports", "/v1/admin/reports");
        routes.Late(ModerationEndpoints.Map, "/v1/admin/posts", "/v1/admin/users", "/v1/admin/moderation");
        return routes;
    }
}
