using System.Text.Json;
using Madang.Api;
using Madang.Storage;
using Madang.Webhooks;

namespace Madang.Crawler.Sinks;

/// <summary>Tells webhooks of pages: <c>crawl.page.new</c>, <c>crawl.page.changed</c> and <c>crawl.page.gone</c>, each with up to 64 pages. At least once, as all sinks.</summary>
internal sealed class WebhookSink(WebhookEvents events, Database database) : IPageSink
{
    public string Name => "webhooks";

    public bool WantsText => false;

    public bool Takes(CrawlSettings settings) => true;

    public async ValueTask<long> AcceptAsync(CrawlId crawl, IReadOnlyList<CrawledPage> pages, CancellationToken cancellationToken)
    {
        var told = pages.Select(page => (Type: CrawlEvents.Page(page.News), Page: page)).Where(page => page.Type is not null).GroupBy(page => page.Type!).ToList();
        if (told.Count > 0)
        {
            _ = await database.WriteAsync(
                tx =>
                {
                    foreach (var kind in told)
                    {
                        events.Publish(tx, kind.Key, CrawlEvents.Data(crawl, kind.Select(page => page.Page)));
                    }

                    return true;
                },
                Lane.Background,
                cancellationToken);
        }

        return pages[^1].Log;
    }
}

/// <summary>The events of a crawl as they go out.</summary>
internal static class CrawlEvents
{
    public const string Started = "crawl.started";
    public const string Finished = "crawl.finished";

    private const int MaxUrl = 2_083;

    /// <summary>Null for what nobody is told of.</summary>
    public static string? Page(PageNews news) => news switch
    {
        PageNews.New => "crawl.page.new",
        PageNews.Changed => "crawl.page.changed",
        PageNews.Gone => "crawl.page.gone",
        _ => null,
    };

    public static string Data(CrawlId crawl, IEnumerable<CrawledPage> pages) => JsonSerializer.Serialize(
        new PagesEvent(crawl, [.. pages.Where(page => page.Url.Length <= MaxUrl).Select(page => new PageEvent(page.Url, page.Status, Short(page.Title), page.Language, page.BodyHash, page.FetchedAt))]),
        ApiJson.Options);

    public static string Data(CrawlId crawl, CrawlState state, string? failure) => JsonSerializer.Serialize(new CrawlEvent(crawl, state.ToString().ToLowerInvariant(), failure), ApiJson.Options);

    /// <summary>64 pages must fit an event.</summary>
    private static string? Short(string? title) => title is { Length: > 300 } ? title[..300] : title;

    private sealed record PagesEvent(CrawlId CrawlId, IReadOnlyList<PageEvent> Pages);

    private sealed record PageEvent(string Url, int Status, string? Title, string? Language, string? BodyHash, DateTimeOffset FetchedAt);

    private sealed record CrawlEvent(CrawlId CrawlId, string State, string? Failure);
}
