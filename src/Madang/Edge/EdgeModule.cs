using Madang.Api;
using Madang.Settings;
using Madang.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Madang.Edge;

/// <summary>Everything between the wire and the modules.</summary>
internal static class EdgeModule
{
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    public static void AddEdge(this WebApplicationBuilder builder, ServerSettings settings)
    {
        var services = builder.Services;
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((_, kestrel) =>
            Listening.Configure(kestrel, settings, settings.Tls is null ? null : kestrel.ApplicationServices.GetRequiredService<TlsCertificate>()));
        if (settings.Tls is { } files)
        {
            services.AddSingleton(provider => new TlsCertificate(files, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TlsCertificate>>()));
        }

        services.ConfigureHttpJsonOptions(json => ApiJson.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new RequestTimeoutPolicy { Timeout = RequestTimeout });
        services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins([.. settings.Cors]).AllowAnyMethod().WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID")
            .WithExposedHeaders("Retry-After", "RateLimit", "RateLimit-Policy").SetPreflightMaxAge(TimeSpan.FromHours(1))));

        services.AddAuthorization();
        // An endpoint that names no policy is for signed-in people, never for everybody.
        services.PostConfigure<AuthorizationOptions>(policies => policies.FallbackPolicy ??= policies.GetPolicy(Policies.Person));

        services.AddSingleton(new AllowedOrigins([.. settings.Origins, .. settings.PublicUrl is { } own ? [own.GetLeftPart(UriPartial.Authority)] : Array.Empty<string>()]));
        services.AddOptions<WriteLimitOptions>().BindConfiguration(WriteLimitOptions.Section).Configure(limits => limits.Enabled = settings.RateLimits).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WriteLimitOptions>, WriteLimitOptionsValidator>();
        services.AddSingleton<WriteLimits>();
        services.AddSingleton<LateRoutes>();
        services.AddSingleton(new WebApp(WebApp.FindFolder()));
    }

    /// <summary>Only listed proxies are believed; nobody else can choose an address or a scheme by a header.</summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, ServerSettings settings)
    {
        if (settings.TrustedProxies.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.TrustedProxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    /// <summary><c>UseCors()</c> without its way to the policy, an expression that is compiled: that alone brings two megabytes of the framework into memory.</summary>
    public static void UseListedOrigins(this IApplicationBuilder app)
    {
        var policies = app.ApplicationServices.GetRequiredService<ICorsPolicyProvider>();
        app.Use(next =>
        {
            var cors = new CorsMiddleware(next, app.ApplicationServices.GetRequiredService<ICorsService>(), app.ApplicationServices.GetRequiredService<ILoggerFactory>());
            return context => cors.Invoke(context, policies);
        });
    }

    /// <summary>
    /// Requests that no endpoint takes end here, before authentication: an unknown address is 404 and a wrong method 405 for everybody, and
    /// the web app's files need no session.
    /// </summary>
    public static void UseUnrouted(this IApplicationBuilder app)
    {
        var web = app.ApplicationServices.GetRequiredService<WebApp>();
        app.Use(async (context, next) =>
        {
            switch (context.GetEndpoint())
            {
                case null when await web.TryServeAsync(context):
                    return;
                case null:
                    await new Refusal(ApiErrors.NotFound).ExecuteAsync(context);
                    return;
                case RouteEndpoint:
                    await next(context);
                    return;
                case { RequestDelegate: { } refuse }:
                    // Routing's own: 405 with Allow, 415.
                    await refuse(context);
                    return;
            }
        });
    }
}
