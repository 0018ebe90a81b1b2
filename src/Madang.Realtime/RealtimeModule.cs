using Madang.Accounts;
using Madang.Api;
using Madang.Jobs;
using Madang.Realtime.Delivery;
using Madang.Realtime.Reading;
using Madang.Realtime.Sockets;
using Madang.Realtime.Sync;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Realtime;

/// <summary>The door: inboxes, and the four ways to read them.</summary>
public static class RealtimeModule
{
    public static IHostApplicationBuilder AddRealtime(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<RealtimeOptions>().BindConfiguration(RealtimeOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RealtimeOptions>, RealtimeOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RealtimeMetrics>();

        services.AddSingleton(provider => new Inbox(provider.GetRequiredService<IInboxStore>()));
        services.AddSingleton<InboxEpoch>();
        services.AddSingleton<EntrySources>();
        services.AddSingleton<InboxReader>();
        services.AddSingleton<IEntrySource, RelationEntrySource>();
        services.AddSingleton<IRetention, InboxRetention>();

        services.AddSingleton<Wheel>();
        services.AddSingleton<Hub>();
        services.AddSingleton<AckBook>();
        services.AddSingleton<SignalFanOut>();
        services.AddSingleton<ISignals>(provider => provider.GetRequiredService<SignalFanOut>());
        services.AddSingleton<Dispatcher>();
        services.AddHostedService(provider => provider.GetRequiredService<Dispatcher>());
        services.AddSingleton<UnackedWatch>();
        services.AddSingleton<UnackedStart>();
        services.AddHostedService(provider => provider.GetRequiredService<UnackedStart>());
        services.AddSingleton<CredentialWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<CredentialWatch>());
        // Accounts tells the watch, which asks Accounts: asked for when the first thing happens.
        services.AddSingleton<IAccountEvents>(provider =>
            new AccountListener(provider.GetRequiredService<Inbox>(), new Lazy<CredentialWatch>(provider.GetRequiredService<CredentialWatch>)));
        services.AddSingleton(provider => new RealtimeDrain(
            provider.GetRequiredService<Hub>(), provider.GetRequiredService<AckBook>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RealtimeDrain>>()));
        services.AddHostedService(provider => provider.GetRequiredService<RealtimeDrain>());

        services.AddSingleton<SocketVerbs>();
        services.AddSingleton<SocketParts>();
        services.AddSingleton<SocketEndpoint>();
        return builder;
    }

    public static IEndpointRouteBuilder MapRealtime(this IEndpointRouteBuilder routes)
    {
        routes.Late(SyncEndpoints.Map, "/v1/sync");
        routes.Late(MapSocket, "/v1/socket");
        return routes;
    }

    private static void MapSocket(IEndpointRouteBuilder routes)
    {
        var socket = routes.CreateApplicationBuilder();
        socket.Use((context, next) =>
        {
            GatheringUpgrade.PutUnder(context);
            return next(context);
        });
        socket.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        // Asked for with the first request: routes are mapped before the database is open.
        socket.Run(context => context.RequestServices.GetRequiredService<SocketEndpoint>().RunAsync(context));
        // Anonymous: the token may come with hello. CONNECT is how HTTP/2 opens a socket (RFC 8441).
        routes.MapMethods("/v1/socket", ["GET", "CONNECT"], socket.Build()).AllowAnonymous().DisableRequestTimeout();
    }
}
