namespace Madang.Client.Resources;

/// <summary>What to crawl; whatever is null keeps the server's default.</summary>
/// <param name="Seeds">1 to 1,000 http or https URLs.</param>
/// <param name="Scope">host, domain, prefix or any.</param>
public sealed record NewCrawl(
    IReadOnlyList<string> Seeds,
    string? Scope = null,
    long? MaxPages = null,
    int? MaxDepth = null,
    int? DelayMs = null,
    string? Name = null,
    int? DomainDelayMs = null,
    int? AddressDelayMs = null,
    double? LatencyFactor = null,
    int? MaxDelayMs = null,
    string? Agent = null,
    IReadOnlyList<string>? Allow = null,
    bool? ObeyNofollow = null,
    bool? Recrawl = null,
    int? MinRecrawlSeconds = null,
    int? MaxRecrawlSeconds = null,
    int? MaxPageBytes = null,
    bool? Archive = null,
    bool? Search = null,
    int? Concurrency = null,
    int? DomainBudget = null,
    int? BudgetPerReference = null,
    bool? DocumentsOnly = null,
    bool? FollowImportance = null,
    IReadOnlyList<BoostRule>? Boosts = null);

/// <param name="Pattern">The beginning of a URL, or of its path when it starts with a slash; <c>*</c> is any text and a last <c>$</c> the end.</param>
/// <param name="Classes">1 to 15 is sooner, -1 to -15 later.</param>
public sealed record BoostRule(string Pattern, int Classes);

/// <param name="State">running, paused, stopped, finished or failed.</param>
/// <param name="Settings">As the server took them, all filled in.</param>
/// <param name="CreatedBy">Null when a server or the operator started it.</param>
/// <param name="Failure">Why it failed, for who reads a log.</param>
public sealed record Crawl(
    string Id, string State, NewCrawl Settings, DateTimeOffset CreatedAt, CrawlProgress Progress, string? Name = null, string? CreatedBy = null, DateTimeOffset? FinishedAt = null,
    string? Failure = null)
{
    /// <summary>Whether nothing more comes of it by itself.</summary>
    public bool HasEnded => State is "stopped" or "finished" or "failed";
}

/// <param name="PerSecond">Visits per second, of late.</param>
/// <param name="Bytes">Of bodies, decoded; <paramref name="WireBytes"/> as transferred.</param>
/// <param name="Statuses">Answers by class: 2xx to 5xx, none.</param>
/// <param name="Faults">By code, such as header_timeout.</param>
/// <param name="RefusedBy">Links that were not taken up, by reason.</param>
/// <param name="Duplicates">By kind: canonical, body, near.</param>
public sealed record CrawlProgress(
    long Fetched, double PerSecond, int Hosts, int InFlight, long Waiting, long Resting, long Parked, long Done, long Gone, long Refused, long Bytes, long WireBytes,
    IReadOnlyDictionary<string, long> Statuses, IReadOnlyDictionary<string, long> Faults, IReadOnlyDictionary<string, long> RefusedBy, IReadOnlyDictionary<string, long> Duplicates,
    long ElapsedMs, long? EtaMs = null);

/// <param name="Status">0 when there was no answer, with <paramref name="Fault"/>.</param>
/// <param name="Target">Where a redirect led, or the canonical address.</param>
/// <param name="Noise">0 (fine) to 100.</param>
public sealed record CrawledPage(
    string Url, int Status, int Depth, int Words, long Bytes, int ElapsedMs, DateTimeOffset FetchedAt, int Noise, bool NoIndex, int Changes, int Fetches, string? Fault = null,
    string? Title = null, string? Language = null, string? ContentType = null, RepeatedPage? Duplicate = null, string? Target = null, ArchivedPage? Archive = null);

/// <param name="Kind">canonical, body or near.</param>
public sealed record RepeatedPage(string Kind, string? Url = null);

/// <summary>Where the response stands in the crawl's WARC files.</summary>
public sealed record ArchivedPage(string File, long Offset, int Length);

/// <summary>An origin and its clock.</summary>
/// <param name="NextAt">It is not asked before.</param>
/// <param name="Block">Why that is further away than a delay: retry_after, errors, robots_unreachable.</param>
public sealed record CrawlHost(
    string Id, string Origin, string Domain, long Waiting, long Fetched, long Parked, int LatencyMs, int Errors, HostRobots Robots, string? Address = null, string? Region = null,
    DateTimeOffset? NextAt = null, string? Block = null);

/// <param name="Status">0 before the first fetch, and when there was no answer.</param>
public sealed record HostRobots(int Status, DateTimeOffset? FetchedAt = null, long? CrawlDelayMs = null);

/// <param name="Verdict">unknown, refused, next, waiting, resting, parked, fetched or gone.</param>
/// <param name="Sentence">The verdict in words.</param>
/// <param name="Class">Priority class, 0 (first) to 15.</param>
/// <param name="Terms">What the class is made of.</param>
/// <param name="Place">How many URLs of its host stand before it.</param>
/// <param name="NextAt">When it is due, or when its host lets the next request through.</param>
public sealed record UrlExplanation(
    string Url, string Verdict, string Sentence, IReadOnlyList<UrlReason> Reasons, IReadOnlyList<PriorityTerm> Terms, int? Class = null, long? Place = null, int? Depth = null,
    string? Referrer = null, int? Attempts = null, DateTimeOffset? NextAt = null);

/// <param name="Detail">In words, in English.</param>
/// <param name="Facts">What these words tell beside the code.</param>
public sealed record UrlReason(string Code, string Detail, ReasonFacts? Facts = null);

/// <summary>The numbers and names of a reason; those that its code does not have are null.</summary>
public sealed record ReasonFacts(
    string? Scope = null, long? Limit = null, int? Line = null, string? Template = null, long? Count = null, int? Of = null, string? Fault = null, int? Status = null, string? Kind = null,
    string? Url = null, DateTimeOffset? Until = null, IReadOnlyList<string>? Gates = null);

/// <param name="Classes">By how many classes it moves the URL; positive is later.</param>
/// <param name="Amount">The number that it comes from: links, importance, share of visits, priority of a sitemap, days.</param>
/// <param name="Rules">Of the term boost.</param>
public sealed record PriorityTerm(string Name, int Classes, string Detail, double? Amount = null, IReadOnlyList<BoostRule>? Rules = null);

/// <param name="Snippet">Parts of the text in order.</param>
public sealed record FoundPage(string Url, IReadOnlyList<SnippetPart> Snippet, double Score, string CrawlId, DateTimeOffset FetchedAt, string? Title = null);

/// <param name="Hit">Whether this is what was searched for.</param>
public sealed record SnippetPart(string Text, bool Hit);
