using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>The pages of posts, as <see cref="ScreenTests"/> looks at the others.</summary>
public sealed class PostScreenTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";

    [Theory]
    [InlineData("en-GB", 1280, false)]
    [InlineData("ko-KR", 390, true)]
    [InlineData("ko-KR", 1280, true)]
    [InlineData("en-GB", 390, false)]
    public async Task Every_page_about_posts_is_accessible_and_photographed(string locale, int width, bool dark)
    {
        var look = new Look(locale, width, dark);
        await using var server = await Server.StartAsync();
        var page = await chromium.OpenAsync(server.Address, look);
        var mina = new Person(page, look);
        var faults = new List<string>();
        await page.GotoAsync($"/setup#token={Server.SetupToken}");
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        using var api = await Api.SignInAsync(server, "mina", Password);
        var me = (await api.GetAsync("/v1/me")).GetProperty("id").GetString();
        var korean = locale == "ko-KR";
        var joon = await api.CreateAsync("joon", korean ? "박준호" : "Joon Park", Password, "ko");
        using var joonApi = await Api.SignInAsync(server, "joon", Password);

        await page.GotoAsync($"/people/{me}");
        await page.Locator(".empty").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "posts-none", faults);
        await page.Locator(".post-composer textarea").FillAsync(korean ? "오늘 정원에 소나무를 심었습니다. #정원 @joon 님, 고맙습니다!" : "We planted a pine in the #garden today. Thank you, @joon!");
        await page.Locator(".post-composer .primary").ClickAsync();
        await page.Locator(".post").First.WaitForAsync();
        await page.Locator(".post-composer textarea").FillAsync(korean ? "다음 주에는" : "Next week");
        await ScreenTests.LookAtAsync(mina, "posts-mine", faults);

        await joonApi.PostAsync("/v1/posts", new { client_id = Guid.CreateVersion7().ToString("N"), text = korean ? "토요일 두 시에 소나무 아래에서 만나요.\n\n#정원 https://example.org/a/rather/long/address/that/has/to/wrap?with=parameters" : "Let us meet under the pine on Saturday at two.\n\n#garden https://example.org/a/rather/long/address/that/has/to/wrap?with=parameters" });
        var post = (await joonApi.PostAsync("/v1/posts", new { client_id = Guid.CreateVersion7().ToString("N"), text = korean ? "@mina 님께만 보내는 글입니다." : "This one is for @mina alone.", audience = "direct" })).GetProperty("id").GetString();
        await page.GotoAsync($"/people/{joon}");
        await page.Locator(".post").Nth(1).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "posts-person", faults);
        await page.GotoAsync("/feed");
        await page.Locator(".post").First.WaitForAsync();
        await api.PutAsync($"/v1/follows/{joon}", new { });
        await page.GotoAsync("/feed");
        await page.Locator(".post").Nth(2).WaitForAsync();
        await joonApi.PostAsync("/v1/posts", new { client_id = Guid.CreateVersion7().ToString("N"), text = korean ? "방금 물을 주었습니다." : "I have just watered it." });
        await page.Locator(".feed-new .button").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "feed", faults);
        await page.Locator(".feed-new .button").ClickAsync();
        await page.Locator(".post").Nth(3).WaitForAsync();
        await page.GotoAsync($"/tags/{(korean ? "정원" : "garden")}");
        await page.Locator(".post").Nth(1).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "feed-tag", faults);
        await api.PostAsync("/v1/lists", new { title = korean ? "정원 모임" : "Garden club" });
        await page.GotoAsync("/lists");
        await page.Locator(".list-title").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "lists", faults);
        await page.GotoAsync($"/posts/{post}");
        await page.Locator(".post").WaitForAsync();
        await page.Locator(".post .menu .icon-button").ClickAsync();
        await ScreenTests.LookAtAsync(mina, "post", faults);
        await page.GetByRole(AriaRole.Menuitem).Nth(1).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "post-report", faults);
        await api.PostAsync("/v1/reports", new { post_id = post, reason = "spam", text = korean ? "같은 글을 여러 번 보냅니다." : "The same again and again." });
        await page.GotoAsync("/moderation");
        await page.Locator(".post").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "moderation", faults);
        Assert.Empty(faults);
    }
}
