using Madang.Api;
using Madang.Crawler;
using Madang.Feeds.Sources;
using Madang.Storage;

namespace Madang.Tests.Conformance.Feeds;

public abstract class SourceFacts
{
    private static readonly CrawlId Feeds = new(7);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract Task<TestDatabase> FreshAsync();

    [Fact]
    public async Task A_source_comes_back_as_it_was_written()
    {
        await using var test = await FreshAsync();
        var store = test.Store<ISourceStore>();
        var source = Source(1, "https://a.example/feed?x=1&y=가", test.Time.GetUtcNow());
        await WriteAsync(test, tx => store.Insert(tx, source));

        Assert.Equal(source, await store.FindAsync(source.Id, Cancel));
        Assert.Equal(source, await test.Database.WriteAsync(tx => store.Find(tx, source.Url), cancellationToken: Cancel));
        Assert.Null(await test.Database.WriteAsync(tx => store.Find(tx, "https://a.example/feed"), cancellationToken: Cancel));
        Assert.Equal((1, Feeds), await test.Database.WriteAsync(tx => (store.Count(tx), store.CrawlOf(tx, SourceKind.Feed)), cancellationToken: Cancel));
        Assert.Null(await test.Database.WriteAsync(tx => store.CrawlOf(tx, SourceKind.Pages), cancellationToken: Cancel));
    }

    [Fact]
    public async Task Sources_are_listed_newest_first_by_keyset()
    {
        await using var test = await FreshAsync();
        var store = test.Store<ISourceStore>();
        for (var id = 1; id <= 5; id++)
        {
            await WriteAsync(test, tx => store.Insert(tx, Source(id, $"https://a.example/{id}", tx.Now)));
        }

        Assert.Equal([5, 4, 3], (await store.ListAsync(null, 3, Cancel)).Select(source => source.Id.Value));
        Assert.Equal([2, 1], (await store.ListAsync(new(3), 3, Cancel)).Select(source => source.Id.Value));
    }

    [Fact]
    public async Task A_place_that_moves_takes_all_who_are_there_along()
    {
        await using var test = await FreshAsync();
        var store = test.Store<ISourceStore>();
        await WriteAsync(test, tx => store.Insert(tx, Source(1, "https://a.example/1", tx.Now)));
        await WriteAsync(test, tx => store.Insert(tx, Source(2, "https://a.example/2", tx.Now)));

        Assert.Equal(1, await test.Database.WriteAsync(tx => store.Move(tx, Feeds, "https://a.example/1", "https://a.example/2"), cancellationToken: Cancel));
        Assert.Equal(["https://a.example/2"], await test.Database.WriteAsync(tx => store.Places(tx, Feeds), cancellationToken: Cancel));
        Assert.Equal(2, await test.Database.WriteAsync(tx => store.Move(tx, Feeds, "https://a.example/2", "https://b.example/"), cancellationToken: Cancel));
        Assert.Equal(0, await test.Database.WriteAsync(tx => store.Move(tx, new(8), "https://b.example/", "https://c.example/"), cancellationToken: Cancel));
        Assert.All(await store.OfCrawlAsync(Feeds, Cancel), source => Assert.Equal("https://b.example/", source.At));
    }

    [Fact]
    public async Task Another_crawl_takes_all_of_one()
    {
        await using var test = await FreshAsync();
        var store = test.Store<ISourceStore>();
        await WriteAsync(test, tx => store.Insert(tx, Source(1, "https://a.example/1", tx.Now)));
        await WriteAsync(test, tx => store.Insert(tx, Source(2, "https://a.example/2", tx.Now)));

        Assert.Equal(2, await test.Database.WriteAsync(tx => store.Adopt(tx, Feeds, new(9)), cancellationToken: Cancel));
        Assert.Empty(await store.OfCrawlAsync(Feeds, Cancel));
        Assert.Equal(2, (await store.OfCrawlAsync(new(9), Cancel)).Count);
    }

    [Fact]
    public async Task Items_are_remembered_once_and_for_as_long_as_the_source_stands()
    {
        await using var test = await FreshAsync();
        var (store, items) = (test.Store<ISourceStore>(), test.Store<ISourceItemStore>());
        await WriteAsync(test, tx => store.Insert(tx, Source(1, "https://a.example/1", tx.Now)));
        var at = DateTimeOffset.FromUnixTimeMilliseconds(test.Time.GetUtcNow().ToUnixTimeMilliseconds());

        await WriteAsync(test, tx => items.Remember(tx, new(1), [3, long.MinValue, 3], at));
        await WriteAsync(test, tx => items.Remember(tx, new(1), [3, 4], null));
        await WriteAsync(test, tx => items.Remember(tx, new(2), [5], at));

        Assert.Equal([long.MinValue, 3, 4], (await items.KnownAsync(new(1), [4, 3, 9, long.MinValue], Cancel)).Order());
        Assert.Empty(await items.KnownAsync(new(2), [5], Cancel));
        Assert.Equal((true, at), (await store.FindAsync(new(1), Cancel)) is { } source ? (source.Primed, source.LastItemAt) : default);
        await WriteAsync(test, tx => store.Delete(tx, new(1)));
        Assert.Empty(await items.KnownAsync(new(1), [3, 4], Cancel));
    }

    private static Source Source(long id, string url, DateTimeOffset at) =>
        new(new(id), url, url, SourceKind.Feed, Feeds, new UserId(3), false, DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds()), null);

    private static Task WriteAsync(TestDatabase test, Action<WriteTx> write) => test.Database.WriteAsync(
        tx =>
        {
            write(tx);
            return 0;
        },
        cancellationToken: Cancel);
}

public sealed class SqliteSourceTests : SourceFacts
{
    private protected override Task<TestDatabase> FreshAsync() => TestDatabase.SqliteAsync();
}

public sealed class PostgresSourceTests : SourceFacts
{
    private protected override Task<TestDatabase> FreshAsync() => TestDatabase.PostgresAsync();
}
