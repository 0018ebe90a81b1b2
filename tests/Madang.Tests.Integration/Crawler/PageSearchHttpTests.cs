using System.Net;
using System.Text.Json.Nodes;

namespace Madang.Tests.Integration.Crawler;

/// <summary><c>GET /v1/search/pages</c> and the exports, over a crawl that ran.</summary>
public abstract class PageSearchHttpFacts(CrawlingHost crawling)
{
    private static readonly Dictionary<string, string> Library = new()
    {
        ["/"] = SmallSite.Page("도서관", "책을 읽는 곳", "/school", "/fox", "/hidden"),
        ["/school"] = SmallSite.Page("학교", "학교에서 도서관까지 마당을 지나 걸었다", "/"),
        ["/fox"] = SmallSite.Page("A fox", "The quick fox jumps over =lazy dogs", "/"),
        ["/hidden"] = "<!doctype html><title>비밀</title><meta name=robots content=noindex><p>학교에서 숨은 글",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_crawled_is_found_by_anybody_who_is_signed_in()
    {
        await using var site = await SmallSite.StartAsync(Library);
        var admin = (await crawling.Host.AdminAsync()).Http;
        var id = (string)(await CrawlHttpTests.StartAsync(admin, site))["id"]!;
        await CrawlHttpTests.FinishAsync(admin, id);

        var found = await FindAsync(admin, id, "학교");
        Assert.Equal([site.Address + "/school"], found.Select(hit => (string)hit["url"]!));
        var hit = found[0];
        Assert.Equal(("학교", id), ((string)hit["title"]!, (string)hit["crawl_id"]!));
        Assert.True((double)hit["score"]! > 0);
        Assert.NotNull(hit["fetched_at"]);
        Assert.Contains(hit["snippet"]!.AsArray(), part => (bool)part!["hit"]! && (string)part["text"]! == "학교");
        Assert.Equal([site.Address + "/", site.Address + "/school"], (await FindAsync(admin, id, "도서관")).Select(hit => (string)hit["url"]!).Order());
        Assert.Equal([site.Address + "/fox"], (await FindAsync(admin, id, "\"quick fox\"")).Select(hit => (string)hit["url"]!));
        Assert.Empty(await FindAsync(admin, id, "숨은"));
        Assert.NotEmpty((await MadangHost.GetAsync(admin, "/v1/search/pages?q=학교"))["items"]!.AsArray());
        Assert.Empty(await FindAsync(admin, id, "학교&host=other.example"));
        Assert.Single(await FindAsync(admin, id, "학교&host=127.0.0.1"));

        foreach (var (query, field) in new[] { ("", "q"), ("q=!", "q"), ("q=a&limit=0", "limit"), ("q=a&cursor=x", "cursor"), ("q=a&crawl_id=x", "crawl_id"), ("q=" + new string('a', 300), "q") })
        {
            var refused = await admin.GetAsync($"/v1/search/pages?{query}", Token);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Equal(field, (string)JsonNode.Parse(await refused.Content.ReadAsStringAsync(Token))!["errors"]![0]!["field"]!);
        }

        await Problems.AssertAsync(await admin.GetAsync("/v1/search/pages?q=a&crawl_id=5", Token), HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_crawl_is_exported_in_each_format()
    {
        await using var site = await SmallSite.StartAsync(Library);
        var admin = (await crawling.Host.AdminAsync()).Http;
        var id = (string)(await CrawlHttpTests.StartAsync(admin, site))["id"]!;
        await CrawlHttpTests.FinishAsync(admin, id);

        var (lines, type) = await ExportAsync(admin, id, "jsonl");
        Assert.Equal("application/jsonl", type);
        Assert.Equal(Library.Keys.Select(path => site.Address + path).Order(), lines.Select(line => (string)JsonNode.Parse(line)!["url"]!).Order());
        (lines, type) = await ExportAsync(admin, id, "csv");
        Assert.Equal(("text/csv", 5), (type, lines.Length));
        (lines, _) = await ExportAsync(admin, id, "links");
        Assert.Contains($"{site.Address}/school\t{site.Address}/", lines);
        Assert.Contains($"{site.Address}/\t{site.Address}/fox", lines);
        (lines, _) = await ExportAsync(admin, id, "nodes");
        Assert.Equal(4, lines.Length);
        await Problems.AssertAsync(await admin.GetAsync($"/v1/crawls/{id}/export?format=xml", Token), HttpStatusCode.UnprocessableEntity, "invalid_fields");
        await Problems.AssertAsync(await admin.GetAsync("/v1/crawls/5/export", Token), HttpStatusCode.NotFound, "not_found");
    }

    private static async Task<List<JsonNode>> FindAsync(HttpClient client, string crawl, string q) =>
        [.. (await MadangHost.GetAsync(client, $"/v1/search/pages?crawl_id={crawl}&q={q}"))["items"]!.AsArray().Select(item => item!)];

    private static async Task<(string[] Lines, string? Type)> ExportAsync(HttpClient client, string id, string format)
    {
        using var answer = await client.GetAsync($"/v1/crawls/{id}/export?format={format}", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(Token);
        return (text.Split(["\r\n", "\n"], StringSplitOptions.RemoveEmptyEntries), answer.Content.Headers.ContentType?.MediaType);
    }
}

public sealed class PageSearchHttpTests(CrawlingHost crawling) : PageSearchHttpFacts(crawling), IClassFixture<CrawlingHost>;

[Trait("engine", "postgres")]
public sealed class PostgresPageSearchHttpTests(PostgresCrawlingHost crawling) : PageSearchHttpFacts(crawling), IClassFixture<PostgresCrawlingHost>;
