using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Madang.Tests.Integration.Crawler;

/// <summary>A site of a few pages on a free port of loopback.</summary>
public sealed class SmallSite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SmallSite(WebApplication app) => _app = app;

    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Without a slash at the end.</summary>
    public string Address => _app.Urls.First();

    /// <param name="pages">HTML by path and query. Others are not found.</param>
    public static async Task<SmallSite> StartAsync(IReadOnlyDictionary<string, string> pages, string? robots = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var site = new SmallSite(builder.Build());
        site._app.Run(context => site.AnswerAsync(context, pages, robots));
        await site._app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    /// <summary>A page of links and a text.</summary>
    public static string Page(string title, string text, params IEnumerable<string> links) =>
        $"""<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{title}</title></head><body><p>{text}</p>{string.Concat(links.Select(link => $"<a href=\"{link}\">{link}</a> "))}</body></html>""";

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context, IReadOnlyDictionary<string, string> pages, string? robots)
    {
        var path = context.Request.Path + context.Request.QueryString.ToString();
        Asked.Enqueue(path);
        if (path == "/robots.txt" && robots is not null)
        {
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync(robots);
        }

        var html = pages.GetValueOrDefault(path);
        context.Response.StatusCode = html is null ? 404 : 200;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(html ?? "<title>not here</title>");
    }
}
