using Microsoft.Extensions.DependencyInjection;

namespace Madang.Notifications.Delivering;

/// <summary>What the deliveries are made of.</summary>
internal static class DeliveringModule
{
    public static IServiceCollection AddDelivering(this IServiceCollection services)
    {
        services.AddSingleton<Deliveries>();
        return services;
    }
}
