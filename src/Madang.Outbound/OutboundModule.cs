using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Outbound;

/// <summary>The door out, registered once for all modules.</summary>
public static class OutboundModule
{
    public static IHostApplicationBuilder AddOutbound(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<OutboundOptions>().BindConfiguration(OutboundOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<OutboundOptions>, OutboundOptionsValidator>();
        services.AddSingleton(provider => new OutboundClient(
            provider.GetRequiredService<IOptions<OutboundOptions>>().Value, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<IMeterFactory>()));
        return builder;
    }
}
