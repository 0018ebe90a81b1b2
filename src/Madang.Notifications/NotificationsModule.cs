using Madang.Api;
using Madang.Notifications.Accepting;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Sms;
using Madang.Notifications.Delivering;
using Madang.Notifications.Delivering.Lanes;
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
        MessageChannels.Add(builder, folder);
        services.AddDelivering();
        services.AddPreferences();
        services.AddAccepting();
        builder.AddTemplates();
        return builder;
    }

    /// <summary>The self-test of every configured provider, built from its settings; nothing is sent to anybody and no database is touched.</summary>
    /// <exception cref="OptionsValidationException">The providers' settings do not hold.</exception>
    /// <summary>In the data folder; made by who lacks them.</summary>
    public static IReadOnlyList<string> KeyFiles { get; } = [ReturnSeal.KeyFile, Channels.WebPush.WebPushKind.KeyFile];

    public static async Task<IReadOnlyList<ProviderCheck>> CheckProvidersAsync(IServiceProvider services, CancellationToken cancellationToken) =>
        await ProviderSelfTest.CheckAsync(services.GetRequiredService<ProviderRoutes>(), services.GetRequiredService<TimeProvider>(), cancellationToken);

    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder routes)
    {
        routes.MapAccepting();
        routes.Late(PushKeyEndpoint.Map, "/v1/push/webpush-key");
        routes.Late(MailReportEndpoint.Map, "/v1/mail/inbound");
        routes.Late(SmsCallbackEndpoint.Map, CallbackUrl.Path.TrimEnd('/'));
        routes.MapPreferences();
        routes.Late(DeliveryQueueEndpoints.Map, "/v1/queues");
        routes.Late(DeliveryEndpoints.Map, "/v1/deliveries");
        routes.MapTemplates();
        return routes;
    }
}
