using Madang.Notifications.Channels.Email;
using Madang.Notifications.Channels.Email.Bounces;
using Madang.Notifications.Channels.Sms;
using Madang.Notifications.Channels.Webhook;
using Madang.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Notifications.Channels;

/// <summary>Mail, SMS and webhooks.</summary>
internal static class MessageChannels
{
    /// <param name="folder">The data folder, for the key that seals the names of deliveries.</param>
    public static void Add(IHostApplicationBuilder builder, string folder)
    {
        var services = builder.Services;
        var publicUrl = builder.Configuration["Madang:PublicUrl"] ?? "";
        services.AddSingleton(provider => ReturnSeal.Of(provider.GetRequiredService<IOptions<NotificationsOptions>>().Value.ReturnKey, Path.Combine(folder, ReturnSeal.KeyFile)));
        services.AddSingleton(provider =>
        {
            var outbound = provider.GetRequiredService<OutboundClient>();
            return new EmailCheck(outbound.TextsAsync, provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton(provider => new TwilioKind(provider.GetRequiredService<ReturnSeal>(), provider.GetRequiredService<TimeProvider>(), publicUrl));
        services.AddSingleton(provider => new KannelKind(provider.GetRequiredService<ReturnSeal>(), provider.GetRequiredService<TimeProvider>(), publicUrl));
        services.AddSingleton<IProviderKind, SmtpKind>();
        services.AddSingleton<IProviderKind>(provider => provider.GetRequiredService<TwilioKind>());
        services.AddSingleton<IProviderKind>(provider => provider.GetRequiredService<KannelKind>());
        services.AddSingleton<IProviderKind, WebhookKind>();
        services.AddSingleton<MailReports>();
    }
}
