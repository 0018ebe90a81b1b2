using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Crawler;
using Madang.Crawler.Previews;
using Madang.Docs;
using Madang.Edge;
using Madang.Feeds;
using Madang.Jobs;
using Madang.Notifications;
using Madang.Operation;
using Madang.Outbound;
using Madang.Postgres;
using Madang.Realtime;
using Madang.Settings;
using Madang.Sqlite;
using Madang.Webhooks;
using Microsoft.AspNetCore.Http.Metadata;

namespace Madang;

/// <summary>The server put together: what it is made of, and the way of a request through it.</summary>
internal static class MadangServer
{
    public static WebApplication Build(ServerSettings settings, IEnumerable<KeyValuePair<string, string?>> configuration)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Madang", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(configuration);
        builder.AddLog(settings);

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.AddEdge(settings);
        builder.AddOperation();
        builder.AddApiDocs();

        // The modules, lowest first.
        AddModules(builder, settings);

        var app = builder.Build();
        Pipeline(app, settings);
        MapModules(app);
        return app;
    }

    private static void AddModules(WebApplicationBuilder builder, ServerSettings settings)
    {
        if (settings.Postgres is null)
        {
            builder.AddSqlite(settings.Data);
        }
        else
        {
            builder.AddPostgres(settings.Postgres);
            // Made by the container, so that it is let go of when the server ends, and not before.
            builder.Services.AddSingleton(_ => new FolderLock(settings.Data));
        }

        builder.AddOutbound();
        builder.AddJobs();
        builder.AddAccounts();
        builder.AddWebhooks();
        builder.AddRealtime();
        builder.AddNotifications(settings.Data);
        builder.AddChat();
        builder.AddCrawler(Path.Combine(settings.Data, "crawls"));
        builder.AddPreviews();
        builder.AddFeeds(settings.Data);
    }

    private static void MapModules(WebApplication server)
    {
        var app = server.MapGroup("");
        ((IEndpointConventionBuilder)app).Finally(ForgetBodiesOfNoType);
        app.MapHealth();
        app.MapMetrics();
        app.MapApiDocs();
        app.MapJobs();
        app.MapAccounts();
        app.MapWebhooks();
        app.MapRealtime();
        app.MapNotifications();
        app.MapChat();
        app.MapCrawler();
        app.MapPreviews();
        app.MapFeeds();
    }

    /// <summary>Generated bindings claim a body, of no type, for each endpoint that takes a service: a real one is told by the endpoint's parameters.</summary>
    private static void ForgetBodiesOfNoType(EndpointBuilder endpoint)
    {
        foreach (var claim in endpoint.Metadata.OfType<IAcceptsMetadata>().Where(accepts => accepts.RequestType is null).ToList())
        {
            _ = endpoint.Metadata.Remove(claim);
        }
    }

    /// <summary>The order matters; each line says what it needs from the ones before.</summary>
    private static void Pipeline(WebApplication app, ServerSettings settings)
    {
        // 1 who really asks, and over which scheme, when a trusted proxy says so
        app.UseTrustedProxies(settings);
        // 2 headers on every answer, refusals included
        app.UseSecurityHeaders(settings);
        // 3 whatever fails from here on answers in problem+json
        app.UseProblems();
        // 4 which endpoint, made now if nobody has asked for it yet; addresses of no endpoint are the web app's, or nothing
        app.UseLateRoutes();
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseListedOrigins();
        app.UseUnrouted();
        // 5 who: the operator's socket was marked when it connected; sessions, tokens and keys are read here
        app.UseAuthentication();
        // 6 how often
        app.UseWriteLimits();
        // 7 whether they may
        app.UseAuthorization();
    }
}
