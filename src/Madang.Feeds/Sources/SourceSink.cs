using System.Globalization;
using Madang.Crawler;
using Madang.Crawler.Sinks;
using Madang.Feeds.Posts;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Feeds.Sources;

/// <summary>
/// Makes posts of what the crawls of sources find: each new item of a feed, or each page that a page begins to link to. Once: an item's post has a client id made of the item, so the
/// same item again answers the first post, and what was dealt with is remembered for as long as the source stands.
/// </summary>
/// <param name="crawls">Asked for when it is needed: crawls know their sinks.</param>
internal sealed partial class SourceSink(
    ISourceStore sources, ISourceItemStore items, Posts.Posts posts, Lazy<Crawls> crawls, Database database, ILogger<SourceSink> log) : IPageSink
{
    /// <summary>Of what a feed already holds when it is followed: enough to see what it is like, not enough to drown the others.</summary>
    public const int FirstPosts = 10;

    /// <summary>A page's first links are fetched one after the other at its host's pace, and are not new.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(30);

    public string Name => "feeds";

    public bool WantsText => true;

    public bool Takes(CrawlSettings settings) => settings.Items;

    public async ValueTask<long> AcceptAsync(CrawlId crawl, IReadOnlyList<CrawledPage> pages, CancellationToken cancellationToken)
    {
        var all = await sources.OfCrawlAsync(crawl, cancellationToken);
        foreach (var page in pages)
        {
            if (page is { News: PageNews.Redirected, Depth: 0, Target: { } target } && all.Any(source => source.At == page.Url))
            {
                await MoveAsync(crawl, page.Url, target, cancellationToken);
                all = await sources.OfCrawlAsync(crawl, cancellationToken);
            }

            foreach (var source in all.Where(source => Concerns(source, page)))
            {
                await TakeAsync(source, Found(source, page), cancellationToken);
            }
        }

        return pages[^1].Log;
    }

    private static bool Concerns(Source source, CrawledPage page) => source.Kind == SourceKind.Feed
        ? page.Items.Count > 0 && source.At == page.Url
        : page is { Depth: 1, News: PageNews.New } && Origin(source.At).Equals(Origin(page.Url), StringComparison.Ordinal);

    /// <summary>A text of null is known from now on, and no post.</summary>
    private static List<(long Key, string? Text)> Found(Source source, CrawledPage page) => source.Kind == SourceKind.Feed
        ? [.. page.Items.Select(item => (Key: ItemText.Key(item), ItemText.Of(item, page.Url))).DistinctBy(item => item.Key)]
        : [(ItemText.Key(page.Url), page.FetchedAt - source.CreatedAt < Settling ? null : ItemText.Of(page.Title, page.Url))];

    private static ReadOnlySpan<char> Origin(string url)
    {
        var path = url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2).IndexOf('/');
        return path < 0 ? url : url.AsSpan(0, path + url.IndexOf("//", StringComparison.Ordinal) + 2);
    }

    /// <summary>The crawl has taken the new place up by itself; its seeds follow, so that it is there after the next start as well.</summary>
    private Task<int> MoveAsync(CrawlId crawl, string from, string to, CancellationToken cancellationToken) => database.WriteAsync(
        tx =>
        {
            if (sources.Move(tx, crawl, from, to) > 0)
            {
                crawls.Value.Reseed(tx, crawl, sources.Places(tx, crawl));
            }

            return 0;
        },
        cancellationToken: cancellationToken);

    private async Task TakeAsync(Source source, List<(long Key, string? Text)> found, CancellationToken cancellationToken)
    {
        var known = await items.KnownAsync(source.Id, [.. found.Select(item => item.Key)], cancellationToken);
        var fresh = found.Where(item => !known.Contains(item.Key)).ToList();
        if (fresh.Count == 0)
        {
            return;
        }

        // Feeds have their newest items first, and posts are numbered as they come.
        var isFirst = source is { Primed: false, Kind: SourceKind.Feed };
        DateTimeOffset? last = null;
        foreach (var (key, text) in (isFirst ? fresh.Take(FirstPosts) : fresh).Where(item => item.Text is not null).Reverse())
        {
            var draft = new PostDraft(string.Create(CultureInfo.InvariantCulture, $"source·{source.Id.Value:x}·{key:x}"), text, IsOurs: true);
            var published = await posts.PublishAsync(source.User, draft, cancellationToken);
            if (published.IsOk)
            {
                last = published.Value.Post.CreatedAt;
            }
            else
            {
                // What cannot be a post today cannot be one tomorrow.
                LogRefused(source.Id, published.Error.Code);
            }
        }

        await database.WriteAsync(
            tx =>
            {
                items.Remember(tx, source.Id, [.. fresh.Select(item => item.Key)], last);
                return 0;
            },
            Lane.Background,
            cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "An item of source {Source} became no post: {Code}")]
    private partial void LogRefused(SourceId source, string code);
}
