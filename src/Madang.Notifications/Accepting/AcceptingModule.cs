using Madang.Api;
using Madang.Jobs;
using Madang.Notifications.Audiences;
using Madang.Notifications.Delivering;
using Madang.Notifications.Endpoints;
using Madang.Notifications.Explaining;
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
        services.AddSingleton<AcceptanceCheck>();
        services.AddSingleton<Intake>();
        services.AddSingleton<Cancellation>();
        services.AddSingleton<Explanations>();
        services.AddSingleton(provider => new Notifier(
            provider.GetRequiredService<Intake>(), provider.GetRequiredService<PlanTurn>(), provider.GetRequiredService<Deliveries>(),
            provider.GetRequiredService<IInboxNotificationStore>(), provider.GetRequiredService<Inbox>()));
        services.AddSingleton<AudienceReader>();
        services.AddSingleton<AudienceVerbs>();
        services.AddSingleton<AudienceReach>();
        services.AddSingleton<NotificationRetention>();
        services.AddSingleton<IRetention>(provider => provider.GetRequiredService<NotificationRetention>());
        services.AddSingleton<PersonPlanner>();
        services.AddSingleton<PlanWriter>();
        services.AddSingleton<PlanTurn>();
        services.AddSingleton<Planner>();
        services.AddHostedService(provider => provider.GetRequiredService<Planner>());
        services.AddSingleton<IUnackedDoor, UnackedDoor>();
        services.AddSingleton<IReadCheck, ItemRead>();
        services.AddSingleton<ItemWords>();
        services.AddSingleton<ItemVerbs>();
        services.AddSingleton<IEntrySource, ItemEntries>();
        return services;
    }

    public static void MapAccepting(this IEndpointRouteBuilder routes)
    {
        routes.Late(NotificationEndpoints.Map, "/v1/notifications");
        routes.Late(ItemEndpoints.Map, "/v1/me/notifications");
        routes.Late(AudienceEndpoints.Map, "/v1/admin/audiences", "/v1/notifications/reach", "/v1/me/topics");
    }
}
