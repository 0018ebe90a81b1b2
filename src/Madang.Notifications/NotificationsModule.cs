using Madang.Notifications.Accepting;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering;
using Madang.Notifications.Endpoints;
using Madang.Notifications.Preferences;
using Madang.Notifications.Templates;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Notifications;

/// <summary>From an accepted event to a person's devices: the log, the plan, the deliveries, what came of them.</summary>
public static class NotificationsModule
{
    /// <param name="folder">The data folder, for the key that browsers subscribe with.</param>
    public static IHostApplicationBuilder AddNotifications(this IHostApplicationBuilder builder, string folder)
    {
        var services = builder.Services;
        services.AddOptions<NotificationsOptions>().BindConfiguration(NotificationsOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<NotificationsOptions>, NotificationsOptionsValidator>();
        PushChannels.Add(builder, folder);
        services.AddDelivering();
        services.AddPreferences();
        services.AddAccepting();
        builder.AddTemplates();
        return builder;
    }

    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder routes)
    {
        routes.MapAccepting();
        PushKeyEndpoint.Map(routes);
        routes.MapPreferences();
        return routes;
    }
}
