using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>madang crawl</c> killed in the middle and taken up again.</summary>
public sealed class CrawlKillTests : IDisposable
{
    private readonly ToolCrawl _crawl = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _crawl.Dispose();

    [Fact]
    public async Task A_crawl_killed_and_resumed_loses_nothing_asks_again_no_more_than_was_in_flight_and_stays_polite()
    {
        await using var sites = await SiteProcess.StartAsync(new MixSettings("clean", 2_000, 40, 22), Cancel);
        var report = await new CrawlKill(sites, ToolCrawl.Madang, new Politeness(), 22, TextWriter.Null)
            .RunAsync(2, 1_500, new CrawlTask(sites.Web.Seeds, [], Path.Combine(_crawl.Folder, "crawl")) { Concurrency = 12 }, Cancel);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.Equal(2, report.Kills);
        Assert.True(report.Pages is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0 }, report.ToString());
        Assert.Empty(report.Faults);
    }
}
