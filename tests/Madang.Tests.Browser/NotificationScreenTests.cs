using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>The pages of notifications, as <see cref="ScreenTests"/> looks at the others: a class of its own, so that they are looked at side by side.</summary>
public sealed class NotificationScreenTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";

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
        await ScreenTests.LookAtAsync(mina, "inbox-empty", faults);

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
        await ScreenTests.LookAtAsync(mina, "inbox", faults);

        await page.GotoAsync("/settings/notifications");
        await page.Locator(".matrix").WaitForAsync();
        await page.Locator(".matrix tbody tr:not(.matrix-all) input:enabled").First.ClickAsync();
        await page.Locator(".matrix-reset button").First.WaitForAsync();
        await page.Locator(".quiet-none + .button-row .button").First.ClickAsync();
        await ScreenTests.LookAtAsync(mina, "preferences", faults);
        await page.Locator(".matrix").ScrollIntoViewIfNeededAsync();
        await page.Locator("h1").ScrollIntoViewIfNeededAsync();
        await ScreenTests.LookAtAsync(mina, "preferences-matrix", faults);
    }

    private static async Task LookAtSendingAsync(Person mina, List<string> faults)
    {
        var page = mina.Page;
        await page.GotoAsync("/notify");
        await page.Locator(".queue").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-queues", faults);
        await page.GotoAsync("/notify/log");
        await page.Locator(".crawl-row").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-log", faults);
        await page.Locator(".crawl-row a").First.ClickAsync();
        await page.Locator(".totals, main .card.row").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-explain-many", faults);
        await page.GotoAsync("/notify/log");
        await page.Locator(".crawl-row a").Nth(1).ClickAsync();
        await page.Locator(".explained .decision").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-explain", faults);
        foreach (var view in new[] { "dead", "templates", "categories", "categories/announcement", "categories/garden.news", "audiences", "funnels?campaign=garden.spring" })
        {
            await page.GotoAsync($"/notify/{view}");
            await page.Locator("main .card").First.WaitForAsync();
            await page.Locator(".spinner").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
            await ScreenTests.LookAtAsync(mina, $"notify-{view.Split('?')[0].Replace('/', '-')}", faults);
        }

        await LookAtPeopleAsync(mina, faults);

        await page.GotoAsync("/notify/templates/mention");
        await page.Locator(".preview-push").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-template", faults);
    }

    /// <summary>Who is sent to, who is not, and the question before a broadcast.</summary>
    private static async Task LookAtPeopleAsync(Person mina, List<string> faults)
    {
        var page = mina.Page;
        await page.GotoAsync("/notify/suppressions");
        await page.Locator(".rows .icon-button").First.ClickAsync();
        await ScreenTests.LookAtAsync(mina, "notify-suppressions", faults);
        await page.GotoAsync("/notify/audiences/garden");
        await page.Locator(".rows .row").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-audience-topic", faults);
        await page.GotoAsync("/notify/audiences/koreans");
        await page.Locator("[name=locales]").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-audience-segment", faults);
        await page.GotoAsync("/notify/audiences");
        await page.Locator(".card-head .button").ClickAsync();
        await ScreenTests.LookAtAsync(mina, "notify-audience-new", faults);

        await page.GotoAsync("/notify/send");
        await page.Locator(".send-to > .button").ClickAsync();
        await page.Locator(".picker-item").Nth(1).ClickAsync();
        await ScreenTests.LookAtAsync(mina, "notify-send-people", faults);
        await page.Locator(".dialog .button.primary").ClickAsync();
        await page.Locator(".send-to .chip").WaitForAsync();
        await page.Locator("form .tabs").Nth(1).Locator("button").Nth(1).ClickAsync();
        await page.Locator("form select").Nth(1).SelectOptionAsync("mention");
        await page.Locator(".preview-push").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-send-template", faults);
        await page.GotoAsync("/notify/send?audience=garden");
        await page.Locator("form .field input").First.FillAsync(mina.Look.Locale == "ko-KR" ? "토요일에 만나요" : "See you on Saturday");
        await page.Locator("form textarea").First.FillAsync(mina.Look.Locale == "ko-KR" ? "두 시에 소나무 아래에서 기다릴게요." : "We wait under the pine at two.");
        await page.Locator("form .button.primary").ClickAsync();
        await page.Locator(".confirm").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "notify-send", faults);
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
}
