using System.Text;
using Madang.Crawler.Frontier;
using Madang.Crawler.Sinks;
using Madang.Storage.Searching;

namespace Madang.Crawler.Searching;

/// <summary>
/// Keeps a crawl's search index: pages with text go in, and what is gone, leads elsewhere, repeats another page to the byte or asks not to be found goes out.
/// </summary>
internal sealed class SearchSink(IPageSearchStore store) : IPageSink
{
    // A transaction beside the crawl's own: a page takes a third of a millisecond of it, and a transaction is a segment of the index that has to be merged.
    private const int EntriesAtOnce = 32;
    private const int MaxTerms = 8_000;
    private const int MaxTitleTerms = 64;
    private const int MaxTitle = 300;

    public string Name => "search";

    public bool WantsText => true;

    public bool Takes(CrawlSettings settings) => settings.Search;

    public async ValueTask<long> AcceptAsync(CrawlId crawl, IReadOnlyList<CrawledPage> pages, CancellationToken cancellationToken)
    {
        // The last word on a URL counts, when a batch holds it twice.
        var latest = pages.GroupBy(page => page.Key).Select(group => group.Last()).ToList();
        var removed = latest.Where(IsOut).Select(page => page.Key).ToList();
        if (removed.Count > 0)
        {
            await store.RemoveAsync(removed, cancellationToken);
        }

        foreach (var chunk in latest.Where(page => !IsOut(page) && page.Text is not null).Chunk(EntriesAtOnce))
        {
            await store.PutAsync([.. chunk.Select(Entry)], cancellationToken);
        }

        return pages[^1].Log;
    }

    internal static SearchEntry Entry(CrawledPage page)
    {
        var text = SearchTerms.Normal(Encoding.UTF8.GetString(page.Text!.Value.Span));
        var title = SearchTerms.Normal(page.Title ?? "");
        title = title.Length <= MaxTitle ? title : title[..MaxTitle];
        var language = page.Language?.Split('-', '_')[0].ToLowerInvariant();
        return new SearchEntry(
            page.Key, page.Url, title, SearchTerms.Line(title, MaxTitleTerms), SearchTerms.Line(text, MaxTerms), Site(page.Url), string.IsNullOrEmpty(language) ? null : language,
            new SearchWeight(page.Importance, page.Noise, page.Duplicate == DuplicateKind.Near), page.FetchedAt.ToUnixTimeMilliseconds(), StoredText.Pack(text));
    }

    /// <summary>A page that failed or did not change stays as it is; one without text says nothing that could be found.</summary>
    private static bool IsOut(CrawledPage page) =>
        page.NoIndex || page.News is PageNews.Gone or PageNews.Redirected || page.Duplicate is DuplicateKind.Body or DuplicateKind.Canonical
        || (page.News is PageNews.New or PageNews.Changed && page.Text is null);

    private static string Site(string url)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        var rest = url.AsSpan(scheme < 0 ? 0 : scheme + 3);
        var end = rest.IndexOfAny("/?#");
        var authority = end < 0 ? rest : rest[..end];
        var port = authority.LastIndexOf(':');
        return (port > authority.LastIndexOf(']') ? authority[..port] : authority).ToString();
    }
}
