using System.Text;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Crawler.Sinks;
using Madang.Storage.Searching;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>What the search index of a crawl promises, on either engine.</summary>
public abstract class PageSearchFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("학교", "a")]
    [InlineData("도서관", "a b")]
    [InlineData("책", "b")]
    [InlineData("검색엔진", "c d")]
    [InlineData("\"검색엔진\"", "c")]
    [InlineData("엔진만든", "")]
    [InlineData("가방", "")]
    [InlineData("새집", "j")]
    [InlineData("새 집", "j")]
    [InlineData("자전거길", "k")]
    [InlineData("전자상거래법", "l")]
    [InlineData("전자 상거래법", "l")]
    [InlineData("검색 엔진", "c d")]
    [InlineData("\"검색 엔진\"", "d")]
    [InlineData("\"quick fox\"", "e")]
    [InlineData("fox quick", "e f")]
    [InlineData("FOX", "e f")]
    [InlineData("fo", "")]
    [InlineData("qui*", "e f")]
    [InlineData("python 배우기", "g")]
    [InlineData("ｐｙｔｈｏｎ", "g")]
    [InlineData("東京", "h")]
    [InlineData("京都", "h")]
    [InlineData("東都", "")]
    [InlineData("café", "i")]
    [InlineData("' OR 1=1 -- \\ : & | ! <-> NEAR(", "")]
    [InlineData("AND", "f")]
    public async Task What_is_looked_for_is_found_and_nothing_else(string q, string expected)
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync(
            ("a", "", "학교에서 도서관까지 걸었다"), ("b", "", "도서관의 책을 읽는다"), ("c", "", "검색엔진을 만든다"), ("d", "", "엔진과 검색 엔진 이야기"), ("e", "", "The quick fox jumps"),
            ("f", "", "A fox is quick, and 'foxes' are not"), ("g", "Python", "배우기 쉬운 언어"), ("h", "", "東京都に行く"), ("i", "", "un cafe\u0301 noir"), ("j", "", "아버지가 방에 새 집을 그린다"), ("k", "", "자전거 길을 달린다"), ("l", "전자 상거래 법", ""));
        Assert.Equal(expected, string.Join(' ', (await index.FindAsync(q)).Select(hit => hit.Url).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Decomposed_text_and_decomposed_queries_meet()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync(("a", "제목".Normalize(NormalizationForm.FormD), "한국어를 공부한다".Normalize(NormalizationForm.FormD)), ("b", "", "한국어를 공부한다"));
        foreach (var form in new[] { NormalizationForm.FormC, NormalizationForm.FormD })
        {
            Assert.Equal(2, (await index.FindAsync("한국어".Normalize(form))).Count);
            Assert.Equal("제목", Assert.Single(await index.FindAsync("제목".Normalize(form))).Title);
        }
    }

    [Fact]
    public async Task The_title_and_important_pages_come_first_noise_and_repeats_last()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        const string Text = "Courtyards are open spaces. Every house had one, and people met there in the evening.";
        await index.PutAsync(
            Page("noise", "House", Text) with { Noise = 90 },
            Page("plain", "House", Text),
            Page("titled", "Courtyards", Text),
            Page("near", "House", Text) with { Duplicate = DuplicateKind.Near },
            Page("important", "House", Text) with { Importance = 0.8 });
        var order = (await index.FindAsync("courtyards")).Select(hit => hit.Url).ToList();
        Assert.Equal(["near", "noise"], order[3..].Order());
        Assert.True(order.IndexOf("titled") < order.IndexOf("plain"));
        Assert.True(order.IndexOf("important") < order.IndexOf("plain"));
    }

    [Fact]
    public async Task More_of_it_in_fewer_words_ranks_higher()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        var filler = string.Join(' ', Enumerable.Range(0, 400).Select(i => $"word{i}"));
        await index.PutAsync(("rare", "", "마당 " + filler), ("often", "", "마당 이야기, 마당 그림, 마당 노래"), ("other", "", filler), ("more", "", filler));
        Assert.Equal(["often", "rare"], (await index.FindAsync("마당")).Select(hit => hit.Url));
    }

    [Fact]
    public async Task A_page_that_changes_is_found_by_its_new_text_alone_and_one_that_goes_by_none()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync(("a", "", "사과를 먹는다"), ("b", "", "사과를 판다"));
        await index.PutAsync(("a", "", "포도를 먹는다"));
        Assert.Equal("b", Assert.Single(await index.FindAsync("사과")).Url);
        Assert.Equal("a", Assert.Single(await index.FindAsync("포도")).Url);
        await index.PutAsync(Page("a", "", "포도를 먹는다") with { NoIndex = true });
        Assert.Empty(await index.FindAsync("포도"));
        await index.PutAsync(Page("b", "", null) with { News = PageNews.Gone });
        Assert.Empty(await index.FindAsync("사과"));
        await index.PutAsync(("b", "", "사과를 판다"));
        await index.PutAsync(Page("b", "", null) with { News = PageNews.Unchanged });
        await index.PutAsync(Page("b", "", null) with { News = PageNews.Failed });
        Assert.Equal("b", Assert.Single(await index.FindAsync("사과")).Url);
    }

    [Fact]
    public async Task The_same_batch_again_changes_nothing()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync(("a", "", "사과"), ("b", "", "사과"));
        await index.PutAsync(("a", "", "사과"), ("b", "", "사과"));
        Assert.Equal(["a", "b"], (await index.FindAsync("사과")).Select(hit => hit.Url).Order());
    }

    [Fact]
    public async Task Pages_of_hits_follow_one_another_to_the_true_end_without_repeats()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync([.. Enumerable.Range(0, 37).Select(i => ($"p{i:00}", "", "공통 단어 " + new string('x', i % 5)))]);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await index.PageAsync("공통", cursor, 10);
            seen.AddRange(page.Items.Select(hit => hit.Url));
            Assert.True(page.Items.Count == 10 || page.Next is null);
            cursor = page.Next;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 37).Select(i => $"p{i:00}"), seen.Order());
    }

    [Fact]
    public async Task Filters_narrow_by_host_and_language()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync(
            Page("http://a.example:8080/1", "", "마당") with { Language = "ko-KR" }, Page("http://b.example/2", "", "마당") with { Language = "EN" }, Page("https://a.example/3", "", "마당"));
        Assert.Equal(["http://a.example:8080/1", "https://a.example/3"], (await index.FindAsync("마당", new SearchFilter("a.example", null))).Select(hit => hit.Url).Order());
        Assert.Equal("http://b.example/2", Assert.Single(await index.FindAsync("마당", new SearchFilter(null, "en"))).Url);
        Assert.Equal("http://a.example:8080/1", Assert.Single(await index.FindAsync("마당", new SearchFilter("a.example", "ko"))).Url);
    }

    [Fact]
    public async Task Crawls_do_not_see_each_other_and_are_found_together()
    {
        await using var test = await fresh();
        await using var one = await Index.OpenAsync(test, 7);
        await using var two = await Index.OpenAsync(test, 8);
        await one.PutAsync(("a", "", "마당 하나"));
        await two.PutAsync(("a", "", "마당 둘"));
        Assert.Single(await one.FindAsync("마당"));
        var both = await PageSearch.FindAsync([(new(7), one.Store), (new(8), two.Store)], SearchQuery.Parse("마당").Value, new(null, null), null, 10, Token);
        Assert.Equal([7, 8], both.Value.Items.Select(hit => hit.Crawl.Value).Order());
    }

    [Fact]
    public async Task Texts_of_any_shape_are_indexed()
    {
        await using var test = await fresh();
        await using var index = await Index.OpenAsync(test);
        await index.PutAsync(
            ("empty", "", ""), ("nul", "a\0b", "before\0after 'quoted' \"double\" back\\slash :* & | !"), ("long", new string('t', 5_000), new string('가', 20_000)),
            ("many", "", string.Join(' ', Enumerable.Range(0, 9_000).Select(i => $"w{i}"))), ("marks", "", "e" + new string('\u0301', 500) + " 𠀀𠀁"));
        Assert.Equal("nul", Assert.Single(await index.FindAsync("after double slash")).Url);
        Assert.Equal("long", Assert.Single(await index.FindAsync("가가")).Url);
        Assert.Equal("many", Assert.Single(await index.FindAsync("w7999")).Url);
        Assert.Equal("marks", Assert.Single(await index.FindAsync("𠀀𠀁")).Url);
    }

    private static CrawledPage Page(string url, string title, string? text) => new()
    {
        Log = 1,
        Url = url,
        News = PageNews.New,
        Status = 200,
        FetchedAt = DateTimeOffset.UnixEpoch,
        Title = title,
        Text = text is null ? (ReadOnlyMemory<byte>?)null : Encoding.UTF8.GetBytes(text),
        Key = new UrlKey(1, string.GetHashCode(url, StringComparison.Ordinal)),
    };

    /// <summary>An index, filled through the sink that fills it in a crawl.</summary>
    private sealed class Index : IAsyncDisposable
    {
        private readonly long _crawl;
        private readonly string _folder;
        private readonly SearchSink _sink;

        private Index(long crawl, string folder, IPageSearchStore store) => (_crawl, _folder, Store, _sink) = (crawl, folder, store, new SearchSink(store));

        public IPageSearchStore Store { get; }

        public static async Task<Index> OpenAsync(TestDatabase test, long crawl = 7)
        {
            var folder = Directory.CreateTempSubdirectory("madang-search-").FullName;
            return new Index(crawl, folder, await test.Store<IPageSearchStores>().OpenSearchAsync(new CrawlId(crawl), folder, Token));
        }

        public Task PutAsync(params (string Url, string Title, string Text)[] pages) => PutAsync([.. pages.Select(page => Page(page.Url, page.Title, page.Text))]);

        public async Task PutAsync(params CrawledPage[] pages) => Assert.Equal(pages[^1].Log, await _sink.AcceptAsync(new CrawlId(_crawl), pages, Token));

        public async Task<IReadOnlyList<PageHit>> FindAsync(string q, SearchFilter? filter = null) => (await PageAsync(q, null, 100, filter)).Items;

        public async Task<Madang.Api.Page<PageHit>> PageAsync(string q, string? cursor, int limit, SearchFilter? filter = null)
        {
            SearchPlace place = default;
            Assert.True(cursor is null || SearchPlace.TryRead(cursor, out place));
            var query = SearchQuery.Parse(q).Value;
            return (await PageSearch.FindAsync([(new CrawlId(_crawl), Store)], query, filter ?? new(null, null), cursor is null ? null : place, limit, Token)).Value;
        }

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}

public sealed class SqlitePageSearchTests() : PageSearchFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPageSearchTests() : PageSearchFacts(TestDatabase.PostgresAsync);
