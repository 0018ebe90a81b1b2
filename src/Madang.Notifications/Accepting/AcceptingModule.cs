using Madang.Notifications.Endpoints;
using Madang.Notifications.Inboxes;
using Madang.Notifications.Planning;
using Madang.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Notifications.Accepting;

/// <summary>From the request to the plan, and the in-app inbox.</summary>
internal static class AcceptingModule
{
    public static IServiceCollection AddAccepting(this IServiceCollection services)
    {
        services.AddSingleton<Intake>();
        services.AddSingleton<PlanTurn>();
        services.AddSingleton<Planner>();
        services.AddHostedService(provider => provider.GetRequiredService<Planner>());
        services.AddSingleton<ItemWords>();
        services.AddSingleton<ItemVerbs>();
        services.AddSingleton<IEntrySource, ItemEntries>();
        return services;
    }

    public static void MapAccepting(this IEndpointRouteBuilder routes)
    {
        NotificationEndpoints.Map(routes);
        ItemEndpoints.Map(routes);
    }
}
