namespace Madang.Crawler.Frontier;

/// <summary>What a crawl has found, for people, sinks and exports. Reads only committed state; safe beside a running crawl.</summary>
internal interface IPageStore : ISinkPlaces, IAsyncDisposable
{
    Task<UrlRow?> UrlAsync(UrlKey key, CancellationToken cancellationToken);

    Task<StoredPage?> PageAsync(UrlKey key, CancellationToken cancellationToken);

    Task<HostRow?> HostAsync(long host, CancellationToken cancellationToken);

    /// <summary>How many waiting URLs of its host stand before this one.</summary>
    Task<long> PlaceAsync(UrlKey key, CancellationToken cancellationToken);

    /// <summary>Pages in log order after <paramref name="after"/> (newest first with <paramref name="descending"/>), filtered.</summary>
    Task<IReadOnlyList<StoredPage>> PagesAsync(PageFilter filter, long? after, bool descending, int max, CancellationToken cancellationToken);

    /// <summary>Hosts by id after <paramref name="after"/>, or those with most waiting first when <paramref name="busiest"/>.</summary>
    Task<IReadOnlyList<HostRow>> HostsAsync(string? query, long? after, bool busiest, int max, CancellationToken cancellationToken);

    /// <summary>The named counts of all batches, and the URLs in each state as <c>state.waiting</c>, <c>state.resting</c>…, which the store keeps exact itself.</summary>
    Task<IReadOnlyDictionary<string, long>> CountsAsync(CancellationToken cancellationToken);

    /// <summary>The URLs (origin and path) of these keys, in their order; null for one that is not known.</summary>
    Task<IReadOnlyList<string?>> UrlsAsync(IReadOnlyList<UrlKey> keys, CancellationToken cancellationToken);

    /// <summary>The texts of these pages by log position, in their order; null where there was none, the page was visited again, or it is forgotten.</summary>
    Task<IReadOnlyList<byte[]?>> TextsAsync(IReadOnlyList<long> logs, CancellationToken cancellationToken);

    /// <summary>Drops up to <paramref name="max"/> texts at or before <paramref name="log"/>, once what searches has them. How many.</summary>
    Task<int> ForgetTextsAsync(long log, int max, CancellationToken cancellationToken);
}

/// <param name="Log">Position in the crawl's page log: a page that is visited again gets a new one.</param>
internal sealed record StoredPage(long Log, string Url, int Depth, PageRow Page);

/// <param name="StatusClass">2 for 2xx, 0 for no answer; null for all.</param>
internal sealed record PageFilter(int? StatusClass = null, long? Host = null, DuplicateKind? Duplicate = null, string? UrlPart = null);
