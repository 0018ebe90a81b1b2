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
    [InlineData("en-GB", 1280, true)]
    [InlineData("en-GB", 390, false)]
    [InlineData("ko-KR", 1280, false)]
    [InlineData("ko-KR", 390, true)]
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

    [Theory]
    [InlineData("en-GB", 1280, false)]
    [InlineData("ko-KR", 390, true)]
    [InlineData("ko-KR", 1280, true)]
    [InlineData("en-GB", 390, false)]
    public async Task Every_page_about_notifications_is_accessible_and_photographed(string locale, int width, bool dark)
    {
        var look = new Look(locale, width, dark);
        // A mail server that nobody runs: what is sent to it waits and is tried again.
        await using var server = await Server.StartAsync(new()
        {
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__KIND"] = "smtp",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__HOST"] = "127.0.0.1",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__PORT"] = "9",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__SECURITY"] = "none",
            ["MADANG__NOTIFICATIONS__PROVIDERS__MAIL__FROM"] = "Madang <hello@example.org>",
        });
        var page = await chromium.OpenAsync(server.Address, look);
        var mina = new Person(page, look);
        var faults = new List<string>();
        await page.GotoAsync($"/setup#token={Server.SetupToken}");
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        await LookAtInboxAsync(mina, server, faults);
        await LookAtSendingAsync(mina, faults);
        Assert.Empty(faults);
    }

    private static async Task LookAtInboxAsync(Person mina, Server server, List<string> faults)
    {
        var page = mina.Page;
        var korean = mina.Look.Locale == "ko-KR";
        await page.GotoAsync("/inbox");
        await page.Locator(".inbox-row, .empty").First.WaitForAsync();
        await LookAtAsync(mina, "inbox-empty", faults);

        using var api = await Api.SignInAsync(server, "mina", Password);
        var me = (await api.GetAsync("/v1/me")).GetProperty("id").GetString();
        await api.PutAsync($"/v1/admin/users/{me}/addresses/email", new { value = "mina@example.org" });
        foreach (var (title, body, url) in new[]
        {
            (korean ? "김하린 님이 회원님을 언급했습니다" : "Harin mentioned you", "「토요일 두 시에 소나무 아래에서 만나요」", server.Address + "/people"),
            (korean ? "새 기기에서 로그인했습니다" : "Somebody signed in on a new device", "Firefox, Linux · 203.0.113.7", "https://example.org/a/rather/long/address"),
            (korean ? "정원 모임의 사진이 준비되었습니다" : "The pictures of the garden club are ready", korean ? "모두 서른두 장입니다." : "There are thirty-two of them.", null as string),
        })
        {
            await api.PostAsync("/v1/notifications", new { category = "announcement", content = new { title, body, url }, to = new { user_ids = new[] { me } } });
        }

        await SetAudienceAsync(api, korean);

        // They come over the line while the page is open.
        await page.Locator(".inbox-row").Nth(2).WaitForAsync();
        await page.Locator(".inbox-row.unread .inbox-actions button").First.ClickAsync();
        await page.Locator(".inbox-row:not(.unread)").First.WaitForAsync();
        await LookAtAsync(mina, "inbox", faults);

        await page.GotoAsync("/settings/notifications");
        await page.Locator(".matrix").WaitForAsync();
        await page.Locator(".matrix tbody tr:not(.matrix-all) input:enabled").First.ClickAsync();
        await page.Locator(".matrix-reset button").First.WaitForAsync();
        await page.Locator(".quiet-none + .button-row .button").First.ClickAsync();
        await LookAtAsync(mina, "preferences", faults);
        await page.Locator(".matrix").ScrollIntoViewIfNeededAsync();
        await page.Locator("h1").ScrollIntoViewIfNeededAsync();
        await LookAtAsync(mina, "preferences-matrix", faults);
    }

    private static async Task LookAtSendingAsync(Person mina, List<string> faults)
    {
        var page = mina.Page;
        await page.GotoAsync("/notify");
        await page.Locator(".queue").First.WaitForAsync();
        await LookAtAsync(mina, "notify-queues", faults);
        await page.GotoAsync("/notify/log");
        await page.Locator(".crawl-row").First.WaitForAsync();
        await LookAtAsync(mina, "notify-log", faults);
        await page.Locator(".crawl-row a").First.ClickAsync();
        await page.Locator(".totals, main .card.row").First.WaitForAsync();
        await LookAtAsync(mina, "notify-explain-many", faults);
        await page.GotoAsync("/notify/log");
        await page.Locator(".crawl-row a").Nth(1).ClickAsync();
        await page.Locator(".explained .decision").First.WaitForAsync();
        await LookAtAsync(mina, "notify-explain", faults);
        foreach (var view in new[] { "dead", "templates", "categories", "categories/announcement", "categories/garden.news", "audiences", "funnels?campaign=garden.spring" })
        {
            await page.GotoAsync($"/notify/{view}");
            await page.Locator("main .card").First.WaitForAsync();
            await page.Locator(".spinner").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
            await LookAtAsync(mina, $"notify-{view.Split('?')[0].Replace('/', '-')}", faults);
        }

        await LookAtPeopleAsync(mina, faults);

        await page.GotoAsync("/notify/templates/mention");
        await page.Locator(".preview-push").WaitForAsync();
        await LookAtAsync(mina, "notify-template", faults);
    }

    /// <summary>Who is sent to, who is not, and the question before a broadcast.</summary>
    private static async Task LookAtPeopleAsync(Person mina, List<string> faults)
    {
        var page = mina.Page;
        await page.GotoAsync("/notify/suppressions");
        await page.Locator(".rows .icon-button").First.ClickAsync();
        await LookAtAsync(mina, "notify-suppressions", faults);
        await page.GotoAsync("/notify/audiences/garden");
        await page.Locator(".rows .row").First.WaitForAsync();
        await LookAtAsync(mina, "notify-audience-topic", faults);
        await page.GotoAsync("/notify/audiences/koreans");
        await page.Locator("[name=locales]").WaitForAsync();
        await LookAtAsync(mina, "notify-audience-segment", faults);
        await page.GotoAsync("/notify/audiences");
        await page.Locator(".card-head .button").ClickAsync();
        await LookAtAsync(mina, "notify-audience-new", faults);

        await page.GotoAsync("/notify/send");
        await page.Locator(".send-to > .button").ClickAsync();
        await page.Locator(".picker-item").Nth(1).ClickAsync();
        await LookAtAsync(mina, "notify-send-people", faults);
        await page.Locator(".dialog .button.primary").ClickAsync();
        await page.Locator(".send-to .chip").WaitForAsync();
        await page.Locator("form .tabs").Nth(1).Locator("button").Nth(1).ClickAsync();
        await page.Locator("form select").Nth(1).SelectOptionAsync("mention");
        await page.Locator(".preview-push").WaitForAsync();
        await LookAtAsync(mina, "notify-send-template", faults);
        await page.GotoAsync("/notify/send?audience=garden");
        await page.Locator("form .field input").First.FillAsync(mina.Look.Locale == "ko-KR" ? "토요일에 만나요" : "See you on Saturday");
        await page.Locator("form textarea").First.FillAsync(mina.Look.Locale == "ko-KR" ? "두 시에 소나무 아래에서 기다릴게요." : "We wait under the pine at two.");
        await page.Locator("form .button.primary").ClickAsync();
        await page.Locator(".confirm").WaitForAsync();
        await LookAtAsync(mina, "notify-send", faults);
    }

    /// <summary>People, audiences, a category and a campaign; addresses that are blocked.</summary>
    private static async Task SetAudienceAsync(Api api, bool korean)
    {
        string[] people = [await api.CreateAsync("joon", korean ? "박준호" : "Joon Park", Password, "ko"), await api.CreateAsync("harin", "김하린", Password, "ko"), await api.CreateAsync("oliver", "Oliver Whitfield", Password)];
        await api.PostAsync("/v1/admin/audiences", new { name = "garden", kind = "topic", title = korean ? "정원 모임" : "Garden club", open = true });
        await api.PostAsync("/v1/admin/audiences/garden/members", new { add = people });
        await api.PostAsync("/v1/admin/audiences", new { name = "koreans", kind = "segment", title = korean ? "한국어를 쓰는 사람" : "Korean speakers", rule = new { locales = new[] { "ko" }, roles = new[] { "user" }, created_after = "2026-01-31T15:00:00Z" } });
        await api.PutAsync("/v1/admin/categories/garden.news", new
        {
            titles = new { ko = "정원 소식", en = "News of the garden" },
            channels = new[] { "inbox", "email" },
            per_day = 3,
            digest_window_ms = 5_400_000,
            fallback = new { from = "push", after_ms = 7_200_000, to = "email" },
        });
        await api.TellAsync("/v1/admin/suppressions", new { kind = "email", value = "somebody.with.a.rather.long.name@mail.example.org", reason = "unsubscribed" });
        await api.TellAsync("/v1/admin/suppressions", new { kind = "phone", value = "+821012345678" });
        await api.PostAsync("/v1/notifications", new { category = "garden.news", content = new { title = korean ? "봄꽃" : "Spring", body = "🌸" }, data = new { campaign = "garden.spring" }, to = new { audience = "garden" } });
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
