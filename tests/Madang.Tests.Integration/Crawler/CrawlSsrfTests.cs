using System.Net;
using Madang.Bench.Crawling;
using Madang.Bench.Sites;
using Madang.Bench.Sites.Hostile;

namespace Madang.Tests.Integration.Crawler;

/// <summary>No door of the web leads <c>madang crawl</c> into the private network.</summary>
public sealed class CrawlSsrfTests : IDisposable
{
    private readonly ToolCrawl _crawl = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _crawl.Dispose();

    [Fact]
    public async Task Nothing_leads_a_crawl_into_the_private_network()
    {
        await using var canary = new Canary();
        var doors = PrivateDoors.Of(canary.Port);
        await using var server = SiteServer.Start([0], ports => new SsrfWeb(ports[0], doors));
        await using var names = PrivateDoors.Names(server.Web.Hosts[0].Address);
        var seeds = doors.Where(door => Uri.TryCreate(door, UriKind.Absolute, out var url) && url.Scheme is "http" or "https");
        await ToolCrawl.RunAsync(new CrawlTask([.. server.Web.Seeds, .. seeds], [], _crawl.Folder), names);

        Assert.Empty(canary.Visits);
        Assert.True(doors.Count >= 30, $"{doors.Count} doors through ten channels and as seeds");
        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check.Lost.Count == 0, check.ToString());
    }

    [Fact]
    public async Task The_canary_would_hear_a_visitor()
    {
        await using var canary = new Canary();
        using var visitor = new System.Net.Sockets.TcpClient();
        await visitor.ConnectAsync(IPAddress.Loopback, canary.Port, Cancel);
        using var allowed = new System.Net.Sockets.TcpClient();
        await allowed.ConnectAsync(IPAddress.Parse("127.1.0.1"), canary.Port, Cancel);
        for (var waited = 0; waited < 500 && canary.Visits.IsEmpty; waited++)
        {
            await Task.Delay(10, Cancel);
        }

        Assert.Single(canary.Visits);
    }
}
