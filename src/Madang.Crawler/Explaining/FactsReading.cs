using System.Text;
using Madang.Crawler.Admission;
using Madang.Crawler.Frontier;
using Madang.Crawler.Robots;
using Madang.Crawler.Running;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Explaining;

/// <summary>Reads from a crawl's books what is to be explained of one URL.</summary>
internal static class FactsReading
{
    /// <param name="url">Normalised.</param>
    public static async Task<KnownFacts> ReadAsync(IPageStore pages, Crawl crawl, SipHash hash, Url url, CrawlPolicies policies, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = Key(hash, url);
        var (href, path) = (url.ToString(), Encoding.ASCII.GetString(url.PathAndQuery));
        var row = await pages.UrlAsync(key, cancellationToken);
        var admission = new AdmissionPolicy(crawl.Settings, time, policies.Urls).Check(url, row?.Depth ?? 0);
        var page = await pages.PageAsync(key, cancellationToken);
        var host = await pages.HostAsync(key.Host, cancellationToken);
        var robots = host is { RobotsAt: > 0 } ? HostRobots.Of(host, crawl.Settings.Agent) : null;
        var names = await pages.UrlsAsync([row?.Referrer ?? default, page?.Page.Original ?? default], cancellationToken);
        return new KnownFacts
        {
            Url = href,
            Settings = crawl.Settings,
            Now = time.GetUtcNow().ToUnixTimeMilliseconds(),
            Admission = admission,
            Row = row,
            Page = page,
            Host = host,
            Place = row is { State: UrlState.Waiting } ? await pages.PlaceAsync(key, cancellationToken) : null,
            Robots = robots?.Rules.Check(Encoding.ASCII.GetBytes(path)),
            CrawlDelay = robots?.Rules.CrawlDelay,
            Referrer = names[0],
            Original = names[1],
        };
    }

    /// <param name="url">Normalised by this.</param>
    public static async Task<UrlVisit?> LastVisitAsync(IPageStore pages, SipHash hash, Url url, CancellationToken cancellationToken)
    {
        UrlNormalizer.Normalize(url);
        var key = Key(hash, url);
        if (await pages.UrlAsync(key, cancellationToken) is not { } row)
        {
            return null;
        }

        var page = (await pages.PageAsync(key, cancellationToken))?.Page;
        var refusal = row.Reason == RefusalReason.None ? null : row.Reason.Code();
        return page is null && refusal is null ? null : new UrlVisit(
            page is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(page.FetchedAt),
            page is null or { Status: 0 } ? null : page.Status,
            page?.Fault,
            refusal,
            row.State == UrlState.Resting ? DateTimeOffset.FromUnixTimeMilliseconds(row.DueAt) : null);
    }

    private static UrlKey Key(SipHash hash, Url url) => new((long)hash.Hash(url.Origin), (long)hash.Hash(url.Href));
}
