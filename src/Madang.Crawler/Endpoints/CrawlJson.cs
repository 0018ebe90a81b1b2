using Madang.Api;

namespace Madang.Crawler.Endpoints;

/// <summary>A crawl on the wire.</summary>
/// <param name="Name">What people call it, where somebody gave it a name.</param>
/// <param name="CreatedBy">The person who started it; absent for servers and the operator.</param>
/// <param name="Failure">Why it failed, or paused by itself when the disk was full: a sentence for who reads a log.</param>
public sealed record CrawlJson(
    CrawlId Id, string? Name, CrawlState State, CrawlSettings Settings, UserId? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, string? Failure, CrawlProgress Progress)
{
    internal static CrawlJson Of(Crawl crawl, CrawlProgress progress) =>
        new(crawl.Id, crawl.Name, crawl.State, crawl.Settings, crawl.CreatedBy, crawl.CreatedAt, crawl.FinishedAt, crawl.Failure, progress);
}
