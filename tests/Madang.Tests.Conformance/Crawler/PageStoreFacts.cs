using Madang.Crawler.Frontier;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>What people, sinks and exports read of a crawl.</summary>
public abstract class PageStoreFacts(Func<Task<TestDatabase>> fresh)
{
    private static readonly PageFilter All = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_is_read_as_it_was_written()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        var page = Full();
        await books.Host(1).Host(2).Url(1, 5, referrer: Books.Key(2, 9)).Url(1, 6, referrer: Books.Key(1, 5)).CommitAsync();
        await books.Page(page).CommitAsync();
        await using var pages = await books.PagesAsync();
        var stored = (await pages.PageAsync(page.Key, Token))!;
        Assert.Equal(("https://h1.example/5", 1), (stored.Url, stored.Depth));
        Assert.Equal(page.Links, stored.Page.Links);
        Assert.Equal(page with { Links = null, Text = null }, stored.Page with { Links = null });
        Assert.Equal(Books.Key(2, 9), (await pages.UrlAsync(page.Key, Token))!.Referrer);
        Assert.Equal(Books.Key(1, 5), (await pages.UrlAsync(Books.Key(1, 6), Token))!.Referrer);
        Assert.Null(await pages.PageAsync(Books.Key(1, 6), Token));
        Assert.Null(await pages.UrlAsync(Books.Key(1, 7), Token));
    }

    [Fact]
    public async Task What_the_web_writes_into_texts_is_kept_or_mended_but_never_refused()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).Url(1, 2).CommitAsync();
        var long_ = new string('가', 20_000);
        await books.Page(Books.Visit(1, 1) with { Title = "a\0b", Etag = "\uD800x", Target = "https://x.example/'\"\\; DROP TABLE page" })
            .Page(Books.Visit(1, 2) with { Title = long_, ContentType = "", Language = "👩‍👩‍👧‍👦" }).CommitAsync();
        await using var pages = await books.PagesAsync();
        var first = (await pages.PageAsync(Books.Key(1, 1), Token))!.Page;
        Assert.Equal("https://x.example/'\"\\; DROP TABLE page", first.Target);
        Assert.StartsWith("a", first.Title, StringComparison.Ordinal);
        var second = (await pages.PageAsync(Books.Key(1, 2), Token))!.Page;
        Assert.Equal((long_, "", "👩‍👩‍👧‍👦"), (second.Title, second.ContentType, second.Language));
    }

    [Fact]
    public async Task Pages_are_listed_and_filtered_as_a_naive_search_would()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        var random = new Random(5);
        books.Host(1).Host(2).Host(3);
        var all = new List<PageRow>();
        for (var hash = 0; hash < 60; hash++)
        {
            var host = random.Next(1, 4);
            books.Url(host, hash);
            all.Add(Books.Visit(host, hash, random.Next(4) switch { 0 => 0, 1 => 404, 2 => 503, _ => 200 }) with { Duplicate = (DuplicateKind)random.Next(4) });
        }

        await books.CommitAsync();
        foreach (var half in all.Chunk(20))
        {
            books.Batch.Pages.AddRange(half);
            await books.CommitAsync();
        }

        await using var pages = await books.PagesAsync();
        foreach (var filter in new[] { All, new(StatusClass: 2), new(StatusClass: 0), new(Host: 2), new(Duplicate: DuplicateKind.Body), new(UrlPart: "/1"), new(StatusClass: 5, Host: 3), new(UrlPart: "nowhere") })
        {
            var expected = all.Where(page => Matches(filter, page)).Select(page => page.Key).ToList();
            Assert.Equal(expected, await WalkAsync(pages, filter, descending: false, expected.Count));
            expected.Reverse();
            Assert.Equal(expected, await WalkAsync(pages, filter, descending: true, expected.Count));
        }
    }

    [Fact]
    public async Task Hosts_are_listed_by_id_found_by_name_and_ranked_by_their_queues()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(-5).Host(1).Host(2).Host(30).Url(2, 1).Url(2, 2).Url(30, 1).CommitAsync();
        await using var pages = await books.PagesAsync();
        Assert.Equal([-5, 1, 2, 30], Ids(await pages.HostsAsync(null, null, false, 10, Token)));
        Assert.Equal([-5, 1], Ids(await pages.HostsAsync(null, null, false, 2, Token)));
        Assert.Equal([2, 30], Ids(await pages.HostsAsync(null, 1, false, 2, Token)));
        Assert.Equal([2, 30, -5], Ids(await pages.HostsAsync(null, null, true, 3, Token)));
        Assert.Equal([30], Ids(await pages.HostsAsync("h30.", null, true, 3, Token)));
        Assert.Empty(await pages.HostsAsync("%", null, false, 3, Token));
        Assert.Null(await pages.HostAsync(4, Token));
    }

    [Fact]
    public async Task A_place_counts_what_stands_before_it()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Host(2).Url(1, 1, 8).Url(1, 2, 3).Url(1, 3, 8).Url(2, 1, 0).CommitAsync();
        await using var pages = await books.PagesAsync();
        Assert.Equal([1, 0, 2], await PlacesAsync(pages, 1, 1, 2, 3));
        await books.Page(Books.Visit(1, 2)).CommitAsync();
        Assert.Equal([0, 1], await PlacesAsync(pages, 1, 1, 3));
    }

    [Fact]
    public async Task Addresses_are_told_in_the_order_asked()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Host(2).Url(1, 1).Url(2, 7).CommitAsync();
        await using var pages = await books.PagesAsync();
        Assert.Equal(
            ["https://h2.example/7", null, "https://h1.example/1", "https://h2.example/7"],
            await pages.UrlsAsync([Books.Key(2, 7), Books.Key(2, 1), Books.Key(1, 1), Books.Key(2, 7)], Token));
        Assert.Empty(await pages.UrlsAsync([], Token));
    }

    [Fact]
    public async Task A_sink_goes_on_where_it_was_and_texts_wait_for_it()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).Url(1, 2).Url(1, 3).CommitAsync();
        await books.Page(Books.Visit(1, 1) with { Text = "one"u8.ToArray() }).Page(Books.Visit(1, 2)).Page(Books.Visit(1, 3) with { Text = "three"u8.ToArray() }).CommitAsync();
        await using var pages = await books.PagesAsync();
        Assert.Equal(0, await pages.SinkAsync("search", Token));
        var logs = (await Books.UntilAsync(3, () => pages.PagesAsync(All, null, false, 10, Token))).Select(page => page.Log).ToList();
        Assert.Equal(["one", null, "three"], await TextsAsync(pages, logs));
        Assert.Equal(new SinkPlace(true, 0), await pages.TakeSinkAsync("search", "n", TimeSpan.FromSeconds(15), Token));
        Assert.True(await pages.AdvanceAsync("search", "n", logs[1], TimeSpan.FromSeconds(15), Token));
        Assert.True(await pages.AdvanceAsync("search", "n", logs[0], TimeSpan.FromSeconds(15), Token));
        Assert.Equal(logs[1], await pages.SinkAsync("search", Token));
        Assert.Equal(0, await pages.SinkAsync("webhooks", Token));
        Assert.Equal(1, await pages.ForgetTextsAsync(logs[1], 10, Token));
        Assert.Equal([null, null, "three"], await TextsAsync(pages, logs));
        await books.Page(Books.Visit(1, 3) with { Text = "drei"u8.ToArray() }).CommitAsync();
        Assert.Equal([null], await TextsAsync(pages, [logs[2]]));
        var again = await Books.UntilAsync(1, () => pages.PagesAsync(All, logs[2], false, 10, Token));
        Assert.Equal(["drei"], await TextsAsync(pages, [Assert.Single(again).Log]));
    }

    [Fact]
    public async Task A_crawl_that_is_not_running_can_be_read_and_deleted()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await using (var frontier = await books.OpenAsync())
        {
            await books.Host(1).Url(1, 1).Url(1, 2).CommitAsync();
            await books.Page(Books.Visit(1, 1)).CommitAsync();
        }

        await using (var pages = await books.PagesAsync())
        {
            await using var beside = await books.PagesAsync();
            Assert.Equal(200, (await pages.PageAsync(Books.Key(1, 1), Token))!.Page.Status);
            Assert.Equal(1, (await beside.HostAsync(1, Token))!.Waiting);
        }

        while (!await books.Stores.DeleteAsync(new(7), books.Folder, 2, Token))
        {
        }

        await using var after = await books.PagesAsync();
        Assert.Null(await after.PageAsync(Books.Key(1, 1), Token));
        Assert.Null(await after.HostAsync(1, Token));
        Assert.Empty(await after.CountsAsync(Token));
    }

    private static PageRow Full() => new()
    {
        Key = Books.Key(1, 5),
        Status = 301,
        Fault = "header_timeout",
        FetchedAt = 1_800_000_000_123,
        Etag = "W/\"x\"",
        LastModified = "Mon, 01 Jun 2026 09:00:00 GMT",
        ContentType = "text/html; charset=euc-kr",
        Title = "마당",
        Language = "ko",
        Target = "https://other.example/x",
        BodyHash = long.MinValue,
        SimHash = -1,
        Words = 12,
        Bytes = 1L << 33,
        WireBytes = 77,
        ElapsedMs = 345,
        Duplicate = DuplicateKind.Near,
        Original = Books.Key(-4, long.MaxValue),
        Noise = 99,
        NoIndex = true,
        Importance = 0.125,
        IntervalSeconds = 3_600,
        Fetches = 9,
        Changes = 4,
        Missing = 1,
        Changed = true,
        WarcFile = "a.warc.gz",
        WarcOffset = 1L << 34,
        WarcLength = 4_567,
        Links = [1, 2, 3, 4],
        Text = "본문"u8.ToArray(),
        Next = UrlState.Resting,
        Reason = RefusalReason.Failed,
        DueAt = 1_900_000_000_000,
        Attempts = 3,
    };

    private static bool Matches(PageFilter filter, PageRow page) =>
        (filter.StatusClass is not { } status || page.Status / 100 == status) && (filter.Host is not { } host || page.Key.Host == host)
        && (filter.Duplicate is not { } kind || page.Duplicate == kind) && (filter.UrlPart is not { } part || $"https://h{page.Key.Host}.example/{page.Key.Hash}".Contains(part, StringComparison.Ordinal));

    /// <summary>Page by page of seven, as a reader with a cursor.</summary>
    private static async Task<IReadOnlyList<UrlKey>> WalkAsync(IPageStore pages, PageFilter filter, bool descending, int expected)
    {
        _ = await Books.UntilAsync(expected, () => pages.PagesAsync(filter, null, descending, 1_000, Token));
        var keys = new List<UrlKey>();
        long? after = null;
        while (await pages.PagesAsync(filter, after, descending, 7, Token) is { Count: > 0 } some)
        {
            keys.AddRange(some.Select(page => page.Page.Key));
            after = some[^1].Log;
        }

        return keys;
    }

    private static IReadOnlyList<long> Ids(IReadOnlyList<HostRow> hosts) => [.. hosts.Select(host => host.Id)];

    private static async Task<IReadOnlyList<long>> PlacesAsync(IPageStore pages, long host, params long[] hashes)
    {
        var places = new List<long>();
        foreach (var hash in hashes)
        {
            places.Add(await pages.PlaceAsync(Books.Key(host, hash), Token));
        }

        return places;
    }

    private static async Task<IReadOnlyList<string?>> TextsAsync(IPageStore pages, IReadOnlyList<long> logs) =>
        [.. (await pages.TextsAsync(logs, Token)).Select(text => text is null ? null : System.Text.Encoding.UTF8.GetString(text))];
}

public sealed class SqlitePageStoreTests() : PageStoreFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPageStoreTests() : PageStoreFacts(TestDatabase.PostgresAsync);
