using Madang.Api;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Moving;

/// <summary>What people take along when they come and go.</summary>
internal static class MovingModule
{
    public static IServiceCollection AddMoving(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new OwnHost(Uri.TryCreate(configuration["Madang:PublicUrl"], UriKind.Absolute, out var url) ? url.Host : null));
        services.AddSingleton<Exports>();
        services.AddSingleton<Imports>();
        return services;
    }

    public static IEndpointRouteBuilder MapMoving(this IEndpointRouteBuilder routes)
    {
        routes.Late(MovingEndpoints.Map, "/v1/follows", "/v1/blocks", "/v1/mutes", "/v1/lists");
        return routes;
    }
}
