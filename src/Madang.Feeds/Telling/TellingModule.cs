using Madang.Accounts;
using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Feeds.Telling.Endpoints;
using Madang.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Telling;

/// <summary>Telling people what others do with what they wrote.</summary>
internal static class TellingModule
{
    public static IServiceCollection AddTelling(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new PublicPages(Uri.TryCreate(configuration["Madang:PublicUrl"], UriKind.Absolute, out var url) ? url : null));
        services.AddSingleton<TellingFold>();
        services.AddSingleton<TellingSight>();
        services.AddSingleton<Teller>();
        services.AddHostedService<TellingRunner>();
        services.AddSingleton<TellingEvents>();
        services.AddSingleton<IPostEvents>(provider => provider.GetRequiredService<TellingEvents>());
        services.AddSingleton<IAccountEvents>(provider => provider.GetRequiredService<TellingEvents>());
        services.AddSingleton<IPostLogReader, TellingReader>();
        services.AddSingleton<Subscriptions>();
        services.AddSingleton<IRetention, TellingRetention>();
        return services;
    }

    public static IEndpointRouteBuilder MapTelling(this IEndpointRouteBuilder routes)
    {
        routes.Late(SubscriptionEndpoints.Map, "/v1/users", "/v1/me/subscriptions");
        return routes;
    }
}
