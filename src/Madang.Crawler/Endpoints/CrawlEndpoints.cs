using System.Runtime.CompilerServices;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Crawler.Endpoints;

/// <summary><c>/v1/crawls</c>, for admins.</summary>
internal static class CrawlEndpoints
{
    public static void Map(RouteGroupBuilder crawls)
    {
        crawls.MapPost("", CreateAsync).WithName("start_crawl").WithSummary("Starts a crawl; all settings but the seeds have defaults");
        crawls.MapGet("", ListAsync).WithName("list_crawls").WithSummary("Crawls, newest first");
        crawls.MapGet("{id}", FindAsync).WithName("get_crawl").WithSummary("A crawl and where it stands");
        crawls.MapDelete("{id}", DeleteAsync).WithName("delete_crawl").WithSummary("Throws away a crawl that does not run, with its pages and its archive");
        crawls.MapPost("{id}/pause", (string id, Crawls verbs, CancellationToken token) => ChangeAsync(id, verbs, verbs.PauseAsync, token))
            .WithName("pause_crawl").WithSummary("Lets requests under way end and starts no more");
        crawls.MapPost("{id}/resume", (string id, Crawls verbs, CancellationToken token) => ChangeAsync(id, verbs, verbs.ResumeAsync, token))
            .WithName("resume_crawl").WithSummary("Goes on where it was");
        crawls.MapPost("{id}/stop", (string id, Crawls verbs, CancellationToken token) => ChangeAsync(id, verbs, verbs.StopAsync, token))
            .WithName("stop_crawl").WithSummary("Ends a crawl; what it has is kept");
        crawls.MapGet("{id}/explain", ExplainAsync).WithName("explain_url").WithSummary("Why a URL is next, waiting, parked or refused, or what came of it");
        // A stream stays: its own bounds are the crawl's end, the credential and the drain.
        crawls.MapGet("{id}/events", FollowAsync).WithName("follow_crawl").WithSummary("Server-sent events: state with the crawl, progress every second while something changes")
            .Produces<CrawlProgress>(200, "text/event-stream").DisableRequestTimeout();
    }

    private static async Task<Results<Created<CrawlJson>, Refusal>> CreateAsync(CrawlRequest request, Caller caller, Crawls crawls, CancellationToken cancellationToken)
    {
        var read = request.Read();
        if (!read.IsOk)
        {
            return (Refusal)read.Error;
        }

        var created = await crawls.CreateAsync(caller, read.Value.Settings, read.Value.Name, cancellationToken);
        if (!created.IsOk)
        {
            return (Refusal)created.Error;
        }

        var shape = await ShapeAsync(created.Value, crawls, cancellationToken);
        return TypedResults.Created($"/v1/crawls/{shape.Id}", shape);
    }

    private static async Task<Results<Ok<Page<CrawlJson>>, Refusal>> ListAsync(Crawls crawls, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var query = PageQuery.Parse(cursor, limit);
        if (!query.IsOk)
        {
            return (Refusal)query.Error;
        }

        var page = await crawls.ListAsync(query.Value, cancellationToken);
        var shapes = new List<CrawlJson>(page.Items.Count);
        foreach (var crawl in page.Items)
        {
            shapes.Add(await ShapeAsync(crawl, crawls, cancellationToken));
        }

        return TypedResults.Ok(new Page<CrawlJson>(shapes, page.Next, page.Prev));
    }

    private static async Task<Results<Ok<CrawlJson>, Refusal>> FindAsync(string id, Crawls crawls, CancellationToken cancellationToken) =>
        Id.TryParse<CrawlId>(id, out var crawl) && await crawls.FindAsync(crawl, cancellationToken) is { } found
            ? TypedResults.Ok(await ShapeAsync(found, crawls, cancellationToken))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string id, Crawls crawls, CancellationToken cancellationToken)
    {
        var deleted = Id.TryParse<CrawlId>(id, out var crawl) ? await crawls.DeleteAsync(crawl, cancellationToken) : ApiErrors.NotFound;
        return deleted.IsOk ? TypedResults.NoContent() : (Refusal)deleted.Error;
    }

    private static async Task<Results<Ok<CrawlJson>, Refusal>> ChangeAsync(
        string id, Crawls crawls, Func<CrawlId, CancellationToken, Task<Result<Crawl>>> change, CancellationToken cancellationToken)
    {
        var changed = Id.TryParse<CrawlId>(id, out var crawl) ? await change(crawl, cancellationToken) : ApiErrors.NotFound;
        return changed.IsOk ? TypedResults.Ok(await ShapeAsync(changed.Value, crawls, cancellationToken)) : (Refusal)changed.Error;
    }

    private static async Task<Results<Ok<UrlExplanationJson>, Refusal>> ExplainAsync(string id, [FromQuery] string? url, Crawls crawls, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(url))
        {
            return (Refusal)ApiErrors.Invalid("url", "required", "url is the URL to explain.");
        }

        if (!Id.TryParse<CrawlId>(id, out var crawl) || await crawls.FindAsync(crawl, cancellationToken) is not { } found)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var told = await crawls.ExplainAsync(found, url, cancellationToken);
        return told.IsOk ? TypedResults.Ok(UrlExplanationJson.Of(told.Value)) : (Refusal)told.Error;
    }

    private static async Task<IResult> FollowAsync(string id, HttpContext context, Caller caller, Crawls crawls, CrawlStreams streams)
    {
        if (!Id.TryParse<CrawlId>(id, out var crawl) || await crawls.FindAsync(crawl, context.RequestAborted) is null)
        {
            return new Refusal(ApiErrors.NotFound);
        }

        return await streams.RunAsync(context, caller, cancellationToken => ShapesAsync(crawls, crawl, cancellationToken));
    }

    private static async IAsyncEnumerable<CrawlJson> ShapesAsync(Crawls crawls, CrawlId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (crawl, progress) in crawls.WatchAsync(id, cancellationToken))
        {
            yield return CrawlJson.Of(crawl, progress);
        }
    }

    private static async Task<CrawlJson> ShapeAsync(Crawl crawl, Crawls crawls, CancellationToken cancellationToken) =>
        CrawlJson.Of(crawl, await crawls.ProgressAsync(crawl, cancellationToken));
}
