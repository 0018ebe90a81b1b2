using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Madang.Tests.Integration.Feeds;
using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>Two people and their feed, in two browsers on a fresh server.</summary>
public sealed class FeedTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";

    [Fact]
    public async Task What_one_publishes_the_other_is_told_of_reads_likes_and_answers()
    {
        await using var server = await Server.StartAsync();
        var (mina, joon) = await MeetAsync(server);

        // Into an empty feed at first: the news comes over the line all the same.
        await joon.Page.GotoAsync("/feed");
        await joon.Page.Locator("main .empty").WaitForAsync();
        await mina.Page.GotoAsync("/feed");
        await ComposePostAsync(mina.Page, ["ㅅ", "소", "솜", "소ㄴ", "소나", "소남", "소나무"]);
        await mina.Page.Locator(".post-text", new() { HasText = "소나무" }).WaitForAsync();
        await joon.Page.GetByRole(AriaRole.Button, new() { Name = "1 new post", Exact = true }).ClickAsync();
        var post = joon.Page.Locator(".post", new() { HasText = "소나무" });
        await post.WaitForAsync();

        // A second one is counted, and comes in only when asked for.
        await ComposePostAsync(mina.Page, ["물"]);
        await joon.Page.GetByRole(AriaRole.Button, new() { Name = "1 new post", Exact = true }).WaitForAsync();
        Assert.Equal(1, await joon.Page.Locator(".posts .post").CountAsync());
        await joon.Page.GetByRole(AriaRole.Button, new() { Name = "1 new post", Exact = true }).ClickAsync();
        await joon.Page.Locator(".posts .post").Nth(1).WaitForAsync();

        await post.GetByRole(AriaRole.Button, new() { Name = "Like, 0 so far" }).ClickAsync();
        await post.GetByRole(AriaRole.Button, new() { Name = "Like, 1 so far", Pressed = true }).WaitForAsync();
        await post.GetByRole(AriaRole.Link, new() { Name = "0 comments" }).ClickAsync();
        var box = joon.Page.GetByRole(AriaRole.Textbox, new() { Name = "Write a comment" });
        await box.FillAsync("How tall is it?");
        await box.PressAsync("Control+Enter");
        await joon.Page.Locator(".thread .post-text", new() { HasText = "How tall is it?" }).WaitForAsync();

        // Who wrote it is told, and the notice leads to it.
        await mina.Page.GotoAsync("/inbox");
        await mina.Page.GetByRole(AriaRole.Link, new() { NameRegex = new("댓글을 남겼습니다") }).ClickAsync();
        await mina.Page.GetByText("How tall is it?").First.WaitForAsync();
    }

    [Fact]
    public async Task What_is_edited_or_deleted_changes_before_the_readers_eyes()
    {
        await using var server = await Server.StartAsync();
        var (_, joon) = await MeetAsync(server);
        using var api = await Api.SignInAsync(server, "mina", Password);
        var post = await PublishAsync(api, "Under the pine");
        await joon.Page.GotoAsync("/feed");
        await joon.Page.Locator(".post-text", new() { HasText = "Under the pine" }).WaitForAsync();

        await api.PatchAsync($"/v1/posts/{post}", new { text = "Under the oak" });
        await joon.Page.Locator(".post-text", new() { HasText = "Under the oak" }).WaitForAsync();
        await joon.Page.GetByRole(AriaRole.Button, new() { Name = "edited", Exact = true }).ClickAsync();
        await joon.Page.GetByRole(AriaRole.Dialog).GetByText("Under the pine").WaitForAsync();
        await joon.Page.Keyboard.PressAsync("Escape");

        await api.DeleteAsync($"/v1/posts/{post}");
        await joon.Page.Locator(".post-text").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task An_endless_feed_keeps_its_place_on_the_way_back()
    {
        await using var server = await Server.StartAsync();
        var (_, joon) = await MeetAsync(server);
        using var api = await Api.SignInAsync(server, "mina", Password);
        for (var i = 1; i <= 70; i++)
        {
            await PublishAsync(api, string.Create(CultureInfo.InvariantCulture, $"Post number {i}."));
        }

        var page = joon.Page;
        await page.GotoAsync("/feed");
        await page.GetByText("Post number 70.", new() { Exact = true }).WaitForAsync();
        await ScrollToAsync(page, "Post number 20.");
        var wanted = page.Locator(".post", new() { HasText = "Post number 20." }).Locator(".post-facts a");
        await wanted.ScrollIntoViewIfNeededAsync();
        var before = await PlaceAsync(page);
        Assert.True(before > 2_000, $"scrolled to {before}");
        await wanted.ClickAsync();
        await page.Locator(".thread").WaitForAsync();
        await page.GoBackAsync();
        await wanted.WaitForAsync();
        Assert.Equal(before, await PlaceAsync(page), 2.0);

        // To the true end, each post once.
        await ScrollToAsync(page, "Post number 1.");
        var numbers = (await page.Locator(".posts .post-text").AllInnerTextsAsync()).Select(text => int.Parse(Regex.Match(text, "[0-9]+").Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 70).Reverse(), numbers);
    }

    [Fact]
    public async Task Subscriptions_come_along_in_a_file_tell_when_their_site_fails_and_the_feed_goes_out_under_an_address()
    {
        await using var site = await FeedSite.StartAsync();
        site.Items = [("1", "소나무 소식")];
        await using var server = await Server.StartAsync(new() { ["MADANG__OUTBOUND__ALLOW"] = "127.0.0.0/8", ["MADANG__FEEDS__SOURCEINTERVALSECONDS"] = "1" });
        var (_, joon) = await MeetAsync(server);
        var page = joon.Page;
        var faults = new List<string>();
        await page.GotoAsync("/sources");
        var subscriptions = $"""<opml version="2.0"><body><outline xmlUrl="{site.Address}/feed.xml"/><outline xmlUrl="{site.Address}/nothing"/></body></opml>""";
        await page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "feeds.opml", MimeType = "text/x-opml", Buffer = Encoding.UTF8.GetBytes(subscriptions) });
        await page.GetByText("1 of 2 websites were taken over.").WaitForAsync();
        await page.Locator(".source-row", new() { HasText = "우리 동네" }).GetByRole(AriaRole.Button, new() { Name = "Following 우리 동네", Pressed = true }).WaitForAsync();

        // There already, or told of while the page is open.
        await page.GotoAsync("/feed");
        var (news, post) = (page.GetByRole(AriaRole.Button, new() { Name = "1 new post", Exact = true }), page.Locator(".post-text", new() { HasText = "소나무 소식" }));
        await news.Or(post).First.WaitForAsync();
        if (await post.CountAsync() == 0)
        {
            await news.ClickAsync();
            await post.WaitForAsync();
        }

        // What its site does is told on the next visit of the page.
        site.Failing = 503;
        await site.AskedAsync(site.Asked + 1, TestContext.Current.CancellationToken);
        do
        {
            await page.GotoAsync("/sources");
            await page.Locator(".source-row").WaitForAsync();
        }
        while (await page.Locator(".source-fault", new() { HasText = "The site answered 503" }).CountAsync() == 0);

        await ScreenTests.LookAtAsync(joon, "source-fault", faults);
        Assert.Empty(faults);

        await page.GotoAsync("/settings");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make an address" }).ClickAsync();
        var address = await page.GetByRole(AriaRole.Textbox, new() { Name = "Keep this address: it is not shown again." }).InputValueAsync();
        using var reader = new HttpClient();
        Assert.Contains("소나무 소식", await reader.GetStringAsync(address, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Mina, who writes in Korean, and Joon, who follows her.</summary>
    private async Task<(Person Mina, Person Joon)> MeetAsync(Server server)
    {
        var mina = new Person(await chromium.OpenAsync(server.Address, Look.Korean), Look.Korean);
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        using var api = await Api.SignInAsync(server, "mina", Password);
        await api.CreateAsync("joon", "Joon Park", Password);
        var me = (await api.GetAsync("/v1/me")).GetProperty("id").GetString();
        using var joonApi = await Api.SignInAsync(server, "joon", Password);
        await joonApi.PutAsync($"/v1/follows/{me}", new { });
        var joon = new Person(await chromium.OpenAsync(server.Address, Look.English), Look.English);
        await joon.SignInAsync("joon", Password);
        return (mina, joon);
    }

    /// <summary>Through an input method, the Enter of which must not publish; Ctrl with Enter then does, once.</summary>
    private static async Task ComposePostAsync(IPage page, string[] steps)
    {
        var box = page.Locator(".post-composer textarea");
        await box.FocusAsync();
        var devtools = await page.Context.NewCDPSessionAsync(page);
        foreach (var step in steps)
        {
            await devtools.SendAsync("Input.imeSetComposition", new() { ["text"] = step, ["selectionStart"] = step.Length, ["selectionEnd"] = step.Length });
        }

        await devtools.SendAsync("Input.dispatchKeyEvent", new() { ["type"] = "rawKeyDown", ["key"] = "Enter", ["windowsVirtualKeyCode"] = 229, ["code"] = "Enter", ["modifiers"] = 2 });
        await devtools.SendAsync("Input.insertText", new() { ["text"] = steps[^1] });
        await devtools.DetachAsync();
        Assert.Equal(steps[^1], await box.InputValueAsync());
        await box.PressAsync("Control+Enter");
        await page.WaitForFunctionAsync("() => document.querySelector('.post-composer textarea').value === ''");
    }

    private static async Task<string> PublishAsync(Api api, string text) =>
        (await api.PostAsync("/v1/posts", new { client_id = Guid.CreateVersion7().ToString("N"), text })).GetProperty("id").GetString()!;

    /// <summary>To the end, and again when there is more, until the text stands there.</summary>
    private static async Task ScrollToAsync(IPage page, string text)
    {
        try
        {
            await page.WaitForFunctionAsync(
                """
                text => {
                    const isThere = [...document.querySelectorAll('.posts .post-text')].some((each) => each.textContent === text)
                    if (!isThere) document.querySelector('.page').scrollTop = 1e9
                    return isThere
                }
                """,
                text,
                new() { PollingInterval = 100 });
        }
        catch (TimeoutException)
        {
            var shown = await page.EvaluateAsync<string>("[...document.querySelectorAll('.posts .post-text, .endless-more, .feed-gap, .form-error, .toast')].map((each) => each.textContent).join(' | ')");
            Assert.Fail($"{text} does not come; there is: {shown}");
        }
    }

    private static Task<double> PlaceAsync(IPage page) => page.EvaluateAsync<double>("document.querySelector('.page').scrollTop");
}
