using System.Text;
using System.Threading.Channels;
using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Crawler.Sinks;
using Madang.Storage.Searching;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>Every page reaches every sink, in order, whatever the others do.</summary>
public abstract class SinkFacts(Func<Task<TestDatabase>> fresh)
{
    protected static readonly CrawlSettings Settings = new() { Seeds = ["https://h1.example/"] };

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sinks_get_all_pages_in_order_and_go_on_where_they_were()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 1, 150);
        await using var pages = await books.PagesAsync();
        var sink = new Recorded("a");
        await using (var runner = SinkRunner.Start(new(7), Settings, pages, [sink], TimeProvider.System, NullLogger.Instance))
        {
            await runner.DrainAsync(Token);
            await VisitAsync(books, 151, 160);
            await runner.DrainAsync(Token);
        }

        Assert.Equal(Enumerable.Range(1, 160).Select(i => $"https://h1.example/{i}"), sink.Urls);
        Assert.All(sink.Batches, batch => Assert.InRange(batch, 1, SinkRunner.BatchPages));
        await VisitAsync(books, 161, 161);
        var later = new Recorded("a");
        await using (var runner = SinkRunner.Start(new(7), Settings, pages, [later], TimeProvider.System, NullLogger.Instance))
        {
            await runner.DrainAsync(Token);
        }

        Assert.Equal(["https://h1.example/161"], later.Urls);
    }

    [Fact]
    public async Task A_sink_that_fails_or_hangs_holds_up_no_other_and_gets_its_batch_again()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 1, 10);
        await using var pages = await books.PagesAsync();
        var (good, bad, hung) = (new Recorded("good"), new Recorded("bad") { Failures = 2 }, new Recorded("hung") { Hangs = true });
        await using var runner = SinkRunner.Start(new(7), Settings, pages, [hung, bad, good], test.Time, NullLogger.Instance);
        // On PostgreSQL a page can be read only once the transactions before it have ended: the loops look again by the clock.
        while (good.Urls.Count < 10)
        {
            test.Time.Advance(TimeSpan.FromMilliseconds(100));
            _ = await Task.WhenAny(good.Told.Reader.WaitToReadAsync(Token).AsTask(), Task.Delay(10, Token));
        }

        // It is asked again after 1 s and then after 2 s.
        while (bad.Urls.Count < 10)
        {
            test.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(10, Token);
        }

        Assert.Equal(3, bad.Calls);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"https://h1.example/{i}"), bad.Urls);
        Assert.Empty(hung.Urls);
    }

    [Fact]
    public async Task What_a_sink_does_not_take_comes_again()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 1, 9);
        await using var pages = await books.PagesAsync();
        var sink = new Recorded("few") { TakesAtMost = 4 };
        await using var runner = SinkRunner.Start(new(7), Settings, pages, [sink], TimeProvider.System, NullLogger.Instance);
        await runner.DrainAsync(Token);
        Assert.Equal([9, 5, 1], sink.Batches);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => $"https://h1.example/{i}"), sink.Urls);
    }

    [Fact]
    public async Task Texts_stay_until_each_sink_that_wants_them_has_had_them()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 1, 3);
        await using var pages = await books.PagesAsync();
        var (first, second) = (new Recorded("first") { WantsText = true }, new Recorded("second") { WantsText = true });
        var settled = new Recorded("settled");
        await using (var runner = SinkRunner.Start(new(7), Settings, pages, [first, second, settled], TimeProvider.System, NullLogger.Instance))
        {
            await runner.DrainAsync(Token);
            await runner.ForgetAsync(Token);
        }

        Assert.Equal(["text 1", "text 2", "text 3"], first.Texts);
        Assert.Equal(["text 1", "text 2", "text 3"], second.Texts);
        Assert.Equal([null, null, null], settled.Texts);
        // Not before: on PostgreSQL a page can be read only once the transactions before it have ended.
        var log = (await pages.PagesAsync(new PageFilter(), null, false, 10, Token)).Select(page => page.Log).ToList();
        Assert.Equal([null, null, null], await pages.TextsAsync(log, Token));
    }

    [Fact]
    public async Task A_sink_says_which_crawls_it_takes()
    {
        await using var test = await fresh();
        await using var books = await CrawlAsync(test, 1, 3);
        await using var pages = await books.PagesAsync();
        await using var store = await test.Store<IPageSearchStores>().OpenSearchAsync(new(7), books.Folder, Token);
        await using (var runner = SinkRunner.Start(new(7), Settings with { Search = false }, pages, [new SearchSink(store)], TimeProvider.System, NullLogger.Instance))
        {
            await runner.DrainAsync(Token);
        }

        Assert.Equal(0, await pages.SinkAsync("search", Token));
        await using (var runner = SinkRunner.Start(new(7), Settings, pages, [new SearchSink(store)], TimeProvider.System, NullLogger.Instance))
        {
            await runner.DrainAsync(Token);
        }

        var found = await PageSearch.FindAsync([(new(7), store)], SearchQuery.Parse("text 2").Value, new(null, null), null, 10, Token);
        Assert.Equal("https://h1.example/2", Assert.Single(found.Value.Items).Url);
    }

    private protected static async Task<Books> CrawlAsync(TestDatabase test, int from, int to)
    {
        var books = new Books(test);
        _ = await books.OpenAsync();
        _ = books.Host(1);
        await VisitAsync(books, from, to);
        return books;
    }

    private protected static async Task VisitAsync(Books books, int from, int to)
    {
        for (var i = from; i <= to; i++)
        {
            _ = books.Url(1, i).Page(Books.Visit(1, i) with { Text = Encoding.UTF8.GetBytes($"text {i}") });
        }

        _ = await books.CommitAsync();
    }

    protected sealed class Recorded(string name) : IPageSink
    {
        public string Name => name;

        public bool WantsText { get; init; }

        public int Failures { get; set; }

        public bool Hangs { get; init; }

        public int TakesAtMost { get; init; } = int.MaxValue;

        public int Calls { get; private set; }

        public List<string> Urls { get; } = [];

        public List<string?> Texts { get; } = [];

        public List<int> Batches { get; } = [];

        public Channel<bool> Told { get; } = Channel.CreateUnbounded<bool>();

        public bool Takes(CrawlSettings settings) => true;

        public async ValueTask<long> AcceptAsync(CrawlId crawl, IReadOnlyList<CrawledPage> pages, CancellationToken cancellationToken)
        {
            Calls++;
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (Failures-- > 0)
            {
                _ = Told.Writer.TryWrite(true);
                throw new IOException("Away.");
            }

            Batches.Add(pages.Count);
            var taken = pages.Take(TakesAtMost).ToList();
            Urls.AddRange(taken.Select(page => page.Url));
            Texts.AddRange(taken.Select(page => page.Text is { } text ? Encoding.UTF8.GetString(text.Span) : null));
            _ = Told.Writer.TryWrite(true);
            return taken[^1].Log;
        }
    }
}

public sealed class SqliteSinkTests() : SinkFacts(TestDatabase.SqliteAsync);

public sealed class PostgresSinkTests() : SinkFacts(TestDatabase.PostgresAsync)
{
    [Fact]
    public async Task One_node_brings_a_sink_its_pages_and_another_goes_on_when_it_leaves_or_dies()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await using var books = await CrawlAsync(test, 1, 100);
        await using var pages = await books.PagesAsync();
        var (one, other) = (new Recorded("a"), new Recorded("a"));
        await using (var first = SinkRunner.Start(new(7), Settings, pages, [one], TimeProvider.System, NullLogger.Instance))
        {
            await first.DrainAsync(Token);
            await using (var second = SinkRunner.Start(new(7), Settings, pages, [other], TimeProvider.System, NullLogger.Instance))
            {
                // What the first has brought is brought, whoever asks.
                await second.DrainAsync(Token);
                Assert.Equal(100, one.Urls.Count);
                Assert.Empty(other.Urls);
                await first.DisposeAsync();
                await VisitAsync(books, 101, 130);
                await second.DrainAsync(Token);
                Assert.Equal(Enumerable.Range(101, 30).Select(i => $"https://h1.example/{i}"), other.Urls);
            }
        }

        // Somebody who was killed: the lease runs out.
        Assert.True((await pages.TakeSinkAsync("a", "dead", TimeSpan.FromSeconds(1), Token)).IsOurs);
        await VisitAsync(books, 131, 140);
        var heir = new Recorded("a");
        await using (var third = SinkRunner.Start(new(7), Settings, pages, [heir], TimeProvider.System, NullLogger.Instance))
        {
            await third.DrainAsync(Token);
        }

        Assert.Equal(Enumerable.Range(131, 10).Select(i => $"https://h1.example/{i}"), heir.Urls);
        Assert.Equal(100, one.Urls.Count);
    }
}
