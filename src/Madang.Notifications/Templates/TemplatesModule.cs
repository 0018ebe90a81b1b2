using Madang.Notifications.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Notifications.Templates;

/// <summary>Templates, and what is made of them.</summary>
internal static class TemplatesModule
{
    public static void AddTemplates(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        var publicUrl = Uri.TryCreate(builder.Configuration["Madang:PublicUrl"], UriKind.Absolute, out var url) ? url : null;
        services.AddSingleton<TemplateBook>();
        services.AddHostedService(provider => provider.GetRequiredService<TemplateBook>());
        services.AddSingleton(provider => new Renderer(provider.GetRequiredService<TemplateBook>(), publicUrl));
    }
}
