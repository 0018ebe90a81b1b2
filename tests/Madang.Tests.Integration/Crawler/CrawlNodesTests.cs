using System.Text.Json.Nodes;
using Madang.Bench.Crawling;
using Madang.Bench.Sites;
using Madang.Settings;
using Madang.Tests.Conformance;
using Npgsql;

namespace Madang.Tests.Integration.Crawler;

/// <summary>Several nodes on one PostgreSQL crawl together, and the sites notice nothing but one polite visitor.</summary>
[Trait("engine", "postgres")]
public sealed class CrawlNodesTests
{
    private const int DelayMs = 200;
    private const string Living = "SELECT count(*) FROM crawl_node";
    private const string AtWork = "SELECT count(DISTINCT node) FROM crawl_host WHERE waiting > 0 AND node IS NOT NULL";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_nodes_keep_the_delays_of_hosts_domains_and_addresses_together()
    {
        await using var server = Mixes.Start(new MixSettings("polite", 24 * 12, 24, 31), 0);
        await using var names = SiteNames.Of(server.Web);
        var settings = Settings(names);
        await using var first = await MadangHost.StartAsync(settings, postgres: true);
        await using var second = await MadangHost.StartAsync(new(settings) { [SettingsTable.Database] = first.Settings.Postgres });
        var admin = (await first.AdminAsync()).Http;
        var id = await StartAsync(admin, server.Web);
        await using var database = NpgsqlDataSource.Create(first.Settings.Postgres!);
        await UntilAsync(database, AtWork, 2);
        await UntilFinishedAsync(admin, id);

        AssertPolite(server, refetches: false);
    }

    [Fact]
    public async Task A_node_that_stood_still_for_longer_than_its_lease_asks_nothing_of_the_hosts_that_others_took()
    {
        await using var server = Mixes.Start(new MixSettings("polite", 24 * 12, 24, 32), 0);
        await using var names = SiteNames.Of(server.Web);
        var settings = Settings(names);
        await using var living = await MadangHost.StartAsync(settings, postgres: true);
        var folder = Directory.CreateTempSubdirectory("madang-");
        await using (var frozen = await MadangProcess.ServeAsync(folder.FullName, Variables([.. settings, new(SettingsTable.Database, living.Settings.Postgres)])))
        {
            var admin = (await living.AdminAsync()).Http;
            var id = await StartAsync(admin, server.Web);
            await using var database = NpgsqlDataSource.Create(living.Settings.Postgres!);
            await UntilAsync(database, AtWork, 2);

            // In the midst of its requests; it goes on as soon as the other one has found its lease at an end.
            await frozen.SignalAsync("STOP");
            await UntilAsync(database, Living, 1);
            await frozen.SignalAsync("CONT");
            await UntilAsync(database, Living, 2);
            await UntilFinishedAsync(admin, id);
        }

        folder.Delete(recursive: true);
        AssertPolite(server, refetches: true);
    }

    [Fact]
    public async Task A_node_that_is_killed_again_and_again_costs_no_URL_and_no_manners()
    {
        await using var server = Mixes.Start(new MixSettings("polite", 12 * 6, 12, 33), 0);
        await using var names = SiteNames.Of(server.Web);
        var database = await TestPostgres.CreateAsync();
        var (one, other) = (Directory.CreateTempSubdirectory("madang-"), Directory.CreateTempSubdirectory("madang-"));
        var environment = Variables([.. Settings(names), new("Madang:Setup:Token", MadangHost.SetupToken), new(SettingsTable.Database, database)]);
        await using (var survivor = await MadangProcess.ServeAsync(one.FullName, environment))
        {
            using var admin = new HttpClient { BaseAddress = await survivor.AddressAsync() };
            var session = await MadangHost.PostAsync(admin, "/v1/setup", new JsonObject { ["token"] = MadangHost.SetupToken, ["name"] = "admin", ["password"] = MadangHost.AdminPassword });
            admin.DefaultRequestHeaders.Authorization = new("Bearer", (string)session["token"]!);
            var id = "";
            for (var kills = 0; kills < 3; kills++)
            {
                // The crawl stands still while the other node starts: on a busy machine it would be over by then.
                await using var victim = await MadangProcess.ServeAsync(other.FullName, environment);
                if (kills == 0)
                {
                    id = await StartAsync(admin, server.Web);
                }
                else
                {
                    await MadangHost.PostAsync(admin, $"/v1/crawls/{id}/resume", new JsonObject());
                }

                await ReachAsync(server, server.Log.Count + (kills == 0 ? 30 : 8));
                await victim.KillAsync();
                if (kills < 2)
                {
                    await MadangHost.PostAsync(admin, $"/v1/crawls/{id}/pause", new JsonObject());
                }
            }

            await UntilFinishedAsync(admin, id);
        }

        await TestPostgres.DropAsync(database);
        one.Delete(recursive: true);
        other.Delete(recursive: true);
        AssertPolite(server, refetches: true);
    }

    private static Dictionary<string, string?> Settings(SiteNames names) => new()
    {
        ["Madang:Outbound:Allow"] = "127.1.0.0/16",
        ["Madang:Outbound:NameServers"] = names.Address.ToString(),
    };

    private static Dictionary<string, string?> Variables(IEnumerable<KeyValuePair<string, string?>> settings) =>
        settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant(), setting => setting.Value);

    private static async Task<string> StartAsync(HttpClient admin, IWeb web)
    {
        var crawl = await MadangHost.PostAsync(admin, "/v1/crawls", new JsonObject
        {
            ["seeds"] = new JsonArray([.. web.Seeds.Select(seed => (JsonNode)seed)]),
            ["scope"] = "host",
            ["delay_ms"] = DelayMs,
        });
        return (string)crawl["id"]!;
    }

    private static async Task ReachAsync(SiteServer server, int requests)
    {
        try
        {
            await server.Log.ReachAsync(requests).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{server.Log.Count} requests within a minute, {requests} are waited for");
        }
    }

    /// <param name="refetches">What was on its way into the books when a node ended is fetched again.</param>
    private static void AssertPolite(SiteServer server, bool refetches)
    {
        var log = server.Log.Read();
        var check = PageSetCheck.Of(server.Web, log);
        Assert.True(check is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0 } && (refetches || check.Refetched.Count == 0), check.ToString());
        var polite = new PoliteCheck(server.Web, new Politeness
        {
            HostDelay = TimeSpan.FromMilliseconds(DelayMs),
            DomainDelay = TimeSpan.FromMilliseconds(DelayMs / 2),
            AddressDelay = TimeSpan.FromMilliseconds(DelayMs / 4),
        }).Run(log);
        TestContext.Current.TestOutputHelper?.WriteLine($"{check}{Environment.NewLine}{polite}");
        Assert.True(polite.Violations.Count == 0, polite.ToString());
    }

    private static async Task UntilAsync(NpgsqlDataSource database, string sql, int nodes)
    {
        await using var count = database.CreateCommand(sql);
        var end = TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency);
        while ((long)(await count.ExecuteScalarAsync(Cancel))! != nodes)
        {
            Assert.True(TimeProvider.System.GetTimestamp() < end, $"Not {nodes} within a minute: {sql}");
            await Task.Delay(20, Cancel);
        }
    }

    private static async Task UntilFinishedAsync(HttpClient http, string id)
    {
        await using var events = await CrawlEventStream.OpenAsync(http, id);
        var told = await events.AllAsync().WaitAsync(TimeSpan.FromMinutes(2), Cancel);
        var last = told.Last(one => one.Event == "state").Data;
        Assert.True((string)last["state"]! == "finished", last.ToJsonString());
    }
}
