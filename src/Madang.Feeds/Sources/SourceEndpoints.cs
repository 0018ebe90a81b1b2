using Madang.Api;
using Madang.Crawler.Explaining;
using Madang.Feeds.Outward;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Sources;

/// <summary><c>/v1/sources</c>: feeds and pages of the web as authors to follow.</summary>
internal static class SourceEndpoints
{
    public static void Map(IEndpointRouteBuilder sources)
    {
        sources.MapPost("", Create).WithName("create_source")
            .WithSummary("Makes a feed or page of the web somebody to follow; the same address again answers the same source. Its posts come from `user_id`: follow that.");
        sources.MapGet("", List).WithName("list_sources").WithSummary("All sources, newest first.");
        sources.MapPost("import", Import).WithName("import_sources").Accepts<string>("text/x-opml", "text/xml", "application/xml")
            .WithSummary("Takes the subscriptions of another feed reader over (OPML, at most 1 MiB): makes each a source, follows it, and tells what became of each row.");
        sources.MapGet("{source_id}", Get).WithName("get_source").WithSummary("One source.");
        sources.MapDelete("{source_id}", Delete).WithName("delete_source").WithSummary("Ends a source, and its posts go out of sight. Whoever made it may, and moderators.");
    }

    private static async Task<Results<Created<SourceJson>, Ok<SourceJson>, Refusal>> Create(SourceRequest body, Caller caller, Sources sources, CancellationToken cancellationToken)
    {
        var added = await sources.AddAsync(caller, body.Url, cancellationToken);
        return !added.IsOk ? (Refusal)added.Error
            : added.Value.IsNew ? TypedResults.Created($"/v1/sources/{added.Value.Source.Id}", SourceJson.Of(added.Value.Source))
            : TypedResults.Ok(SourceJson.Of(added.Value.Source));
    }

    private static async Task<Results<Ok<ImportedSources>, Refusal>> Import(HttpRequest request, Caller caller, SourceImports imports, CancellationToken cancellationToken)
    {
        if (await BoundedBody.ReadAsync(request, Opml.MaxBytes, cancellationToken) is not { } document)
        {
            return (Refusal)ApiErrors.BodyTooLarge;
        }

        var taken = await imports.TakeAsync(caller, document, cancellationToken);
        return taken.IsOk ? TypedResults.Ok(taken.Value) : (Refusal)taken.Error;
    }

    private static async Task<Results<Ok<Page<SourceJson>>, Refusal>> List(string? cursor, string? limit, Sources sources, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        var found = await sources.ListAsync(page.Value, cancellationToken);
        var visits = await sources.VisitsAsync(found.Items, cancellationToken);
        return TypedResults.Ok(found.Select(source => SourceJson.Of(source, visits.GetValueOrDefault(source.Id))));
    }

    private static async Task<Results<Ok<SourceJson>, Refusal>> Get([FromRoute(Name = "source_id")] SourceId id, Sources sources, CancellationToken cancellationToken)
    {
        var found = await sources.FindAsync(id, cancellationToken);
        return found.IsOk
            ? TypedResults.Ok(SourceJson.Of(found.Value, (await sources.VisitsAsync([found.Value], cancellationToken)).GetValueOrDefault(found.Value.Id)))
            : (Refusal)found.Error;
    }

    private static async Task<Results<NoContent, Refusal>> Delete([FromRoute(Name = "source_id")] SourceId id, Caller caller, Sources sources, CancellationToken cancellationToken)
    {
        var deleted = await sources.DeleteAsync(caller, id, cancellationToken);
        return deleted.IsOk ? TypedResults.NoContent() : (Refusal)deleted.Error;
    }
}

/// <summary>The body of <c>POST /v1/sources</c>.</summary>
public sealed record SourceRequest(string? Url);

/// <param name="Kind"><c>feed</c> (RSS, Atom, JSON Feed) or <c>pages</c> (what a page begins to link to).</param>
/// <param name="UserId">The author of its posts.</param>
/// <param name="LastVisit">How the crawler was answered last; absent before the first visit.</param>
public sealed record SourceJson(
    SourceId Id, string Url, string Kind, UserId UserId, UserId? CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? LastItemAt, SourceVisitJson? LastVisit)
{
    internal static SourceJson Of(Source source, UrlVisit? visit = null) => new(
        source.Id, source.Url, source.Kind == SourceKind.Feed ? "feed" : "pages", source.User, source.CreatedBy, source.CreatedAt, source.LastItemAt,
        visit is null ? null : new(visit.IsFine, visit.At, visit.Status, visit.Refusal ?? visit.Fault, visit.NextAt));
}

/// <param name="Ok">False: nothing new can come until this is mended.</param>
/// <param name="At">Absent when it was never fetched.</param>
/// <param name="Status">HTTP status; absent without an answer.</param>
/// <param name="Code">Why it was not answered or is not asked: <c>no_such_host</c>, <c>robots</c>, <c>not_found</c>.</param>
/// <param name="NextAt">Absent when it is not looked at again, and when its turn has come.</param>
public sealed record SourceVisitJson(bool Ok, DateTimeOffset? At, int? Status, string? Code, DateTimeOffset? NextAt);
