using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>madang crawl</c> keeps the delays that it was told, by the clock of the server that it visits.</summary>
public sealed class CrawlPoliteTests : IDisposable
{
    private readonly ToolCrawl _crawl = new();

    public void Dispose() => _crawl.Dispose();

    [Fact]
    public async Task Delays_domains_addresses_crawl_delay_and_retry_after_are_kept()
    {
        await using var server = Mixes.Start(new MixSettings("polite", 12 * 9, 12, 23), 0);
        await using var names = SiteNames.Of(server.Web);
        await ToolCrawl.RunAsync(new CrawlTask(server.Web.Seeds, [], _crawl.Folder) { Delay = 200 }, names);

        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0 }, check.ToString());
        ToolCrawl.AssertPolite(server, new Politeness
        {
            HostDelay = TimeSpan.FromMilliseconds(200),
            DomainDelay = TimeSpan.FromMilliseconds(100),
            AddressDelay = TimeSpan.FromMilliseconds(50),
        });
    }
}
