using Madang.Tests.Integration.Crawler;
using Microsoft.Playwright;

namespace Madang.Tests.Browser;

/// <summary>An admin crawls a small site in the Korean interface: starts, watches, asks why, and finds a word.</summary>
public sealed class CrawlTests(Chromium chromium) : IClassFixture<Chromium>
{
    private const string Password = "courtyard with a pine";

    [Fact]
    public async Task An_admin_crawls_a_site_asks_why_and_finds_a_word()
    {
        await using var site = await SmallSite.StartAsync(Pages(), "User-agent: *\nDisallow: /private/\n");
        await using var server = await Server.StartAsync(new() { ["MADANG__OUTBOUND__ALLOW"] = "127.0.0.0/8" });
        var mina = new Person(await chromium.OpenAsync(server.Address, Look.Korean), Look.Korean);
        await mina.SetUpAsync(Server.SetupToken, "mina", Password);
        var page = mina.Page;

        await page.GetByRole(AriaRole.Link, new() { Name = "수집", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "새 수집" }).ClickAsync();
        await page.GetByLabel("시작할 주소").FillAsync("ftp://not-a-page/");
        await page.GetByRole(AriaRole.Button, new() { Name = "수집 시작" }).ClickAsync();
        await page.GetByText("ftp://not-a-page/: 올바르지 않습니다.").WaitForAsync();
        await page.GetByLabel("시작할 주소").FillAsync(site.Address + "/");
        await page.GetByLabel("같은 호스트에 요청하는 간격 (초)").FillAsync("0");
        await page.GetByRole(AriaRole.Button, new() { Name = "수집 시작" }).ClickAsync();

        await page.GetByRole(AriaRole.Status, new() { Name = "상태: 완료" }).WaitForAsync();
        var fetched = page.Locator(".figure", new() { HasText = "받은 페이지" }).GetByRole(AriaRole.Definition);
        await Assertions.Expect(fetched).ToHaveTextAsync("4");
        await mina.PhotographAsync("crawl-finished");

        await page.GetByRole(AriaRole.Link, new() { Name = "페이지", Exact = true }).ClickAsync();
        await page.GetByText("소나무 이야기").WaitForAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "이유 보기", Exact = true }).First.ClickAsync();
        await page.GetByLabel("주소").FillAsync(site.Address + "/private/diary");
        await page.GetByLabel("주소").PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "거절되었습니다" }).WaitForAsync();
        await page.GetByText("robots.txt가 금지함").WaitForAsync();
        await mina.PhotographAsync("crawl-explained");

        await FindAsync(page, "송화");
        Assert.Equal("소나무 이야기", await page.GetByRole(AriaRole.List, new() { Name = "결과" }).GetByRole(AriaRole.Heading).First.InnerTextAsync());
        Assert.Equal("송화", await page.Locator("mark").First.InnerTextAsync());
        await mina.PhotographAsync("page-search");
    }

    /// <summary>The index follows the books within moments, so the question is put again until it has.</summary>
    private static async Task FindAsync(IPage page, string word)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "검색", Exact = true }).ClickAsync();
        var box = page.GetByRole(AriaRole.Searchbox, new() { Name = "수집한 페이지 검색" });
        await box.FillAsync(word);
        await box.PressAsync("Enter");
        var results = page.GetByRole(AriaRole.List, new() { Name = "결과" });
        for (var tries = 0; tries < 20; tries++)
        {
            await results.Or(page.GetByText("찾은 것이 없습니다")).First.WaitForAsync();
            if (await results.CountAsync() > 0)
            {
                return;
            }

            await page.ReloadAsync();
        }

        Assert.Fail($"{word} is not found");
    }

    internal static Dictionary<string, string> Pages() => new()
    {
        ["/"] = SmallSite.Page("우리 동네 마당", "이 마당에는 소나무와 우물이 있습니다. 누구나 와서 쉬어 갈 수 있습니다.", "/pine", "/well", "/private/diary", "/missing"),
        ["/pine"] = SmallSite.Page("소나무 이야기", "봄이 되면 마당 가득 송화 가루가 날립니다. 오래된 소나무 한 그루가 서 있습니다.", "/"),
        ["/well"] = SmallSite.Page("우물", "우물은 깊고 물은 맑습니다. 여름에는 수박을 담가 둡니다.", "/"),
    };
}
