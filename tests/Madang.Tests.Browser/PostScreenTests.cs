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
        await LookAtActionsAsync(mina, api, joonApi, faults);
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
        await LookAtShelvesAsync(mina, api, faults);
        Assert.Empty(faults);
    }

    /// <summary>A post that people did much with: reactions, shares, versions, and a conversation under it.</summary>
    private static async Task LookAtActionsAsync(Person mina, Api api, Api joon, List<string> faults)
    {
        var page = mina.Page;
        var korean = mina.Look.Locale == "ko-KR";
        var post = await PublishAsync(joon, korean ? "올해 첫 매실입니다. 누가 함께 딸까요? #정원" : "The first plums of the year. Who helps to pick them? #garden");
        var comment = await CommentAsync(api, post, korean ? "저요! 토요일 오전이면 좋겠어요." : "I do! Saturday morning would be fine.");
        await CommentAsync(joon, comment, korean ? "그럼 아홉 시에 봐요." : "At nine, then.");
        await CommentAsync(joon, post, korean ? "바구니는 제가 가져갈게요." : "I bring the baskets.");
        await joon.PatchAsync($"/v1/posts/{post}", new { text = korean ? "올해 첫 매실입니다. 누가 함께 딸까요? 바구니도 있어요. #정원" : "The first plums of the year. Who helps to pick them? There are baskets. #garden" });
        foreach (var kind in new[] { "like", "love", "wow" })
        {
            await joon.PutAsync($"/v1/posts/{post}/reactions/{kind}", new { });
        }

        await api.PutAsync($"/v1/posts/{post}/like", new { });
        await api.PutAsync($"/v1/posts/{post}/reactions/love", new { });
        await api.PutAsync($"/v1/posts/{post}/bookmark", new { });
        await api.PostAsync($"/v1/posts/{post}/share", new { client_id = Guid.CreateVersion7().ToString("N"), text = korean ? "모두 오세요!" : "Come, everybody!" });
        await api.PostAsync($"/v1/posts/{post}/share", new { client_id = Guid.CreateVersion7().ToString("N") });
        await page.GotoAsync("/feed");
        await page.Locator(".post-reaction").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "feed-actions", faults);
        await page.GotoAsync($"/posts/{post}");
        await page.Locator(".comment .link-button").ClickAsync();
        await page.Locator(".answers .post").WaitForAsync();
        await page.Locator(".comment .post-action").First.ClickAsync();
        await page.Locator(".answer-box").Nth(1).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "thread", faults);
        await page.Locator(".post.open .post-edited").ClickAsync();
        await page.Locator(".post-versions li").Nth(1).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "post-versions", faults);
        await page.Keyboard.PressAsync("Escape");
        foreach (var (item, name, ready) in new[] { (2, "reactors", ".reactor-signs"), (3, "explain", ".explain li"), (4, "mute", ".mute-choices") })
        {
            await page.Locator(".post.open .post-head .menu .icon-button").ClickAsync();
            await page.GetByRole(AriaRole.Menuitem).Nth(item).ClickAsync();
            await page.Locator(ready).First.WaitForAsync();
            await ScreenTests.LookAtAsync(mina, $"post-{name}", faults);
            await page.Keyboard.PressAsync("Escape");
            await page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        }

        await page.Locator(".post.open .post-action").Nth(1).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem).Nth(1).ClickAsync();
        await page.Locator("dialog textarea").FillAsync(korean ? "저도 갑니다" : "I come as well");
        await ScreenTests.LookAtAsync(mina, "post-share", faults);
    }

    /// <summary>What stands beside the feed: bookmarks, drafts, websites.</summary>
    private static async Task LookAtShelvesAsync(Person mina, Api api, List<string> faults)
    {
        var page = mina.Page;
        var korean = mina.Look.Locale == "ko-KR";
        await page.GotoAsync("/bookmarks");
        await page.Locator(".post").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "bookmarks", faults);
        await api.PostAsync("/v1/me/drafts", new { text = korean ? "다음 모임에서 이야기할 것들" : "What to talk about at the next meeting" });
        await api.PostAsync("/v1/me/drafts", new { text = korean ? "새해 복 많이 받으세요!" : "A happy new year!", audience = "friends", publish_at = TimeProvider.System.GetUtcNow().AddDays(30) });
        await page.GotoAsync("/drafts");
        await page.Locator(".post").Nth(1).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "drafts", faults);
        await page.Locator(".post .button.small").Nth(3).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "draft-edit", faults);
        await page.GotoAsync("/sources");
        await page.Locator("main .empty").WaitForAsync();
        await page.Locator("main form input").FillAsync("127.0.0.1/feed");
        await page.Locator("main form .button.primary").ClickAsync();
        await page.Locator(".field-note.error").WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "sources-refused", faults);
        await page.GotoAsync($"/search?in=posts&q={Uri.EscapeDataString(korean ? "매실" : "plums")}");
        await page.Locator(".post").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "search-posts", faults);
        await page.GotoAsync("/feed");
        await page.Locator(".feed-order button").Nth(1).ClickAsync();
        await page.Locator(".post").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "feed-scored", faults);
        await page.GotoAsync("/settings");
        await page.Locator(".file-button").First.WaitForAsync();
        await ScreenTests.LookAtAsync(mina, "settings-moving", faults);
    }

    private static async Task<string> PublishAsync(Api api, string text) =>
        (await api.PostAsync("/v1/posts", new { client_id = Guid.CreateVersion7().ToString("N"), text })).GetProperty("id").GetString()!;

    private static async Task<string> CommentAsync(Api api, string under, string text) =>
        (await api.PostAsync($"/v1/posts/{under}/comments", new { client_id = Guid.CreateVersion7().ToString("N"), text })).GetProperty("id").GetString()!;
}
