namespace Madang.Crawler.Sinks;

/// <summary>
/// Takes what a crawl finds: an index, a webhook, a feed. Several stand beside one another, each with a cursor of its own in the crawl's page log; one that is slow or fails holds up
/// neither the others nor the crawl.
/// </summary>
public interface IPageSink
{
    /// <summary>Stable and unique: the cursor is kept under it. A sink of a new name gets every page from the first.</summary>
    string Name { get; }

    /// <summary>Whether <see cref="CrawledPage.Text"/> is wanted; reading it costs.</summary>
    bool WantsText { get; }

    /// <summary>Whether this crawl's pages are wanted at all.</summary>
    bool Takes(CrawlSettings settings);

    /// <summary>
    /// Takes pages in log order. At least once: the same URL with the same body hash may come again and must change nothing. An exception brings the whole batch again, later.
    /// </summary>
    /// <param name="pages">1 to 64.</param>
    /// <returns>The position up to which everything is taken for good; pages after it come again. <c>pages[^1].Log</c> as a rule.</returns>
    ValueTask<long> AcceptAsync(CrawlId crawl, IReadOnlyList<CrawledPage> pages, CancellationToken cancellationToken);
}
