using Madang.Crawler.Priority;

namespace Madang.Crawler.Explaining;

/// <summary>Why a URL is next, waiting, resting, parked, fetched or refused: <c>GET /v1/crawls/{id}/explain?url=</c>. What does not apply is absent.</summary>
/// <param name="Verdict"><c>unknown</c>, <c>refused</c>, <c>next</c>, <c>waiting</c>, <c>resting</c>, <c>parked</c>, <c>fetched</c> or <c>gone</c>.</param>
/// <param name="Sentence">The verdict in words.</param>
/// <param name="Reasons">What it rests on, the weightiest first.</param>
/// <param name="Queue">Of a URL that waits.</param>
/// <param name="Page">Of one that was visited.</param>
public sealed record Explanation(
    string Url,
    string Verdict,
    string Sentence,
    IReadOnlyList<ExplainedReason> Reasons,
    int? Depth,
    string? Referrer,
    ExplainedQueue? Queue,
    ExplainedPage? Page,
    ExplainedHost? Host,
    ExplainedBudget? Budget);

/// <param name="Code">Stable: <c>robots</c>, <c>template_budget</c>, <c>retry_after</c>.</param>
/// <param name="Facts">What <paramref name="Sentence"/> tells beside the code, for a sentence in another language.</param>
public sealed record ExplainedReason(string Code, string Sentence, ReasonFacts? Facts = null);

/// <summary>The numbers and names of a reason; those that its code does not have are absent.</summary>
/// <param name="Limit">What was exceeded: links, bytes, milliseconds, segments, parameters.</param>
/// <param name="Line">Of robots.txt, from 1.</param>
/// <param name="Template">What URLs of this kind look like.</param>
/// <param name="Count">How often: visits that failed, errors in a row, URLs that come first, pages that repeat others.</param>
/// <param name="Of">Of so many.</param>
/// <param name="Kind">Of a duplicate: <c>canonical</c>, <c>body</c> or <c>near</c>.</param>
/// <param name="Url">The page that it repeats.</param>
/// <param name="Gates">Clocks that are not open: <c>host</c>, <c>domain</c>, <c>address</c>.</param>
public sealed record ReasonFacts(
    CrawlScope? Scope = null, long? Limit = null, int? Line = null, string? Template = null, long? Count = null, int? Of = null, string? Fault = null, int? Status = null, string? Kind = null,
    string? Url = null, DateTimeOffset? Until = null, IReadOnlyList<string>? Gates = null);

/// <param name="Class">0 (first) to 15.</param>
/// <param name="Place">How many URLs of its host stand before it.</param>
/// <param name="Terms">What the class is made of.</param>
/// <param name="DueAt">Of a URL that rests.</param>
/// <param name="Attempts">Visits that failed.</param>
public sealed record ExplainedQueue(int Class, long? Place, IReadOnlyList<PriorityTerm> Terms, DateTimeOffset? DueAt, int Attempts);

/// <param name="Duplicate"><c>canonical</c>, <c>body</c> or <c>near</c>, of <paramref name="Original"/>.</param>
/// <param name="Noise">0 (fine) to 100.</param>
public sealed record ExplainedPage(
    int Status, string? Fault, DateTimeOffset FetchedAt, string? Duplicate, string? Original, int Noise, double Importance, int Visits, int Changes, int Missing, int? IntervalSeconds);

/// <param name="DelayMs">Between the end of a response and the next request.</param>
/// <param name="OpensAt">When host, domain and address all let a request through; absent when they do now.</param>
/// <param name="Gates">Each clock that is not yet open: <c>host</c>, <c>domain</c>, <c>address</c>.</param>
public sealed record ExplainedHost(
    string Origin, string Domain, long Waiting, long Fetched, long Parked, int DelayMs, int LatencyMs, int Errors, string? Block, DateTimeOffset? OpensAt, IReadOnlyList<ExplainedGate> Gates, ExplainedRobots Robots);

public sealed record ExplainedGate(string Gate, DateTimeOffset OpensAt);

/// <param name="Status">HTTP status of robots.txt; 0 for no answer, absent when it was not yet asked for.</param>
/// <param name="Line">The line that decides, from 1.</param>
public sealed record ExplainedRobots(int? Status, DateTimeOffset? FetchedAt, bool? Allowed, int? Line, int? CrawlDelayMs);

/// <param name="Template">What URLs of this kind look like: <c>/calendar/*/*</c>.</param>
/// <param name="Fetched">Of the template; <paramref name="Repeats"/> of them told nothing new.</param>
/// <param name="DomainAllowance">Pages that the domain may have, by its base and the domains that link to it.</param>
public sealed record ExplainedBudget(string Template, int Fetched, int Repeats, long? DomainFetched, long? DomainAllowance, int? DomainReferences);
