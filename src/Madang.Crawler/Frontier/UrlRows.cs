namespace Madang.Crawler.Frontier;

/// <summary>A URL on its way to the fetcher.</summary>
/// <param name="Path">Path and query, normalised.</param>
/// <param name="Class">Priority class, 0 (first) to 15.</param>
/// <param name="Attempts">Failed fetches so far.</param>
/// <param name="Last">What the last visit left, when there was one.</param>
internal sealed record WaitingUrl(UrlKey Key, string Path, int Class, long Seq, int Depth, int Attempts, LastVisit? Last);

/// <summary>For conditional requests and for telling what changed.</summary>
internal sealed record LastVisit(
    string? Etag, string? LastModified, long BodyHash, long SimHash, int IntervalSeconds, int Fetches, int Changes, int Missing, long FetchedAt);

/// <summary>A URL that may be new; a known one is left as it is, unless it comes with a better class.</summary>
/// <param name="Referrer">The page that named it first; default for seeds and sitemaps.</param>
/// <param name="DueAt">For <see cref="UrlState.Resting"/>, Unix milliseconds.</param>
internal sealed record NewUrl(UrlKey Key, string Path, UrlState State, RefusalReason Reason, int Class, int Depth, UrlKey Referrer, long DueAt);

/// <summary>A known URL that changes its place: a better class, parked, back from the car park, refused, or due again. One that is not known is passed over.</summary>
/// <param name="Class">-1 leaves it as it is.</param>
/// <param name="Attempts">-1 leaves it as it is.</param>
internal sealed record UrlMove(UrlKey Key, UrlState State, RefusalReason Reason, int Class, long DueAt, int Attempts);

/// <summary>A URL as it is kept, for explaining.</summary>
internal sealed record UrlRow(
    UrlKey Key, string Path, UrlState State, RefusalReason Reason, int Class, long Seq, int Depth, UrlKey Referrer, long DueAt, int Attempts);
