using System.Net;
using Madang.Bench.Crawling;
using Madang.Bench.Sites;
using Madang.Bench.Sites.Hostile;

namespace Madang.Tests.Integration.Crawler;

/// <summary>
/// A short cut of <c>bench/run crawl…</c>: <c>madang crawl</c> as a process of its own against generated sites, judged by the log of the server that it visited.
/// </summary>
public sealed class CrawlTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    // Ten seconds each of waiting for nothing: bench/run crawl-hostile has them.
    private static readonly string[] Slow = ["silence", "slow head", "slow body", "robots.txt silent", "links to five thousand hosts"];

    private readonly string _folder = Directory.CreateTempSubdirectory("madang-crawl-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Contender Madang => Crawlers.Madang(Path.Combine(AppContext.BaseDirectory, "madang.dll"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_crawl_fetches_exactly_what_is_reachable()
    {
        await using var server = Mixes.Start(new MixSettings("clean", 600, 12, 21), 0);
        await CrawlAsync(new CrawlTask(server.Web.Seeds, [], _folder));

        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check.IsExact, check.ToString());
        Assert.Equal(600, check.Fetched);
        AssertPolite(server, new Politeness());
    }

    [Fact]
    public async Task A_crawl_killed_and_resumed_loses_nothing_asks_again_no_more_than_was_in_flight_and_stays_polite()
    {
        await using var sites = await SiteProcess.StartAsync(new MixSettings("clean", 2_000, 40, 22), Cancel);
        var report = await new CrawlKill(sites, Madang, new Politeness(), 22, TextWriter.Null)
            .RunAsync(2, 1_500, new CrawlTask(sites.Web.Seeds, [], Path.Combine(_folder, "crawl")) { Concurrency = 12 }, Cancel);

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        Assert.Equal(2, report.Kills);
        Assert.True(report.Pages is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0 }, report.ToString());
        Assert.Empty(report.Faults);
    }

    [Fact]
    public async Task Delays_domains_addresses_crawl_delay_and_retry_after_are_kept()
    {
        await using var server = Mixes.Start(new MixSettings("polite", 12 * 9, 12, 23), 0);
        await using var names = SiteNames.Of(server.Web);
        await CrawlAsync(new CrawlTask(server.Web.Seeds, [], _folder) { Delay = 200 }, names);

        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0 }, check.ToString());
        AssertPolite(server, new Politeness
        {
            HostDelay = TimeSpan.FromMilliseconds(200),
            DomainDelay = TimeSpan.FromMilliseconds(100),
            AddressDelay = TimeSpan.FromMilliseconds(50),
        });
    }

    [Fact]
    public async Task Hosts_that_mean_harm_neither_end_the_crawl_nor_keep_it_from_the_others()
    {
        await using var server = SiteServer.Start([0], ports => new HostileWeb(24, 200, 4, ports[0], one => !Slow.Contains(one.Name)));
        await CrawlAsync(new CrawlTask(server.Web.Seeds, [], _folder) { Extra = ["--depth", "12"] });

        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check is { Lost.Count: 0, Forbidden.Count: 0 }, check.ToString());
    }

    [Fact]
    public async Task Nothing_leads_a_crawl_into_the_private_network()
    {
        await using var canary = new Canary();
        var doors = PrivateDoors.Of(canary.Port);
        await using var server = SiteServer.Start([0], ports => new SsrfWeb(ports[0], doors));
        await using var names = PrivateDoors.Names(server.Web.Hosts[0].Address);
        var seeds = doors.Where(door => Uri.TryCreate(door, UriKind.Absolute, out var url) && url.Scheme is "http" or "https");
        await CrawlAsync(new CrawlTask([.. server.Web.Seeds, .. seeds], [], _folder), names);

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

    private static async Task CrawlAsync(CrawlTask task, SiteNames? names = null)
    {
        var start = Madang.Start(task with { Folder = Path.Combine(task.Folder, "crawl") });
        if (names is not null)
        {
            start.Environment["MADANG__OUTBOUND__NAMESERVERS"] = names.Address.ToString();
        }

        using var run = new CrawlerRun(start);
        var inTime = await run.WaitAsync(Limit, Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"{run.Took.TotalSeconds:0.0} s, {run.PeakMemory:0} MB");
        Assert.True(inTime && run.ExitCode == 0, $"ended with {run.ExitCode} after {run.Took.TotalSeconds:0} s: {run.Output}");
    }

    private static void AssertPolite(SiteServer server, Politeness asked)
    {
        var check = new PoliteCheck(server.Web, asked).Run(server.Log.Read());
        Assert.True(check.Violations.Count == 0, check.ToString());
    }
}
