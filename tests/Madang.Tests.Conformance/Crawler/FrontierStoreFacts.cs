using Madang.Crawler;
using Madang.Crawler.Frontier;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>What the frontier of one crawl promises, whatever keeps it.</summary>
public abstract class FrontierStoreFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_key_is_made_once_and_the_counts_add_up()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await using (var first = await books.Stores.OpenAsync(new CrawlId(7), books.Folder, "a", Token))
        {
            var start = await first.StartAsync(Token);
            Assert.Equal(16, start.Key.Length);
            Assert.True(start.WasClean);
            Assert.Empty(start.Counts);
            books.Batch.Counts["pages"] = 3;
            books.Batch.WarcLengths["one.warc.gz"] = 10;
            await books.CommitAsync(first);
            books.Batch.Counts["pages"] = 4;
            books.Batch.Counts["bytes"] = 1L << 40;
            books.Batch.WarcLengths["one.warc.gz"] = 25;
            books.Batch.WarcLengths["two.warc.gz"] = 5;
            await books.CommitAsync(first);
        }

        await using var second = await books.Stores.OpenAsync(new CrawlId(7), books.Folder, "a", Token);
        var again = await second.StartAsync(Token);
        Assert.True(again.WasClean);
        Assert.Equal(7, again.Counts["pages"]);
        Assert.Equal(1L << 40, again.Counts["bytes"]);
        Assert.Equal(25, again.WarcLengths["one.warc.gz"]);
        Assert.Equal(5, again.WarcLengths["two.warc.gz"]);
        await using var other = new Books(test, crawl: 8);
        await using var otherFrontier = await other.Stores.OpenAsync(new CrawlId(8), other.Folder, "a", Token);
        Assert.NotEqual(again.Key, (await otherFrontier.StartAsync(Token)).Key);
    }

    [Fact]
    public async Task A_queue_goes_by_class_and_then_in_the_order_of_discovery()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Host(2).Url(1, 50, 8).Url(1, 10, 8).Url(2, 1, 3).Url(1, 30, 2).CommitAsync();
        await books.Url(1, 20, 8).Url(1, 40, 0).CommitAsync();
        Assert.Equal([40, 30, 50, 10, 20], await books.QueueAsync(1));
        Assert.Equal([40, 30], await books.QueueAsync(1, 2));
        Assert.Equal([1], await books.QueueAsync(2));
        var first = (await books.Frontier.QueueAsync(1, 1, Token)).Single();
        Assert.Equal(("/40", 0, 1, 0, null), (first.Path, first.Class, first.Depth, first.Attempts, first.Last));
    }

    [Fact]
    public async Task A_known_url_is_not_doubled_and_only_a_better_class_changes_it()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        Assert.Equal(2, (await books.Host(1).Url(1, 1, 8).Url(1, 2, 8).Url(1, 1, 9).CommitAsync()).Added);
        Assert.Equal(1, (await books.Host(1).Url(1, 2, 5, referrer: Books.Key(9, 9)).Url(1, 1, 9).Url(1, 3, 8).CommitAsync()).Added);
        Assert.Equal([2, 1, 3], await books.QueueAsync(1));
        Assert.Equal(3, (await books.HostAsync(1)).Waiting);
        Assert.Equal(default, (await books.UrlAsync(1, 2))!.Referrer);
        await books.Page(Books.Visit(1, 1)).CommitAsync();
        Assert.Equal(0, (await books.Url(1, 1, 0).CommitAsync()).Added);
        Assert.Equal(UrlState.Done, (await books.UrlAsync(1, 1))!.State);
        Assert.Equal([2, 3], await books.QueueAsync(1));
    }

    [Fact]
    public async Task A_page_settles_where_its_url_goes()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).Url(1, 2).Url(1, 3).Url(1, 4).Url(1, 5).CommitAsync();
        await books.Page(Books.Visit(1, 1)).Page(Books.Visit(1, 2, 404, UrlState.Gone, RefusalReason.NotFound)).Page(Books.Visit(1, 3, 503, UrlState.Resting, due: 5_000) with { Attempts = 2 })
            .Page(Books.Visit(1, 4, 0, UrlState.Waiting)).CommitAsync();
        Assert.Equal([5, 4], await books.QueueAsync(1));
        var host = await books.HostAsync(1);
        Assert.Equal((2, 4, 0), (host.Waiting, host.Fetched, host.Parked));
        Assert.Equal((UrlState.Gone, RefusalReason.NotFound), ((await books.UrlAsync(1, 2))!.State, (await books.UrlAsync(1, 2))!.Reason));
        var resting = (await books.UrlAsync(1, 3))!;
        Assert.Equal((UrlState.Resting, 5_000, 2), (resting.State, resting.DueAt, resting.Attempts));
        Assert.NotNull((await books.Frontier.QueueAsync(1, 9, Token))[1].Last);
    }

    [Fact]
    public async Task A_url_that_rests_comes_back_when_it_is_due_with_what_its_visit_left()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).Url(1, 2, state: UrlState.Resting, due: 700).CommitAsync();
        await books.Page(Books.Visit(1, 1, next: UrlState.Resting, due: 500) with
        {
            Etag = "\"a\"",
            LastModified = "yesterday",
            IntervalSeconds = 60,
            Fetches = 3,
            Changes = 2,
            Missing = 1,
            FetchedAt = 77,
        }).CommitAsync();
        Assert.Equal(new WakeOutcome(0, false, 500), await books.Frontier.WakeAsync(499, 10, Token));
        Assert.Equal(new WakeOutcome(1, true, 700), await books.Frontier.WakeAsync(500, 10, Token));
        Assert.Equal(new WakeOutcome(0, true, 700), await books.Frontier.WakeAsync(500, 10, Token));
        var url = Assert.Single(await books.Frontier.QueueAsync(1, 10, Token));
        Assert.Equal(new LastVisit("\"a\"", "yesterday", 31, 17, 60, 3, 2, 1, 77), url.Last);
        Assert.Equal(8, url.Class);
        Assert.Equal(new WakeOutcome(1, true, null), await books.Frontier.WakeAsync(10_000, 1, Token));
        Assert.Equal([1, 2], await books.QueueAsync(1));
        Assert.Equal(2, (await books.HostAsync(1)).Waiting);
    }

    [Fact]
    public async Task Moves_change_a_places_class_state_and_reason()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).Url(1, 2).Url(1, 3).Url(1, 4).CommitAsync();
        books.Batch.Moves.Add(new(Books.Key(1, 3), UrlState.Waiting, RefusalReason.None, 2, 0, 0));
        books.Batch.Moves.Add(new(Books.Key(1, 1), UrlState.Refused, RefusalReason.Robots, -1, 0, -1));
        books.Batch.Moves.Add(new(Books.Key(1, 2), UrlState.Parked, RefusalReason.DomainBudget, -1, 0, 5));
        books.Batch.Moves.Add(new(Books.Key(1, 99), UrlState.Waiting, RefusalReason.None, 0, 0, 0));
        await books.CommitAsync();
        Assert.Equal([3, 4], await books.QueueAsync(1));
        Assert.Null(await books.UrlAsync(1, 99));
        var refused = (await books.UrlAsync(1, 1))!;
        Assert.Equal((UrlState.Refused, RefusalReason.Robots, 8, 0), (refused.State, refused.Reason, refused.Class, refused.Attempts));
        var host = await books.HostAsync(1);
        Assert.Equal((2, 0, 1), (host.Waiting, host.Fetched, host.Parked));
        books.Batch.Moves.Add(new(Books.Key(1, 2), UrlState.Waiting, RefusalReason.None, -1, 0, -1));
        await books.CommitAsync();
        Assert.Equal([3, 4, 2], await books.QueueAsync(1));
        Assert.Equal(5, (await books.UrlAsync(1, 2))!.Attempts);
    }

    [Fact]
    public async Task Parked_urls_of_a_domain_come_back_for_their_reason_only()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        books.Host(1, "x.example").Host(2, "x.example").Host(3, "y.example");
        foreach (var host in new[] { 1, 2, 3 })
        {
            books.Url(host, 1, state: UrlState.Parked, reason: RefusalReason.DomainBudget).Url(host, 2, state: UrlState.Parked, reason: RefusalReason.Spam);
        }

        await books.CommitAsync();
        Assert.Equal(1, (await books.Frontier.UnparkAsync("x.example", RefusalReason.DomainBudget, 1, Token)));
        Assert.Equal(1, (await books.Frontier.UnparkAsync("x.example", RefusalReason.DomainBudget, 10, Token)));
        Assert.Equal([1], await books.QueueAsync(1));
        Assert.Equal([1], await books.QueueAsync(2));
        Assert.Empty(await books.QueueAsync(3));
        Assert.Equal((1, 1), ((await books.HostAsync(1)).Waiting, (await books.HostAsync(1)).Parked));
        Assert.Equal(3, (await books.Frontier.UnparkAsync(null, RefusalReason.Spam, 10, Token)));
        Assert.Equal([2], await books.QueueAsync(3));
        Assert.Equal((RefusalReason.None, UrlState.Waiting), ((await books.UrlAsync(3, 2))!.Reason, (await books.UrlAsync(3, 2))!.State));
    }

    [Fact]
    public async Task A_host_is_leased_once_until_it_is_released_those_due_first_first()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Host(2).Host(3).Host(4).Url(1, 1).Url(2, 1).Url(3, 1).CommitAsync();
        Clock(books, 1, 300);
        Clock(books, 2, 100);
        Clock(books, 3, 200);
        await books.CommitAsync();
        Assert.Equal([2, 3], await LeaseAsync(books, 2));
        Assert.Equal([1], await LeaseAsync(books, 2));
        Assert.Empty(await LeaseAsync(books, 2));
        await books.Url(4, 1).CommitAsync();
        Assert.Equal([4], await LeaseAsync(books, 2));
        books.Batch.Released.Add(3);
        books.Batch.Released.Add(2);
        Clock(books, 2, 250);
        await books.Page(Books.Visit(3, 1)).CommitAsync();
        Assert.Equal([2], await LeaseAsync(books, 2));
    }

    [Fact]
    public async Task A_lease_brings_the_hosts_clock_and_the_gates_before_it()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1, "x.example").Url(1, 1).Host(2).CommitAsync();
        books.Batch.Clocks.Add(new(1, 4_000, "retry_after", 120, 3, "192.0.2.1", null, new RobotsAnswer(11, 200, 0, [1, 2, 3])));
        books.Batch.Clocks.Add(new(2, 4_000, null, 0, 0, null, 12, null));
        books.Batch.Gates["d:x.example"] = 900;
        books.Batch.Gates["a:192.0.2.1"] = 800;
        await books.CommitAsync();
        books.Batch.Gates["d:x.example"] = 700;
        books.Batch.Gates["a:192.0.2.1"] = 850;
        await books.CommitAsync();
        books.Batch.Clocks.Add(new(1, 5_000, null, 130, 0, null, null, new RobotsAnswer(12, 503, 12, null)));
        await books.CommitAsync();
        var leased = Assert.Single(await books.Frontier.LeaseAsync(5, null, books.Now, Token));
        Assert.Equal((900, false), (leased.DomainGate, leased.WasAbandoned));
        Assert.Equal(("https://h1.example", "x.example", "192.0.2.1"), (leased.Host.Origin, leased.Host.Domain, leased.Host.Address));
        Assert.Equal((5_000, null, 130, 0), (leased.Host.NextAt, leased.Host.Block, leased.Host.LatencyMs, leased.Host.Errors));
        Assert.Equal((12, 503, 12), (leased.Host.RobotsAt, leased.Host.RobotsStatus, leased.Host.RobotsFailingSince));
        Assert.Equal([1, 2, 3], leased.Host.Robots);
    }

    [Fact]
    public async Task Templates_and_domains_are_kept()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        books.Batch.Templates.Add(new(1, 5, "/a/*", 3, 1));
        books.Batch.Templates.Add(new(1, 6, "/b/*", 1, 0));
        books.Batch.Templates.Add(new(2, 5, "/a/*", 9, 0));
        books.Batch.Domains.Add(new("x.example", 2, [1, 0]));
        books.Batch.Domains.Add(new("y.example", 1, null));
        await books.CommitAsync();
        books.Batch.Templates.Add(new(1, 5, "/a/*", 4, 2));
        books.Batch.Domains.Add(new("x.example", 3, [4, 128]));
        books.Batch.Domains.Add(new("y.example", 0, [7, 7]));
        await books.CommitAsync();
        books.Batch.Domains.Add(new("y.example", 1, null));
        await books.CommitAsync();
        Assert.Equal([new(1, 5, "/a/*", 4, 2), new(1, 6, "/b/*", 1, 0)], await books.Frontier.TemplatesAsync(1, Token));
        var x = (await books.Frontier.DomainAsync("x.example", Token))!;
        Assert.Equal(5, x.Fetched);
        Assert.Equal([5, 128], x.References);
        var y = (await books.Frontier.DomainAsync("y.example", Token))!;
        Assert.Equal(2, y.Fetched);
        Assert.Equal([7, 7], y.References);
        Assert.Null(await books.Frontier.DomainAsync("z.example", Token));
    }

    [Fact]
    public async Task Fingerprints_come_in_log_order_and_a_visit_replaces_the_one_before()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).Url(1, 2).Url(1, 3).CommitAsync();
        await books.Page(Books.Visit(1, 3)).Page(Books.Visit(1, 1)).CommitAsync();
        await books.Page(Books.Visit(1, 2)).CommitAsync();
        var prints = await Books.UntilAsync(3, () => books.Frontier.FingerprintsAsync(0, 10, Token));
        Assert.Equal([3, 1, 2], prints.Select(print => print.Key.Hash));
        Assert.Equal((93, 51), (prints[0].BodyHash, prints[0].SimHash));
        Assert.True(prints[0].Log < prints[1].Log && prints[1].Log < prints[2].Log);
        Assert.Equal([prints[1]], await books.Frontier.FingerprintsAsync(prints[0].Log, 1, Token));
        await books.Page(Books.Visit(1, 1) with { BodyHash = 5 }).CommitAsync();
        var again = await Books.UntilAsync(3, () => books.Frontier.FingerprintsAsync(0, 10, Token));
        Assert.Equal([(3L, 93L), (2L, 62L), (1L, 5L)], again.Select(print => (print.Key.Hash, print.BodyHash)));
        Assert.Equal(3, (await books.HostAsync(1)).Fetched);
    }

    [Fact]
    public async Task A_commit_that_fails_leaves_nothing()
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        await books.Host(1).Url(1, 1).CommitAsync();
        books.Batch.Counts["pages"] = 2;
        books.Batch.Gates["d:h1.example"] = 5_000;
        Clock(books, 1, 99);
        books.Host(2).Url(2, 1).Page(Books.Visit(1, 1)).Page(Books.Visit(1, 777));
        await Assert.ThrowsAnyAsync<Exception>(() => books.CommitAsync());
        books.Batch.Clear();
        Assert.Equal([1], await books.QueueAsync(1));
        await using var pages = await books.PagesAsync();
        Assert.Null(await pages.HostAsync(2, Token));
        Assert.Null(await pages.PageAsync(Books.Key(1, 1), Token));
        Assert.Equal([new("state.waiting", 1)], await pages.CountsAsync(Token));
        Assert.Equal((0, 1, 0), ((await books.HostAsync(1)).NextAt, (await books.HostAsync(1)).Waiting, (await books.HostAsync(1)).Fetched));
        Assert.Equal(0, Assert.Single(await books.Frontier.LeaseAsync(5, null, books.Now, Token)).DomainGate);
        // And the next one is as if it had never been.
        await books.Page(Books.Visit(1, 1)).CommitAsync();
        Assert.Equal(1, (await books.HostAsync(1)).Fetched);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_happens_the_books_agree_with_a_naive_copy(int seed)
    {
        await using var test = await fresh();
        await using var books = new Books(test);
        await books.OpenAsync();
        var history = new RandomHistory(books, seed);
        for (var step = 0; step < 60; step++)
        {
            await history.StepAsync();
        }

        await history.AssertAsync();
    }

    private static void Clock(Books books, long host, long nextAt) => books.Batch.Clocks.Add(new(host, nextAt, null, 0, 0, null, null, null));

    private static async Task<IReadOnlyList<long>> LeaseAsync(Books books, int max) => [.. (await books.Frontier.LeaseAsync(max, null, books.Now, Token)).Select(leased => leased.Host.Id)];
}

/// <summary>The suite on a file.</summary>
public sealed class SqliteFrontierStoreTests() : FrontierStoreFacts(TestDatabase.SqliteAsync);

/// <summary>The suite on rows of the one database.</summary>
public sealed class PostgresFrontierStoreTests() : FrontierStoreFacts(TestDatabase.PostgresAsync);
