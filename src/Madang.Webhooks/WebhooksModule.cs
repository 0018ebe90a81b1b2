using Madang.Api;
using Madang.Jobs;
using Madang.Storage;
using Madang.Webhooks.Endpoints;
using Madang.Webhooks.Sending;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Webhooks;

/// <summary>The door of outgoing events.</summary>
public static class WebhooksModule
{
    public static IHostApplicationBuilder AddWebhooks(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<WebhooksOptions>().BindConfiguration(WebhooksOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhooksOptions>, WebhooksOptionsValidator>();
        services.AddSingleton(provider => new WebhookEvents(
            provider.GetRequiredService<IEndpointStore>(), provider.GetRequiredService<IDeliveryStore>(), provider.GetRequiredService<JobQueue>(),
            provider.GetRequiredService<Snowflake>(), provider.GetRequiredService<IOptions<WebhooksOptions>>()));
        services.AddSingleton<EndpointVerbs>();
        services.AddSingleton<WebhooksMetrics>();
        services.AddSingleton<IJobWorker, DeliveryWorker>();
        services.AddSingleton<IRetention, DeliveryRetention>();
        return builder;
    }

    public static IEndpointRouteBuilder MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.Late(WebhookEndpoints.Map, "/v1/webhooks");
        routes.Late(DeliveryEndpoints.Map, "/v1/webhooks");
        return routes;
    }
}
