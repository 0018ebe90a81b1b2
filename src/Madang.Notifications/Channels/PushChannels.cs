using Madang.Notifications.Channels.Apns;
using Madang.Notifications.Channels.Fcm;
using Madang.Notifications.Channels.WebPush;
using Madang.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Madang.Notifications.Channels;

/// <summary>The three ways to a device.</summary>
internal static class PushChannels
{
    public static void Add(IHostApplicationBuilder builder, string folder)
    {
        var services = builder.Services;
        var publicUrl = builder.Configuration["Madang:PublicUrl"] ?? "";
        services.AddSingleton(provider => new WebPushKind(provider.GetRequiredService<OutboundClient>(), provider.GetRequiredService<TimeProvider>(), folder, publicUrl));
        services.AddSingleton<IProviderKind, ApnsKind>();
        services.AddSingleton<IProviderKind, FcmKind>();
        services.AddSingleton<IProviderKind>(provider => provider.GetRequiredService<WebPushKind>());
    }
}
