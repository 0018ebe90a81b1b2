using Madang.Jobs;
using Madang.Notifications.Channels;
using Madang.Notifications.Delivering.Lanes;
using Madang.Notifications.Delivering.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Madang.Notifications.Delivering;

/// <summary>What the deliveries are made of. A kind of provider is one more <see cref="IProviderKind"/>.</summary>
internal static class DeliveringModule
{
    public static IServiceCollection AddDelivering(this IServiceCollection services)
    {
        services.AddSingleton(provider => ProviderRoutes.Read(
            provider.GetRequiredService<IConfiguration>(), provider.GetServices<IProviderKind>(), provider.GetRequiredService<TimeProvider>().GetUtcNow()));
        services.AddSingleton<IDeliveryRoutes>(provider => provider.GetRequiredService<ProviderRoutes>());
        services.AddSingleton<Deliveries>();
        services.AddSingleton<QueueOperation>();
        services.TryAddSingleton<IEnvelopes, Envelopes>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryTurn>();
        services.AddSingleton<DeliverySending>();
        services.AddSingleton<DeliveryRunner>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryRunner>());
        services.AddSingleton<DeliverySweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliverySweeper>());
        services.AddHostedService<ProviderSelfTest>();
        services.AddSingleton<IRetention, DeliveryLogRetention>();
        return services;
    }
}
