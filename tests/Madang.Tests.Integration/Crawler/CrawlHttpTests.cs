using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>/v1/crawls</c> from the start of a crawl to its end, against a site on loopback.</summary>
public abstract class CrawlHttpFacts(CrawlingHost crawling)
{
    private readonly MadangHost _host = crawling.Host;

    [Fact]
    public async Task A_crawl_tells_its_shape_runs_to_its_end_and_is_thrown_away()
    {
        await using var site = await SmallSite.StartAsync(Garden(), "User-agent: *\nDisallow: /private/\n");
        var admin = (await _host.AdminAsync()).Http;
        var crawl = await StartAsync(admin, site, new() { ["name"] = " 정원 ", ["max_depth"] = 9 });
        var id = (string)crawl["id"]!;
        Assert.Equal("정원", (string)crawl["name"]!);
        Assert.Equal("running", (string)crawl["state"]!);
        Assert.Equal("host", (string)crawl["settings"]!["scope"]!);
        Assert.Equal(9, (int)crawl["settings"]!["max_depth"]!);
        Assert.Equal((string)(await MadangHost.GetAsync(admin, "/v1/me"))["id"]!, (string)crawl["created_by"]!);
        Assert.NotNull(crawl["created_at"]);

        var finished = await FinishAsync(admin, id);
        Assert.NotNull(finished["finished_at"]);
        var progress = finished["progress"]!;
        Assert.Equal(6, (long)progress["fetched"]!);
        Assert.Equal(5, (long)progress["statuses"]!["2xx"]!);
        Assert.Equal(1, (long)progress["statuses"]!["4xx"]!);
        Assert.Equal(0, (long)progress["waiting"]!);
        Assert.True((long)progress["bytes"]! > 0);
        Assert.True((long)progress["refused_by"]!["out_of_scope"]! > 0);
        foreach (var name in (string[])["per_second", "hosts", "in_flight", "resting", "parked", "done", "gone", "refused", "wire_bytes", "faults", "duplicates", "elapsed_ms"])
        {
            Assert.NotNull(progress[name]);
        }

        Assert.DoesNotContain(site.Asked, path => path.StartsWith("/private/", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"/v1/crawls/{id}", TestContext.Current.CancellationToken)).StatusCode);
        await Problems.AssertAsync(await admin.GetAsync($"/v1/crawls/{id}", TestContext.Current.CancellationToken), HttpStatusCode.NotFound, "not_found");
        await Problems.AssertAsync(await admin.GetAsync($"/v1/crawls/{id}/pages", TestContext.Current.CancellationToken), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Pages_are_read_to_the_true_end_each_once_and_filtered()
    {
        await using var site = await SmallSite.StartAsync(Garden());
        var admin = (await _host.AdminAsync()).Http;
        var id = (string)(await StartAsync(admin, site))["id"]!;
        await FinishAsync(admin, id);

        var all = await AllAsync(admin, $"/v1/crawls/{id}/pages", 2);
        string[] urls = [.. all.Select(page => (string)page["url"]!)];
        Assert.Equal(Garden().Keys.Concat(["/gone", "/private/a"]).Select(path => site.Address + path).Order(), urls.Order());
        var tree = all.Single(page => (string)page["url"]! == site.Address + "/tree");
        Assert.Equal("소나무", (string)tree["title"]!);
        Assert.Equal("ko", (string)tree["language"]!);
        Assert.Equal(200, (int)tree["status"]!);
        Assert.Equal(1, (int)tree["depth"]!);
        Assert.True((int)tree["words"]! > 0);
        Assert.True((int)tree["archive"]!["length"]! > 0);
        Assert.Equal(1, (int)tree["fetches"]!);

        Assert.Equal([site.Address + "/gone", site.Address + "/private/a"], (await UrlsAsync("status=4xx")).Order());
        Assert.Equal([], await UrlsAsync("status=none"));
        Assert.Equal([site.Address + "/%EB%9C%B0"], await UrlsAsync("q=" + Uri.EscapeDataString("뜰")));
        Assert.Equal([site.Address + "/copy"], await UrlsAsync("duplicate=body"));
        var copy = all.Single(page => (string)page["url"]! == site.Address + "/copy");
        Assert.Equal("body", (string)copy["duplicate"]!["kind"]!);
        Assert.Equal(site.Address + "/tree", (string)copy["duplicate"]!["url"]!);

        var host = Assert.Single((await MadangHost.GetAsync(admin, $"/v1/crawls/{id}/hosts"))["items"]!.AsArray())!;
        Assert.Equal(urls.Length, (await UrlsAsync($"host={(string)host["id"]!}")).Count);
        Assert.Equal([], await UrlsAsync("host=12345"));

        async Task<List<string>> UrlsAsync(string query) => [.. (await AllAsync(admin, $"/v1/crawls/{id}/pages?{query}", 100)).Select(page => (string)page["url"]!)];
    }

    [Fact]
    public async Task Hosts_show_their_clocks_and_what_their_robots_txt_asks()
    {
        await using var site = await SmallSite.StartAsync(new Dictionary<string, string> { ["/"] = SmallSite.Page("첫 장", "마당") }, "User-agent: Madang\nCrawl-delay: 2\n");
        var admin = (await _host.AdminAsync()).Http;
        var id = (string)(await StartAsync(admin, site))["id"]!;
        await FinishAsync(admin, id);

        foreach (var query in (string[])["", "?order=busiest", "?q=127.0.0", $"?q={Uri.EscapeDataString("127.0.0.1")}&limit=1"])
        {
            var page = await MadangHost.GetAsync(admin, $"/v1/crawls/{id}/hosts{query}");
            var host = Assert.Single(page["items"]!.AsArray())!;
            Assert.Null(page["next"]);
            Assert.Equal(site.Address, (string)host["origin"]!);
            Assert.Equal("127.0.0.1", (string)host["domain"]!);
            Assert.Equal("127.0.0.1", (string)host["address"]!);
            Assert.Equal(1, (long)host["fetched"]!);
            Assert.Equal(0, (long)host["waiting"]!);
            Assert.NotNull(host["next_at"]);
            Assert.Equal(200, (int)host["robots"]!["status"]!);
            Assert.Equal(2_000, (long)host["robots"]!["crawl_delay_ms"]!);
        }

        Assert.Empty((await MadangHost.GetAsync(admin, $"/v1/crawls/{id}/hosts?q=elsewhere"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Explaining_tells_why_a_url_is_where_it_is()
    {
        await using var site = await SmallSite.StartAsync(Garden(), "User-agent: *\nDisallow: /private/\n");
        var admin = (await _host.AdminAsync()).Http;
        var id = (string)(await StartAsync(admin, site))["id"]!;
        await FinishAsync(admin, id);

        var tree = await ExplainAsync(site.Address + "/tree#top");
        Assert.Equal(site.Address + "/tree", (string)tree["url"]!);
        Assert.Equal("fetched", (string)tree["verdict"]!);
        Assert.Equal(1, (int)tree["depth"]!);
        Assert.Equal(site.Address + "/", (string)tree["referrer"]!);
        Assert.Equal(200, (int)tree["page"]!["status"]!);
        Assert.Equal(site.Address, (string)tree["host"]!["origin"]!);

        var secret = await ExplainAsync(site.Address + "/private/a");
        Assert.Equal("refused", (string)secret["verdict"]!);
        var reason = secret["reasons"]!.AsArray().First(told => (string)told!["code"]! == "robots")!;
        Assert.Contains("line 2", (string)reason["detail"]!, StringComparison.Ordinal);
        Assert.Equal("out_of_scope", (string)(await ExplainAsync("https://elsewhere.example/"))["reasons"]![0]!["code"]!);

        foreach (var (query, code) in new[] { ("", "required"), ("?url=", "required"), ("?url=nonsense", "invalid"), ("?url=ftp://a.org/", "invalid") })
        {
            var problem = await Problems.AssertAsync(
                await admin.GetAsync($"/v1/crawls/{id}/explain{query}", TestContext.Current.CancellationToken), HttpStatusCode.UnprocessableEntity, "invalid_fields", "url");
            Assert.Equal(code, problem.GetProperty("errors")[0].GetProperty("code").GetString());
        }

        await Problems.AssertAsync(await admin.GetAsync("/v1/crawls/1/explain?url=https://a.org/", TestContext.Current.CancellationToken), HttpStatusCode.NotFound, "not_found");

        Task<JsonNode> ExplainAsync(string url) => MadangHost.GetAsync(admin, $"/v1/crawls/{id}/explain?url={Uri.EscapeDataString(url)}");
    }

    [Fact]
    public async Task Its_states_are_changed_in_order_and_refused_out_of_it()
    {
        await using var site = await SmallSite.StartAsync(Many(40));
        var admin = (await _host.AdminAsync()).Http;
        var id = (string)(await StartAsync(admin, site, new() { ["delay_ms"] = 3_000 }))["id"]!;

        await RefusedAsync("resume", "crawl_running");
        await Problems.AssertAsync(await admin.DeleteAsync($"/v1/crawls/{id}", TestContext.Current.CancellationToken), HttpStatusCode.Conflict, "crawl_running");
        Assert.Equal("paused", await ChangeAsync("pause"));
        await RefusedAsync("pause", "crawl_not_running");
        Assert.Equal("running", await ChangeAsync("resume"));
        Assert.Equal("stopped", await ChangeAsync("stop"));
        await RefusedAsync("stop", "crawl_ended");
        await RefusedAsync("pause", "crawl_not_running");
        Assert.Equal("running", await ChangeAsync("resume"));
        Assert.Equal("paused", await ChangeAsync("pause"));
        Assert.Equal("stopped", await ChangeAsync("stop"));

        foreach (var verb in (string[])["pause", "resume", "stop"])
        {
            await Problems.AssertAsync(await PostAsync(admin, $"/v1/crawls/1/{verb}", []), HttpStatusCode.NotFound, "not_found");
            await Problems.AssertAsync(await PostAsync(admin, $"/v1/crawls/x/{verb}", []), HttpStatusCode.NotFound, "not_found");
        }

        async Task<string> ChangeAsync(string verb) => (string)(await MadangHost.PostAsync(admin, $"/v1/crawls/{id}/{verb}", new JsonObject()))["state"]!;

        async Task RefusedAsync(string verb, string code) => await Problems.AssertAsync(await PostAsync(admin, $"/v1/crawls/{id}/{verb}", []), HttpStatusCode.Conflict, code);
    }

    [Theory]
    [InlineData("""{}""", "seeds required")]
    [InlineData("""{"seeds":["ftp://a.org/","https://b.org/",""]}""", "seeds.0 invalid;seeds.2 required")]
    [InlineData("""{"seeds":["https://a.org/"],"scope":"moon","max_depth":-1,"concurrency":0}""", "scope unknown_value;max_depth out_of_range;concurrency out_of_range")]
    [InlineData("""{"seeds":["https://a.org/"],"allow":["10.0.0.0/33"]}""", "allow.0 invalid")]
    [InlineData("""{"seeds":["https://a.org/"],"allow":["10.0.0.0/8"]}""", "allow operator_only")]
    [InlineData("""{"seeds":"https://a.org/"}""", "seeds invalid")]
    [InlineData("""{"seeds":["https://a.org/"],"max_pages":"ten"}""", "max_pages invalid")]
    [InlineData("""{"seeds":["https://a.org/"],"delay_ms":1.5}""", "delay_ms invalid")]
    public async Task Each_wrong_setting_is_refused_at_its_field(string body, string faults)
    {
        var admin = (await _host.AdminAsync()).Http;
        var problem = await Problems.AssertAsync(await PostAsync(admin, "/v1/crawls", (JsonObject)JsonNode.Parse(body)!), HttpStatusCode.UnprocessableEntity, "invalid_fields");
        Assert.Equal(faults, string.Join(';', problem.GetProperty("errors").EnumerateArray().Select(fault => $"{fault.GetProperty("field")} {fault.GetProperty("code")}")));
    }

    [Theory]
    [InlineData("/v1/crawls?limit=0", "limit out_of_range")]
    [InlineData("/v1/crawls?cursor=x", "cursor invalid")]
    [InlineData("/v1/crawls/{id}/pages?status=6xx&host=-1&duplicate=none&limit=101", "limit out_of_range;status unknown_value;host invalid;duplicate unknown_value")]
    [InlineData("/v1/crawls/{id}/hosts?order=name&cursor=x", "cursor invalid;order unknown_value")]
    public async Task Each_wrong_question_is_refused_at_its_field(string path, string faults)
    {
        var admin = (await _host.AdminAsync()).Http;
        var problem = await Problems.AssertAsync(await admin.GetAsync(path.Replace("{id}", "1", StringComparison.Ordinal), TestContext.Current.CancellationToken), HttpStatusCode.UnprocessableEntity, "invalid_fields");
        Assert.Equal(faults, string.Join(';', problem.GetProperty("errors").EnumerateArray().Select(fault => $"{fault.GetProperty("field")} {fault.GetProperty("code")}")));
    }

    [Fact]
    public async Task The_list_is_read_to_the_true_end_newest_first()
    {
        await using var site = await SmallSite.StartAsync(new Dictionary<string, string> { ["/"] = SmallSite.Page("하나", "마당") });
        var admin = (await _host.AdminAsync()).Http;
        var mine = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            mine.Insert(0, (string)(await StartAsync(admin, site))["id"]!);
        }

        var listed = (await AllAsync(admin, "/v1/crawls", 1)).Select(crawl => (string)crawl["id"]!).ToList();
        Assert.Equal(listed.Distinct(), listed);
        Assert.Equal(mine, listed.Where(mine.Contains));
    }

    internal static Dictionary<string, string> Garden() => new()
    {
        ["/"] = SmallSite.Page("마당", "우리 동네 마당에 오신 것을 환영합니다.", "/tree", "/copy", "/%EB%9C%B0", "/deep", "/gone", "/private/a", "https://elsewhere.example/"),
        ["/tree"] = SmallSite.Page("소나무", "오래된 소나무 한 그루가 마당 가운데에 서 있습니다."),
        ["/copy"] = SmallSite.Page("소나무", "오래된 소나무 한 그루가 마당 가운데에 서 있습니다."),
        ["/%EB%9C%B0"] = SmallSite.Page("뜰", "뜰에는 봄꽃이 핍니다."),
        ["/deep"] = SmallSite.Page("깊은 곳", "여기까지 오는 사람은 드뭅니다.", "/"),
    };

    private static Dictionary<string, string> Many(int count) => Enumerable.Range(0, count).ToDictionary(
        n => n == 0 ? "/" : $"/{n}", n => SmallSite.Page($"장 {n}", $"쪽 번호는 {n}", n == 0 ? Enumerable.Range(1, count - 1).Select(to => $"/{to}") : []));

    internal static async Task<JsonNode> StartAsync(HttpClient admin, SmallSite site, JsonObject? more = null)
    {
        var body = more ?? [];
        body["seeds"] = new JsonArray(site.Address + "/");
        body["delay_ms"] ??= 0;
        using var answer = await PostAsync(admin, "/v1/crawls", body);
        var crawl = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.True(answer.StatusCode == HttpStatusCode.Created, crawl.ToJsonString());
        Assert.Equal($"/v1/crawls/{crawl["id"]}", answer.Headers.Location?.ToString());
        return crawl;
    }

    /// <summary>The crawl as its last event tells it.</summary>
    internal static async Task<JsonNode> FinishAsync(HttpClient admin, string id)
    {
        await using var stream = await CrawlEventStream.OpenAsync(admin, id);
        var (name, crawl) = (await stream.AllAsync())[^1];
        Assert.Equal("state", name);
        Assert.True((string)crawl["state"]! == "finished", crawl.ToJsonString());
        return crawl;
    }

    internal static async Task<List<JsonNode>> AllAsync(HttpClient client, string path, int limit)
    {
        var (all, cursor) = (new List<JsonNode>(), "");
        do
        {
            var page = await MadangHost.GetAsync(client, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}&cursor={cursor}");
            all.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["next"];
        }
        while (cursor is not null);
        return all;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, JsonObject body) =>
        client.PostAsync(path, new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
}

public sealed class CrawlHttpTests(CrawlingHost crawling) : CrawlHttpFacts(crawling), IClassFixture<CrawlingHost>;

[Trait("engine", "postgres")]
public sealed class PostgresCrawlHttpTests(PostgresCrawlingHost crawling) : CrawlHttpFacts(crawling), IClassFixture<PostgresCrawlingHost>;

public sealed class PostgresCrawlingHost() : CrawlingHost(postgres: true);

/// <summary>A server that may enter loopback.</summary>
public class CrawlingHost : IAsyncLifetime
{
    private readonly bool _postgres;

    public CrawlingHost()
    {
    }

    /// <summary>A fixture has one public constructor.</summary>
    private protected CrawlingHost(bool postgres) => _postgres = postgres;

    public MadangHost Host { get; private set; } = null!;

    public static Task<MadangHost> StartAsync(bool postgres = false) =>
        MadangHost.StartAsync(new() { ["Madang:Outbound:Allow"] = "127.0.0.0/8", ["Madang:Crawler:MaxRunning"] = "20" }, postgres);

    public async ValueTask InitializeAsync() => Host = await StartAsync(_postgres);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Host is not null)
        {
            await Host.DisposeAsync();
        }
    }
}
