using Madang.Bench.Crawling;
using Madang.Bench.Sites;
using Madang.Bench.Sites.Hostile;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>madang crawl</c> among hosts that mean harm.</summary>
public sealed class CrawlHostileTests : IDisposable
{
    // Ten seconds each of waiting for nothing: bench/run crawl-hostile has them.
    private static readonly string[] Slow = ["silence", "slow head", "slow body", "robots.txt silent", "links to five thousand hosts"];

    private readonly ToolCrawl _crawl = new();

    public void Dispose() => _crawl.Dispose();

    [Fact]
    public async Task Hosts_that_mean_harm_neither_end_the_crawl_nor_keep_it_from_the_others()
    {
        await using var server = SiteServer.Start([0], ports => new HostileWeb(24, 200, 4, ports[0], one => !Slow.Contains(one.Name)));
        var peak = await ToolCrawl.RunAsync(new CrawlTask(server.Web.Seeds, [], _crawl.Folder) { Extra = ["--depth", "12"] });

        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check is { Lost.Count: 0, Forbidden.Count: 0 }, check.ToString());
        // Dozens of them send the largest page that is taken, and at once.
        Assert.InRange(peak, 0, 768);
    }
}
