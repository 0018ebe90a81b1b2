using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Madang.Tests.Integration.Feeds;

/// <summary>A page that names its feed, and the feed.</summary>
public sealed class FeedSite : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
    private int _asked;

    private FeedSite(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>Id and title, newest first.</summary>
    public IReadOnlyList<(string Id, string Title)> Items { get; set; } = [];

    /// <summary>Where the feed is from now on.</summary>
    public string? MovedTo { get; set; }

    /// <summary>What the feed answers with, where it is not the feed.</summary>
    public int? Failing { get; set; }

    /// <summary>How often the feed was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public static async Task<FeedSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var site = new FeedSite(builder.Build());
        site._app.Run(site.AnswerAsync);
        await site._app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    public Task AskedAsync(int times, CancellationToken cancellationToken)
    {
        var asked = _waiting.GetOrAdd(times, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Asked >= times)
        {
            asked.TrySetResult();
        }

        return asked.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value;
        if (path == "/")
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync("""<!doctype html><title>우리 동네</title><link rel="alternate" type="application/rss+xml" href="feed.xml"><p>어서 오세요</p>""");
        }

        if (path != "/feed.xml" && path != MovedTo)
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        if (path == "/feed.xml" && MovedTo is { } place)
        {
            context.Response.Redirect(place, permanent: true);
            return Task.CompletedTask;
        }

        if (_waiting.TryGetValue(Interlocked.Increment(ref _asked), out var waiting))
        {
            waiting.TrySetResult();
        }

        if (Failing is { } status)
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/rss+xml";
        return context.Response.WriteAsync(
            $"""
            <?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>우리 동네</title><link>{Address}/</link><description>x</description>
            {string.Concat(Items.Select(item => $"<item><guid isPermaLink=\"false\">{item.Id}</guid><title>{item.Title}</title><link>{Address}/{item.Id}</link><description>&lt;p&gt;본문 {item.Id}&lt;/p&gt;</description></item>"))}
            </channel></rss>
            """);
    }
}
