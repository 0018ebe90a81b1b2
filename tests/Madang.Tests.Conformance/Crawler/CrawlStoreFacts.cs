using Madang.Api;
using Madang.Crawler;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>What the catalogue of crawls promises.</summary>
public abstract class CrawlStoreFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crawl_is_found_as_it_was_created()
    {
        await using var test = await fresh();
        var store = test.Store<ICrawlStore>();
        var crawl = New(test, 5) with
        {
            Name = "이름 'quoted'",
            Settings = new CrawlSettings { Seeds = ["https://a.example/", "https://b.example/x?y"], Scope = CrawlScope.Domain, MaxPages = 10, DelayMs = 0, Allow = ["10.0.0.0/8"] },
            CreatedBy = new UserId(77),
        };
        _ = await test.WriteAsync(tx => Create(store, tx, crawl));
        var found = (await store.FindAsync(crawl.Id, Token))!;
        Assert.Equal(crawl.Settings.Seeds, found.Settings.Seeds);
        Assert.Equal(crawl.Settings.Allow, found.Settings.Allow);
        Assert.Equal((CrawlScope.Domain, 10L, 0), (found.Settings.Scope, found.Settings.MaxPages, found.Settings.DelayMs));
        Assert.Equal(crawl with { Settings = found.Settings, Counts = found.Counts }, found);
        Assert.Empty(found.Counts);
        Assert.Null(await store.FindAsync(new CrawlId(6), Token));
    }

    [Fact]
    public async Task A_state_changes_only_from_an_expected_one_and_an_end_has_its_time()
    {
        await using var test = await fresh();
        var store = test.Store<ICrawlStore>();
        _ = await test.WriteAsync(tx => Create(store, tx, New(test, 5)));
        Assert.False(await test.WriteAsync(tx => store.SetState(tx, new(5), CrawlState.Running, [CrawlState.Paused], null, null)));
        Assert.False(await test.WriteAsync(tx => store.SetState(tx, new(6), CrawlState.Running, [CrawlState.Running], null, null)));
        Assert.True(await test.WriteAsync(tx => store.SetState(tx, new(5), CrawlState.Paused, [CrawlState.Running], "No room.", new Dictionary<string, long> { ["pages"] = 3 })));
        var paused = (await store.FindAsync(new(5), Token))!;
        Assert.Equal((CrawlState.Paused, null, "No room.", 3L), (paused.State, paused.FinishedAt, paused.Failure, paused.Counts["pages"]));
        test.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await test.WriteAsync(tx => store.SetState(tx, new(5), CrawlState.Failed, [CrawlState.Running, CrawlState.Paused], "The disk is full.", null)));
        var failed = (await store.FindAsync(new(5), Token))!;
        Assert.Equal((CrawlState.Failed, "The disk is full.", 3L), (failed.State, failed.Failure, failed.Counts["pages"]));
        Assert.Equal(test.Time.GetUtcNow(), failed.FinishedAt);
        Assert.True(await test.WriteAsync(tx => store.SetState(tx, new(5), CrawlState.Running, [CrawlState.Failed], "ignored", null)));
        var again = (await store.FindAsync(new(5), Token))!;
        Assert.Equal((CrawlState.Running, null, null), (again.State, again.FinishedAt, again.Failure));
    }

    [Fact]
    public async Task The_list_goes_from_the_newest_to_the_true_end()
    {
        await using var test = await fresh();
        var store = test.Store<ICrawlStore>();
        for (var id = 1; id <= 5; id++)
        {
            var (now, state) = (id, id % 2 == 0 ? CrawlState.Paused : CrawlState.Running);
            _ = await test.WriteAsync(tx => Create(store, tx, New(test, now) with { State = state }));
        }

        Assert.Equal([5, 4], await IdsAsync(store, null, null, 2));
        Assert.Equal([3, 2], await IdsAsync(store, null, 4, 2));
        Assert.Equal([1], await IdsAsync(store, null, 2, 2));
        Assert.Equal([4, 2], await IdsAsync(store, CrawlState.Paused, null, 9));
        Assert.Equal([2], await IdsAsync(store, CrawlState.Paused, 4, 9));
        Assert.Empty(await IdsAsync(store, CrawlState.Failed, null, 9));
    }

    [Fact]
    public async Task A_deleted_crawl_is_gone()
    {
        await using var test = await fresh();
        var store = test.Store<ICrawlStore>();
        _ = await test.WriteAsync(tx => Create(store, tx, New(test, 5)));
        Assert.True(await test.WriteAsync(tx => store.Delete(tx, new(5))));
        Assert.False(await test.WriteAsync(tx => store.Delete(tx, new(5))));
        Assert.Null(await store.FindAsync(new(5), Token));
        Assert.Empty(await IdsAsync(store, null, null, 9));
    }

    private static bool Create(ICrawlStore store, Madang.Storage.WriteTx tx, Crawl crawl)
    {
        store.Create(tx, crawl);
        return true;
    }

    private static Crawl New(TestDatabase test, long id) => new(
        new CrawlId(id), null, new CrawlSettings { Seeds = ["https://a.example/"] }, CrawlState.Running, null, test.Time.GetUtcNow(), null, null, new Dictionary<string, long>());

    private static async Task<IReadOnlyList<long>> IdsAsync(ICrawlStore store, CrawlState? state, long? before, int limit) =>
        [.. (await store.ListAsync(state, before is { } id ? new CrawlId(id) : null, limit, Token)).Select(crawl => crawl.Id.Value)];
}

public sealed class SqliteCrawlStoreTests() : CrawlStoreFacts(TestDatabase.SqliteAsync);

public sealed class PostgresCrawlStoreTests() : CrawlStoreFacts(TestDatabase.PostgresAsync);
