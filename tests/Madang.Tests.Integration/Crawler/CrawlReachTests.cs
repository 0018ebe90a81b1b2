using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>madang crawl</c> fetches what can be reached, all of it and nothing else.</summary>
public sealed class CrawlReachTests : IDisposable
{
    private readonly ToolCrawl _crawl = new();

    public void Dispose() => _crawl.Dispose();

    [Fact]
    public async Task A_crawl_fetches_exactly_what_is_reachable()
    {
        await using var server = Mixes.Start(new MixSettings("clean", 600, 12, 21), 0);
        await ToolCrawl.RunAsync(new CrawlTask(server.Web.Seeds, [], _crawl.Folder));

        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check.IsExact, check.ToString());
        Assert.Equal(600, check.Fetched);
        ToolCrawl.AssertPolite(server, new Politeness());
    }
}
