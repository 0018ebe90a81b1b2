using Madang.Client;
using Madang.Client.Resources;
using Madang.Tests.Integration.Crawler;

namespace Madang.Tests.Integration.Sdk;

/// <summary>The C# client takes a crawl from its start to a search over its pages.</summary>
public sealed class CrawlSdkTests
{
    [Fact]
    public async Task The_client_starts_follows_reads_explains_and_searches_a_crawl()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var host = await CrawlingHost.StartAsync();
        await using var site = await SmallSite.StartAsync(CrawlHttpTests.Garden(), "User-agent: *\nDisallow: /private/\n");
        using var madang = new MadangClient(new() { BaseAddress = host.Address, Token = (await host.AdminAsync()).Token });

        var started = await madang.Crawls.StartAsync(new NewCrawl([site.Address + "/"], DelayMs: 0, Name: "정원"), cancellationToken);
        Assert.Equal(("정원", "host", 64), (started.Name, started.Settings.Scope, started.Settings.MaxDepth));
        Crawl? last = null;
        await foreach (var told in madang.Crawls.FollowAsync(started.Id, cancellationToken))
        {
            last = told;
        }

        Assert.Equal("finished", last?.State);
        Assert.True(last!.HasEnded);
        Assert.Equal(6, last.Progress.Fetched);
        Assert.Equal(6, (await madang.Crawls.Pages(started.Id).PageAsync(cancellationToken: cancellationToken)).Items.Count);
        var missing = Assert.Single((await madang.Crawls.Pages(started.Id, status: "4xx").PageAsync(cancellationToken: cancellationToken)).Items);
        Assert.Equal(site.Address + "/gone", missing.Url);
        var origin = Assert.Single((await madang.Crawls.Hosts(started.Id).PageAsync(cancellationToken: cancellationToken)).Items);
        Assert.Equal((site.Address, 200), (origin.Origin, origin.Robots.Status));
        var why = await madang.Crawls.ExplainAsync(started.Id, site.Address + "/private/a", cancellationToken);
        Assert.Equal(("refused", "robots"), (why.Verdict, why.Reasons[0].Code));
        Assert.Equal("crawl_ended", (await Assert.ThrowsAsync<MadangException>(() => madang.Crawls.StopAsync(started.Id, cancellationToken))).Code);

        var found = await FindAsync(madang, "봄꽃", cancellationToken);
        Assert.Equal(site.Address + "/%EB%9C%B0", found.Url);
        Assert.Contains(found.Snippet, part => part.Hit && part.Text == "봄꽃");
        Assert.Equal(started.Id, found.CrawlId);
        await madang.Crawls.DeleteAsync(started.Id, cancellationToken);
        Assert.DoesNotContain(started.Id, (await madang.Crawls.List().PageAsync(cancellationToken: cancellationToken)).Items.Select(crawl => crawl.Id));
    }

    /// <summary>The index follows the books within moments.</summary>
    private static async Task<FoundPage> FindAsync(MadangClient madang, string word, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var tries = 0; tries < 100; tries++)
        {
            if ((await madang.Crawls.Search(word).PageAsync(cancellationToken: cancellationToken)).Items is [var first, ..])
            {
                return first;
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        throw new TimeoutException($"{word} was not found.");
    }
}
