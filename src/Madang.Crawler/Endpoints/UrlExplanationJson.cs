using Madang.Crawler.Explaining;
using Madang.Crawler.Priority;

namespace Madang.Crawler.Endpoints;

/// <summary>Why a URL is next, waiting or refused, or what came of it. What does not apply is absent.</summary>
/// <param name="Url">Normalised.</param>
/// <param name="Verdict"><c>unknown</c>, <c>refused</c>, <c>next</c>, <c>waiting</c>, <c>resting</c>, <c>parked</c>, <c>fetched</c> or <c>gone</c>.</param>
/// <param name="Sentence">The verdict in words, for who reads a log.</param>
/// <param name="Reasons">What it rests on, the weightiest first.</param>
/// <param name="Class">Priority class, 0 (first) to 15.</param>
/// <param name="Terms">What the class is made of.</param>
/// <param name="Place">How many URLs of its host stand before it.</param>
/// <param name="Depth">Links from a seed.</param>
/// <param name="Attempts">Visits that failed.</param>
/// <param name="NextAt">When it is due, or when its host lets the next request through.</param>
public sealed record UrlExplanationJson(
    string Url, string Verdict, string Sentence, IReadOnlyList<UrlReasonJson> Reasons, int? Class, IReadOnlyList<PriorityTermJson> Terms, long? Place, int? Depth, string? Referrer,
    int? Attempts, DateTimeOffset? NextAt, ExplainedPage? Page, ExplainedHost? Host, ExplainedBudget? Budget)
{
    internal static UrlExplanationJson Of(Explanation told) => new(
        told.Url, told.Verdict, told.Sentence, [.. told.Reasons.Select(reason => new UrlReasonJson(reason.Code, reason.Sentence, reason.Facts))], told.Queue?.Class,
        [.. (told.Queue?.Terms ?? []).Select(term => new PriorityTermJson(term.Term, term.Classes, term.Why, term.Amount, term.Rules))], told.Queue?.Place, told.Depth, told.Referrer,
        told.Queue?.Attempts, told.Queue?.DueAt ?? (told.Queue is null ? null : told.Host?.OpensAt), told.Page, told.Host, told.Budget);
}

/// <param name="Detail">In words, in English.</param>
/// <param name="Facts">What these words tell beside the code.</param>
/// <param name="Code">Stable: <c>robots</c>, <c>template_budget</c>, <c>retry_after</c>.</param>
public sealed record UrlReasonJson(string Code, string Detail, ReasonFacts? Facts);

/// <param name="Classes">By how many classes it moves the URL; positive is later.</param>
/// <param name="Detail">In words, in English.</param>
/// <param name="Amount">The number that it comes from: links, importance, share of visits, priority of a sitemap, days.</param>
/// <param name="Rules">Of the term boost: the rules that match.</param>
public sealed record PriorityTermJson(string Name, int Classes, string Detail, double? Amount, IReadOnlyList<BoostRule>? Rules);
