using Madang.Api;
using Madang.Jobs;
using Madang.Notifications.Endpoints;
using Madang.Notifications.Rendering;
using Madang.Notifications.Tracking;
using Madang.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Notifications.Templates;

/// <summary>Templates, what is made of them, and what comes of that.</summary>
internal static class TemplatesModule
{
    public static void AddTemplates(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var publicUrl = Uri.TryCreate(builder.Configuration["Madang:PublicUrl"], UriKind.Absolute, out var url) ? url : null;
        services.AddSingleton<TemplateBook>();
        services.AddHostedService(provider => provider.GetRequiredService<TemplateBook>());
        services.AddSingleton(provider => new Renderer(provider.GetRequiredService<TemplateBook>(), provider.GetRequiredService<TrackingLinks>(), publicUrl));
        services.AddSingleton<Previews>();
        services.AddSingleton(provider => new TrackingLinks(provider.GetRequiredService<ITrackingStore>(), provider.GetRequiredService<Database>(), publicUrl));
        services.AddHostedService(provider => provider.GetRequiredService<TrackingLinks>());
        services.AddSingleton<RecentLinks>();
        services.AddSingleton<TrackingIntake>();
        services.AddSingleton<DeliveryEvents>();
        services.AddSingleton<Funnels>();
        services.AddSingleton<TrackingFold>();
        services.AddHostedService(provider => provider.GetRequiredService<TrackingFold>());
        services.AddSingleton<IRetention, TrackingRetention>();
    }

    public static void MapTemplates(this IEndpointRouteBuilder routes)
    {
        routes.Late(TemplateEndpoints.Map, "/v1/templates");
        routes.Late(TrackingEndpoints.Map, "/t", "/v1/notifications", "/v1/conversions", "/v1/funnels");
    }
}
