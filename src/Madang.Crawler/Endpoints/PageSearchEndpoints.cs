using Madang.Api;
using Madang.Crawler.Searching;
using Madang.Storage.Searching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Crawler.Endpoints;

internal static class PageSearchEndpoints
{
    private const int MaxHost = 253;
    private const int MaxLanguage = 8;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/search/pages", FindAsync).RequireAuthorization(Policies.Person).WithTags("Crawler").WithName("search_pages")
            .WithSummary("Searches crawled pages, best first: every word of q must be there; \"a phrase\" stands as it is, word* finds beginnings");

    private static async Task<Results<Ok<Page<FoundPageJson>>, Refusal>> FindAsync(
        PageSearches searches, [FromQuery] string? q, [FromQuery(Name = "crawl_id")] string? crawlId, [FromQuery] string? host, [FromQuery] string? lang, [FromQuery] string? cursor,
        [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var query = SearchQuery.Parse(q);
        var page = PageQuery.Parse(null, limit);
        var faults = new List<FieldError>([.. query.Error?.Fields ?? [], .. page.Error?.Fields ?? []]);
        CrawlId? crawl = null;
        if (!string.IsNullOrEmpty(crawlId))
        {
            crawl = Id.TryParse<CrawlId>(crawlId, out var read) ? read : null;
            Check(crawl is not null, "crawl_id", "crawl_id is the id of a crawl.", faults);
        }

        SearchPlace? after = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            after = SearchPlace.TryRead(cursor, out var place) ? place : null;
            Check(after is not null, "cursor", "This cursor was not given by us.", faults);
        }

        Check(host is not { Length: > MaxHost }, "host", "host is the name of a host.", faults);
        Check(lang is not { Length: > MaxLanguage }, "lang", "lang is a language, such as ko.", faults);
        if (faults.Count > 0)
        {
            return new Refusal(ApiErrors.InvalidFields with { Fields = faults });
        }

        var filter = new SearchFilter(Wanted(host), Wanted(lang));
        var found = await searches.FindAsync(crawl, query.Value, filter, after, page.Value.Limit, cancellationToken);
        return found.IsOk ? TypedResults.Ok(found.Value.Select(FoundPageJson.Of)) : new Refusal(found.Error);
    }

    private static string? Wanted(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().ToLowerInvariant();

    private static void Check(bool holds, string field, string detail, List<FieldError> faults)
    {
        if (!holds)
        {
            faults.Add(new FieldError(field, "invalid", detail));
        }
    }
}

/// <summary>A page that was found.</summary>
internal sealed record FoundPageJson(string Url, string Title, IReadOnlyList<SnippetPart> Snippet, float Score, CrawlId CrawlId, DateTimeOffset FetchedAt)
{
    public static FoundPageJson Of(PageHit hit) => new(hit.Url, hit.Title, hit.Snippet, hit.Score, hit.Crawl, DateTimeOffset.FromUnixTimeMilliseconds(hit.FetchedAt));
}
