using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary>A disk that is full in the middle of a crawl, and has room again later: books and archive are refused alike.</summary>
public sealed class CrawlFullDiskTests
{
    private const string SetupToken = "a-token-preset-for-the-test";
    private const int Pages = 1_500;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crawl_in_a_folder_ends_with_the_reason_and_loses_nothing_when_it_goes_on()
    {
        using var disk = await FaultyDisk.CreateAsync();
        await using var server = Mixes.Start(new MixSettings("clean", Pages, 30, 51), 0);
        var task = new CrawlTask(server.Web.Seeds, [], Path.Combine(disk.Folder, "crawl")) { Concurrency = 16, Delay = 5 };
        using (var run = Start(disk, task))
        {
            await UntilAsync(() => Task.FromResult(server.Log.Count > Pages / 4));
            disk.Set(DiskFault.Full);
            Assert.True(await run.WaitAsync(Limit, Cancel), run.Output);
            Assert.Equal(1, run.ExitCode);
            Assert.True(run.Output.Contains("the disk is full, and the crawl is paused", StringComparison.Ordinal), run.Output);
        }

        using (var refused = Start(disk, task with { Resume = true }))
        {
            Assert.True(await refused.WaitAsync(Limit, Cancel), refused.Output);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("the disk is full", refused.Output, StringComparison.Ordinal);
        }

        disk.Set(DiskFault.None);
        using (var rest = Start(disk, task with { Resume = true }))
        {
            Assert.True(await rest.WaitAsync(Limit, Cancel) && rest.ExitCode == 0, rest.Output);
        }

        AssertWhole(server, task.Concurrency);
    }

    [Fact]
    public async Task A_crawl_of_the_server_pauses_with_the_reason_and_loses_nothing_when_it_goes_on()
    {
        using var disk = await FaultyDisk.CreateAsync();
        await using var sites = Mixes.Start(new MixSettings("clean", Pages, 30, 52), 0);
        await using var server = await MadangProcess.ServeAsync(disk.Folder, new(disk.Variables)
        {
            // The catalogue has room: only what crawls write is refused.
            ["DISKFAULT_FOLDER"] = Path.Combine(disk.Folder, "crawls"),
            ["MADANG__SETUP__TOKEN"] = SetupToken,
            ["MADANG__OUTBOUND__ALLOW"] = "127.1.0.0/16",
        });
        using var admin = await SetUpAsync(server);
        var crawl = await MadangHost.PostAsync(admin, "/v1/crawls", new JsonObject
        {
            ["seeds"] = new JsonArray([.. sites.Web.Seeds.Select(seed => (JsonNode)seed)]),
            ["scope"] = "any",
            ["delay_ms"] = 5,
            ["concurrency"] = 16,
        });
        var path = $"/v1/crawls/{crawl["id"]}";
        await UntilAsync(() => Task.FromResult(sites.Log.Count > Pages / 4));
        disk.Set(DiskFault.Full);
        await UntilAsync(async () => await StateAsync(admin, path) == "paused");
        Assert.StartsWith("The disk is full.", (string)(await MadangHost.GetAsync(admin, path))["failure"]!, StringComparison.Ordinal);

        disk.Set(DiskFault.None);
        using var resumed = await admin.PostAsync(path + "/resume", null, Cancel);
        Assert.True(resumed.IsSuccessStatusCode, await resumed.Content.ReadAsStringAsync(Cancel));
        await UntilAsync(async () => await StateAsync(admin, path) == "finished");
        Assert.Null((string?)(await MadangHost.GetAsync(admin, path))["failure"]);
        AssertWhole(sites, 16);
        Assert.Equal(0, await server.StopAsync());
    }

    private static void AssertWhole(SiteServer server, int concurrency)
    {
        var check = PageSetCheck.Of(server.Web, server.Log.Read());
        Assert.True(check is { Lost.Count: 0, Strange.Count: 0, Forbidden.Count: 0 }, check.ToString());
        Assert.True(check.Refetched.Count <= concurrency, check.ToString());
    }

    private static CrawlerRun Start(FaultyDisk disk, CrawlTask task)
    {
        var start = Crawlers.Madang(Path.Combine(AppContext.BaseDirectory, "madang.dll")).Start(task);
        foreach (var (name, value) in disk.Variables)
        {
            start.Environment[name] = value;
        }

        return new CrawlerRun(start);
    }

    private static async Task<HttpClient> SetUpAsync(MadangProcess server)
    {
        var client = new HttpClient { BaseAddress = await server.AddressAsync() };
        using var answer = await client.PostAsJsonAsync(
            "/v1/setup", new { token = SetupToken, name = "admin", password = "a long enough password", display_name = "Admin" }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var session = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)session["token"]!);
        return client;
    }

    private static async Task<string> StateAsync(HttpClient client, string path) => (string)(await MadangHost.GetAsync(client, path))["state"]!;

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var waited = 0; waited < 4_500; waited++)
        {
            if (await holds())
            {
                return;
            }

            await Task.Delay(20, Cancel);
        }

        Assert.Fail("It did not come about within 90 s.");
    }
}
