namespace Madang.Crawler.Frontier;

/// <summary>
/// What a URL is called in the store: the SipHash-2-4 (key of the crawl) of its origin and of the whole normalised URL. Known without asking anybody, on any node.
/// </summary>
internal readonly record struct UrlKey(long Host, long Hash);
