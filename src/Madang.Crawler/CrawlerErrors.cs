using Madang.Api;

namespace Madang.Crawler;

/// <summary>What the crawler refuses beyond <see cref="ApiErrors"/>.</summary>
public static class CrawlerErrors
{
    public static readonly Error CrawlRunning = new("crawl_running", 409, "The crawl is running: stop it first.");
    public static readonly Error CrawlNotRunning = new("crawl_not_running", 409, "The crawl is not running.");
    public static readonly Error CrawlEnded = new("crawl_ended", 409, "The crawl has ended.");
    public static readonly Error CrawlNotStarted = new("crawl_not_started", 409, "No node has taken up the crawl yet; ask again in a moment.");
    public static readonly Error TooManyCrawls = new("too_many_crawls", 409, "There are as many crawls as may be kept: delete one.");
    public static readonly Error TooManyStreams = new("too_many_streams", 429, "Too many crawls are being followed; close a window first.");

    public static IReadOnlyList<Error> All { get; } = [CrawlRunning, CrawlNotRunning, CrawlEnded, CrawlNotStarted, TooManyCrawls, TooManyStreams];
}
