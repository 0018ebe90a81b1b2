using Madang.Crawler.Previews;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>What the cache of previews promises.</summary>
public abstract class PreviewStoreFacts(Func<Task<TestDatabase>> fresh)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_preview_is_found_as_it_was_put_and_the_last_one_holds()
    {
        await using var test = await fresh();
        var store = test.Store<IPreviewStore>();
        var now = test.Time.GetUtcNow();
        var key = new UInt128(ulong.MaxValue, 7);
        var preview = new Preview { Url = "https://a.example/'", Title = "마당 😀", Kind = "article", Image = "https://a.example/i.png", FetchedAt = now };
        Assert.Null(await store.FindAsync(key, Token));
        await PutAsync(test, store, new StoredPreview(key, null, "preview_unreachable", now.AddMinutes(10)));
        Assert.Equal(new StoredPreview(key, null, "preview_unreachable", now.AddMinutes(10)), await store.FindAsync(key, Token));
        await PutAsync(test, store, new StoredPreview(key, preview, null, now.AddHours(24)));
        Assert.Equal(new StoredPreview(key, preview, null, now.AddHours(24)), await store.FindAsync(key, Token));
        Assert.Null(await store.FindAsync(key - 1, Token));
    }

    [Fact]
    public async Task What_expired_is_pruned_oldest_first_and_the_rest_stays()
    {
        await using var test = await fresh();
        var store = test.Store<IPreviewStore>();
        var now = test.Time.GetUtcNow();
        for (var i = 1; i <= 5; i++)
        {
            await PutAsync(test, store, new StoredPreview((UInt128)i, null, "preview_no_page", now.AddMinutes(i)));
        }

        Assert.Equal(2, await test.WriteAsync(tx => store.Prune(tx, now.AddMinutes(3), 2)));
        Assert.Equal(1, await test.WriteAsync(tx => store.Prune(tx, now.AddMinutes(3), 2)));
        Assert.Equal(0, await test.WriteAsync(tx => store.Prune(tx, now.AddMinutes(3), 2)));
        Assert.Null(await store.FindAsync(3, Token));
        Assert.NotNull(await store.FindAsync(4, Token));
    }

    private static Task<int> PutAsync(TestDatabase test, IPreviewStore store, StoredPreview preview) => test.WriteAsync(tx =>
    {
        store.Put(tx, preview);
        return 0;
    });
}

public sealed class SqlitePreviewStoreTests() : PreviewStoreFacts(TestDatabase.SqliteAsync);

public sealed class PostgresPreviewStoreTests() : PreviewStoreFacts(TestDatabase.PostgresAsync);
