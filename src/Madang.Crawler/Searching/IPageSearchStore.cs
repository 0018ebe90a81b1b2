using Madang.Crawler.Frontier;
using Madang.Storage.Searching;

namespace Madang.Crawler.Searching;

/// <summary>Opens the search index of a crawl, which stands with its books.</summary>
internal interface IPageSearchStores
{
    /// <exception cref="Madang.Storage.FolderTakenException">SQLite: another process works on this crawl.</exception>
    Task<IPageSearchStore> OpenSearchAsync(CrawlId crawl, string folder, CancellationToken cancellationToken);
}

/// <summary>The search index of one crawl. One entry a URL; what is written is durable when the task completes.</summary>
internal interface IPageSearchStore : IAsyncDisposable
{
    /// <summary>Puts entries in, in place of what their URLs had. At most a few: it is one transaction beside the crawl's own.</summary>
    Task PutAsync(IReadOnlyList<SearchEntry> entries, CancellationToken cancellationToken);

    /// <summary>Takes URLs out; those that are not in are no matter.</summary>
    Task RemoveAsync(IReadOnlyList<UrlKey> keys, CancellationToken cancellationToken);

    /// <summary>The entries that match, the newest <paramref name="max"/> where there are more, in any order.</summary>
    Task<SearchMatches> MatchAsync(SearchQuery query, SearchFilter filter, int max, CancellationToken cancellationToken);

    /// <summary>What is shown of entries, in their order; null for one that is gone meanwhile.</summary>
    Task<IReadOnlyList<SearchShown?>> ShowAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken);
}

/// <summary>A page as it is indexed.</summary>
/// <param name="TitleTerms">Terms in order, parted by single spaces.</param>
/// <param name="TextTerms">The same of the text.</param>
/// <param name="Site">Host name without port.</param>
/// <param name="Language">Primary subtag in lower case; null when unknown.</param>
/// <param name="Text">What snippets are cut from: UTF-8, compressed (<see cref="StoredText"/>).</param>
internal sealed record SearchEntry(
    UrlKey Key, string Url, string Title, string TitleTerms, string TextTerms, string Site, string? Language, SearchWeight Weight, long FetchedAt, byte[] Text);

/// <param name="Importance">The page's share of the crawl's importance.</param>
/// <param name="Noise">0 to 100.</param>
internal readonly record struct SearchWeight(double Importance, int Noise, bool IsNearDuplicate);

internal sealed record SearchFilter(string? Site, string? Language);

/// <param name="Pages">How many the index holds.</param>
internal sealed record SearchMatches(IReadOnlyList<SearchMatch> Items, long Pages);

/// <param name="Text">The engine's text score; higher is better, comparable within one answer.</param>
internal readonly record struct SearchMatch(long Id, double Text, SearchWeight Weight);

internal sealed record SearchShown(string Url, string Title, long FetchedAt, byte[] Text);
