using System.Text.Json;
using Madang.Tests.Integration;
using Madang.Tests.Integration.Crawler;
using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>Every page in every look: no serious fault that axe knows (WCAG 2.2 A and AA), and a picture in artifacts/screens for human eyes.</summary>
public sealed class ScreenTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";
    private static readonly string Axe = File.ReadAllText(Path.Combine(Repository.Root, "web/node_modules/axe-core/axe.min.js"));

    [Theory]
    [InlineData("en-GB", 1280, false)]
    [InlineData("en-GB", 390, true)]
    [InlineData("ko-KR", 1280, true)]
    [InlineData("ko-KR", 390, false)]
    public async Task Every_page_is_accessible_and_photographed(string locale, int width, bool dark)
    {
        var look = new Look(locale, width, dark);
        await using var server = await Server.StartAsync(new() { ["MADANG__OUTBOUND__ALLOW"] = "127.0.0.0/8" });
        var page = await chromium.OpenAsync(server.Address, look);
        var mina = new Person(page, look);
        var faults = new List<string>();

        await page.GotoAsync($"/setup#token={Server.SetupToken}");
        await page.GetByLabel(mina.Words.Name, new() { Exact = true }).WaitForAsync();
        await LookAtAsync(mina, "setup", faults);
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        await LookAtAsync(mina, "empty", faults);

        var room = await SetSceneAsync(server, look);
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("준호|Joon") }).First.WaitForAsync();
        await LookAtAsync(mina, "rooms", faults);
        await page.GotoAsync($"/rooms/{room}");
        await mina.SeesAsync("👍");
        await LookAtAsync(mina, "conversation", faults);
        await page.GotoAsync("/people");
        await page.GetByText("하린").First.WaitForAsync();
        await LookAtAsync(mina, "people", faults);
        await page.GotoAsync("/settings");
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        await LookAtAsync(mina, "settings", faults);
        await LookAtWebhookAsync(mina, server, faults);
        await page.GotoAsync("/no-such-page");
        await page.GetByRole(AriaRole.Heading).First.WaitForAsync();
        await LookAtAsync(mina, "not-found", faults);
        await LookAtCrawlsAsync(mina, server, faults);
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/login");
        await page.GetByLabel(mina.Words.Name, new() { Exact = true }).WaitForAsync();
        await LookAtAsync(mina, "login", faults);

        Assert.Empty(faults);
    }

    private static async Task LookAtWebhookAsync(Person mina, Server server, List<string> faults)
    {
        using var api = await Api.SignInAsync(server, "mina", Password);
        var hook = (await api.PostAsync("/v1/webhooks", new { url = "https://hooks.example.org/a-rather-long/address/of/an-endpoint", description = "Search index · 검색 색인", types = new[] { "crawl.page.new", "crawl.*" } })).GetProperty("id").GetString();
        await api.PostAsync($"/v1/webhooks/{hook}/test", new { });
        await mina.Page.GotoAsync($"/settings/webhooks/{hook}");
        await mina.Page.GetByRole(AriaRole.Heading, new() { Level = 2 }).First.WaitForAsync();
        await LookAtAsync(mina, "webhook", faults);
    }

    private static async Task LookAtCrawlsAsync(Person mina, Server server, List<string> faults)
    {
        var page = mina.Page;
        await page.GotoAsync("/crawls");
        await page.GetByRole(AriaRole.Heading, new() { Level = 2 }).First.WaitForAsync();
        await LookAtAsync(mina, "crawls-empty", faults);
        await page.GotoAsync("/crawls/new");
        await page.Locator("summary").ClickAsync();
        await page.Locator("form button.primary").ClickAsync();
        await page.Locator("[aria-invalid]").First.WaitForAsync();
        await LookAtAsync(mina, "crawl-new", faults);

        await using var site = await SmallSite.StartAsync(CrawlTests.Pages(), "User-agent: *\nDisallow: /private/\n");
        using var api = await Api.SignInAsync(server, "mina", Password);
        var crawl = (await api.PostAsync("/v1/crawls", new { seeds = new[] { site.Address + "/" }, delay_ms = 700, name = mina.Look.Locale == "ko-KR" ? "우리 동네" : "The neighbourhood" })).GetProperty("id").GetString();
        await page.GotoAsync("/crawls");
        await page.Locator(".crawl-row").First.WaitForAsync();
        await LookAtAsync(mina, "crawls", faults);
        await page.GotoAsync($"/crawls/{crawl}");
        await page.Locator(".chart-layer").First.WaitForAsync();
        await LookAtAsync(mina, "crawl", faults);
        await page.GotoAsync($"/crawls/{crawl}/hosts");
        await page.Locator(".host-row").First.WaitForAsync();
        await LookAtAsync(mina, "crawl-hosts", faults);
        await page.Locator(".state-finished").WaitForAsync();
        await page.GotoAsync($"/crawls/{crawl}/pages");
        await page.Locator(".page-row summary").First.ClickAsync();
        await LookAtAsync(mina, "crawl-pages", faults);
        await page.GotoAsync($"/crawls/{crawl}/explain?url={Uri.EscapeDataString(site.Address + "/private/diary")}");
        await page.Locator(".verdict").WaitForAsync();
        await LookAtAsync(mina, "crawl-explain", faults);
        await page.GotoAsync("/search");
        await page.GetByRole(AriaRole.Searchbox).WaitForAsync();
        await LookAtAsync(mina, "search", faults);
        await page.GotoAsync($"/search?q={Uri.EscapeDataString("마당")}");
        await page.Locator(".found-page, .empty").First.WaitForAsync();
        await LookAtAsync(mina, "search-results", faults);
    }

    internal static async Task LookAtAsync(Person person, string name, List<string> faults)
    {
        await person.PhotographAsync(name);
        await person.Page.EvaluateAsync(Axe);
        var result = await person.Page.EvaluateAsync<JsonElement>("axe.run({ resultTypes: ['violations'] })");
        faults.AddRange(
            from violation in result.GetProperty("violations").EnumerateArray()
            where violation.GetProperty("impact").GetString() is "serious" or "critical"
            from node in violation.GetProperty("nodes").EnumerateArray()
            select $"{name} {person.Look}: {violation.GetProperty("id")}: {node.GetProperty("html")}");

        // Nothing may stick out sideways at 390 px.
        if (await person.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
        {
            faults.Add($"{name} {person.Look}: the page scrolls sideways");
        }
    }

    /// <summary>A community with some life in it; the room that the conversation is photographed in.</summary>
    private static async Task<string> SetSceneAsync(Server server, Look look)
    {
        using var mina = await Api.SignInAsync(server, "mina", Password);
        var joonName = look.Locale == "ko-KR" ? "박준호" : "Joon Park";
        var joon = await mina.CreateAsync("joon", joonName, Password, "ko");
        var harin = await mina.CreateAsync("harin", "김하린", Password, "ko");
        var oliver = await mina.CreateAsync("oliver", "Oliver Whitfield", Password);
        using var joonApi = await Api.SignInAsync(server, "joon", Password);
        using var harinApi = await Api.SignInAsync(server, "harin", Password);

        var group = await mina.RoomAsync("group", "정원 모임 · Garden club", joon, harin, oliver);
        await mina.SayAsync(group, "Shall we meet under the pine on Saturday?");
        await harinApi.SayAsync(group, "좋아요! 토요일 두 시 어때요?");
        await joonApi.SayAsync(group, "저는 세 시가 좋아요. 그 전에는 시장에 다녀와야 해서요.\n끝나고 바로 갈게요.");
        var direct = await mina.RoomAsync("direct", null, joon);
        await mina.SayAsync(direct, "안녕하세요, 준호 님. 어제 부탁드린 자료 보셨어요?");
        await joonApi.SayAsync(direct, "네, 방금 다 읽었어요. 두 번째 장이 특히 좋았습니다.");
        await joonApi.SayAsync(direct, "One question: do we keep the long table on page 4? https://example.org/a/rather/long/address/that/has/to/wrap/somewhere?with=parameters");
        await mina.SayAsync(direct, "Yes, but shorter. I will send you a new version tonight.");
        await joonApi.SayAsync(direct, "👍");
        return direct;
    }
}
