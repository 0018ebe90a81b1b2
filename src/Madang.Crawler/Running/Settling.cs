using Madang.Crawler.Frontier;

namespace Madang.Crawler.Running;

internal static class Settling
{
    public static PageRow Settle(CrawlSettings settings, WaitingUrl url, PageRow page, long now)
    {
        if (page.Status is 0 or 408 or 429 or >= 500)
        {
            var attempts = url.Attempts + 1;
            return attempts >= 3
                ? page with { Next = UrlState.Gone, Reason = RefusalReason.Failed, Attempts = attempts }
                : page with { Next = UrlState.Resting, Attempts = attempts, DueAt = now + (5_000L << attempts) };
        }

        return page.Status is 404 or 410 ? page with { Next = UrlState.Gone, Reason = RefusalReason.NotFound } : page;
    }
}
