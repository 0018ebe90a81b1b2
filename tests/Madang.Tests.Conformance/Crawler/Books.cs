using Madang.Crawler;
using Madang.Crawler.Frontier;

namespace Madang.Tests.Conformance.Crawler;

/// <summary>A crawl of a few hosts for the suites of the stores: host n is <c>https://hN.example</c>, in the domain of that name unless it is said otherwise.</summary>
internal sealed class Books(TestDatabase test, long crawl = 7) : IAsyncDisposable
{
    private readonly List<IFrontierStore> _open = [];

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Folder { get; } = Directory.CreateTempSubdirectory("madang-crawl-").FullName;

    public IFrontierStores Stores => test.Store<IFrontierStores>();

    public long Now => test.Time.GetUtcNow().ToUnixTimeMilliseconds();

    public CrawlBatch Batch { get; } = new();

    public IFrontierStore Frontier { get; private set; } = null!;

    public async Task<IFrontierStore> OpenAsync(string node = "a")
    {
        var frontier = await Stores.OpenAsync(new CrawlId(crawl), Folder, node, Token);
        _open.Add(frontier);
        _ = await frontier.StartAsync(Token);
        _ = await frontier.RenewAsync(Now, Now + 15_000, Token);
        return Frontier = frontier;
    }

    /// <summary>Reads queues as this node from now on.</summary>
    public Books Use(IFrontierStore frontier)
    {
        Frontier = frontier;
        return this;
    }

    public Task<IPageStore> PagesAsync() => Stores.OpenPagesAsync(new CrawlId(crawl), Folder, Token);

    public static UrlKey Key(long host, long hash) => new(host, hash);

    public Books Host(long id, string? domain = null, string? region = null)
    {
        Batch.Hosts.Add(new NewHost(id, $"https://h{id}.example", domain ?? $"h{id}.example", region));
        return this;
    }

    public Books Url(long host, long hash, int importance = 8, UrlState state = UrlState.Waiting, RefusalReason reason = RefusalReason.None, long due = 0, UrlKey referrer = default)
    {
        Batch.Urls.Add(new NewUrl(Key(host, hash), $"/{hash}", state, reason, importance, 1, referrer, due));
        return this;
    }

    public Books Page(PageRow page)
    {
        Batch.Pages.Add(page);
        return this;
    }

    public static PageRow Visit(long host, long hash, int status = 200, UrlState next = UrlState.Done, RefusalReason reason = RefusalReason.None, long due = 0) => new()
    {
        Key = Key(host, hash),
        Status = status,
        FetchedAt = 1_000,
        Next = next,
        Reason = reason,
        DueAt = due,
        BodyHash = hash * 31,
        SimHash = hash * 17,
    };

    public async Task<CommitOutcome> CommitAsync(IFrontierStore? by = null)
    {
        Batch.Now = Now;
        var outcome = await (by ?? Frontier).CommitAsync(Batch, Token);
        Batch.Clear();
        return outcome;
    }

    public async Task<IReadOnlyList<long>> QueueAsync(long host, int max = 1_000) => [.. (await Frontier.QueueAsync(host, max, Token)).Select(url => url.Key.Hash)];

    /// <summary>Reads again until so many rows are there: what goes by the log waits for transactions that began earlier, those of other tests among them.</summary>
    public static async Task<IReadOnlyList<T>> UntilAsync<T>(int rows, Func<Task<IReadOnlyList<T>>> read)
    {
        while (true)
        {
            Token.ThrowIfCancellationRequested();
            if (await read() is var found && found.Count >= rows)
            {
                return found;
            }

            await Task.Yield();
        }
    }

    public async Task<HostRow> HostAsync(long host)
    {
        await using var pages = await PagesAsync();
        return (await pages.HostAsync(host, Token))!;
    }

    public async Task<UrlRow?> UrlAsync(long host, long hash)
    {
        await using var pages = await PagesAsync();
        return await pages.UrlAsync(Key(host, hash), Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var frontier in _open)
        {
            await frontier.DisposeAsync();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
