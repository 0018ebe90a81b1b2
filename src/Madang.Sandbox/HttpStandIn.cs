using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Madang.Sandbox;

/// <summary>A stand-in that speaks HTTP, over Kestrel.</summary>
/// <param name="protocols">Http2 alone without a certificate is HTTP/2 with prior knowledge (h2c).</param>
/// <param name="certificate">TLS with it; plain without.</param>
public abstract class HttpStandIn(string name, HttpProtocols protocols, TimeProvider time, X509Certificate2? certificate) : StandIn(name)
{
    private const int MaxBody = 64 * 1024;
    private WebApplication? _app;
    private Uri? _address;

    /// <summary>The stand-in's clock; its answers carry it.</summary>
    protected TimeProvider Time { get; } = time;

    public override Uri Address => _address ?? throw new InvalidOperationException($"{Name} has not been started.");

    public override async Task StartAsync(int port, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            // Apple's own, as clients have seen them.
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = protocols;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        _app = builder.Build();
        _app.Run(context =>
        {
            context.Response.Headers.Date = Time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
            return AnswerAsync(context);
        });
        await _app.StartAsync(cancellationToken);
        var bound = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        _address = new UriBuilder(certificate is null ? "http" : "https", "127.0.0.1", bound.Port).Uri;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>One request, as the provider would answer it.</summary>
    protected abstract Task AnswerAsync(HttpContext context);

    /// <summary>Waits as long as the fault says, and writes its answer if it has one; false when the message is to be taken.</summary>
    protected async Task<bool> RefusedByFaultAsync(HttpContext context, FaultRule? fault)
    {
        if (fault is { LatencyMs: > 0 })
        {
            await Task.Delay(fault.LatencyMs, context.RequestAborted);
        }

        if (fault?.Status is not { } status)
        {
            return false;
        }

        Received.Refuse();
        if (fault.RetryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (fault.Location is { } location)
        {
            context.Response.Headers.Location = location;
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsync(fault.Body ?? ErrorBody(status, fault.Reason), context.RequestAborted);
        return true;
    }

    /// <summary>The provider's way to write an error.</summary>
    protected abstract string ErrorBody(int status, string? reason);

    /// <summary>After a message was taken: loses the answer if it has to; false when it is to be answered.</summary>
    protected static async Task<bool> LostByFaultAsync(HttpContext context, FaultRule? fault)
    {
        switch (fault?.Effect)
        {
            case FaultEffect.Lost:
                context.Abort(); // RST_STREAM over HTTP/2
                return true;
            case FaultEffect.Cut:
                if (context.Features.Get<IConnectionLifetimeFeature>() is { } line)
                {
                    line.Abort();
                }
                else
                {
                    context.Abort();
                }

                return true;
            case FaultEffect.Silent:
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return true;
            case FaultEffect.Goaway:
                context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
                return false;
            default:
                return false;
        }
    }

    protected static bool IsLost(FaultRule? fault) => fault?.Effect is FaultEffect.Lost or FaultEffect.Cut or FaultEffect.Silent;

    /// <summary>At most <see cref="MaxBody"/> bytes.</summary>
    protected static async Task<byte[]> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }
}
