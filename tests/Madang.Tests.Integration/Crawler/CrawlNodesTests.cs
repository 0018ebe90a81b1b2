using System.Text.Json.Nodes;
using Madang.Bench.Crawling;
using Madang.Bench.Sites;
using Madang.Settings;

namespace Madang.Tests.Integration.Crawler;

/// <summary>Two nodes on one PostgreSQL crawl together, and the sites notice nothing but one polite visitor.</summary>
public sealed class CrawlNodesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("engine", "postgres")]
    public async Task Two_nodes_keep_the_delays_of_hosts_domains_and_addresses_together()
    {
        await using var server = Mixes.Start(new MixSettings("polite", 24 * 8, 24, 31), 0);
        await using var names = SiteNames.Of(server.Web);
        var settings = new Dictionary<string, string?>
        {
            ["Madang:Outbound:Allow"] = "127.1.0.0/16",
            ["Madang:Outbound:NameServers"] = names.Address.ToString(),
        };
        await using var first = await MadangHost.StartAsync(settings, postgres: true);
        await using var second = await MadangHost.StartAsync(new(settings) { [SettingsTable.Database] = first.Settings.Postgres });
        var admin = await first.AdminAsync();
        var crawl = await MadangHost.PostAsync(admin.Http, "/v1/crawls", new JsonObject
        {
            ["seeds"] = new JsonArray([.. server.Web.Seeds.Select(seed => (JsonNode)seed)]),
            ["scope"] = "host",
            ["delay_ms"] = 200,
        });

        await UntilFinishedAsync(admin.Http, (string)crawl["id"]!);
        var log = server.Log.Read();
        var check = PageSetCheck.Of(server.Web, log);
        Assert.True(check is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0, Refetched.Count: 0 }, check.ToString());
        var polite = new PoliteCheck(server.Web, new Politeness
        {
            HostDelay = TimeSpan.FromMilliseconds(200),
            DomainDelay = TimeSpan.FromMilliseconds(100),
            AddressDelay = TimeSpan.FromMilliseconds(50),
            AddressJitter = TimeSpan.FromMilliseconds(25),
        }).Run(log);
        TestContext.Current.TestOutputHelper?.WriteLine(polite.ToString());
        // Hosts and domains belong to one node at a time. The moment of an address is reserved, and the first request of a process is late for it, since it is compiled.
        Assert.True(polite.Violations.All(violation => violation.StartsWith("address", StringComparison.Ordinal)), polite.ToString());
        Assert.True(polite.Violations.Count <= 2, polite.ToString());
    }

    private static async Task UntilFinishedAsync(HttpClient http, string id)
    {
        for (var waited = 0; waited < 600; waited++)
        {
            var crawl = await MadangHost.GetAsync(http, $"/v1/crawls/{id}");
            if ((string)crawl["state"]! is "finished" or "failed" or "stopped")
            {
                Assert.Equal("finished", (string)crawl["state"]!);
                return;
            }

            await Task.Delay(200, Cancel);
        }

        Assert.Fail("the crawl did not end within two minutes");
    }
}
