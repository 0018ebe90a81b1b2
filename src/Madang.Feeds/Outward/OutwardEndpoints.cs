using System.Security.Cryptography;
using Madang.Api;
using Madang.Feeds.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Outward;

/// <summary>What feed readers read, and the lists of subscriptions that they pass on.</summary>
internal static class OutwardEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/v1/users/{user_id}").AllowAnonymous().WithTags("feeds");
        users.MapGet("feed.atom", AtomAsync).WithName("get_feed_atom").Produces(StatusCodes.Status200OK, contentType: "application/atom+xml")
            .WithSummary("Somebody's posts as Atom (RFC 4287), newest first, with pages (RFC 5005). Without signing in: public posts, where `Madang:Feeds:PublicFeeds` lets them out.");
        users.MapGet("feed.json", JsonAsync).WithName("get_feed_json").Produces(StatusCodes.Status200OK, contentType: "application/feed+json")
            .WithSummary("The same as JSON Feed 1.1.");

        routes.MapGroup("/v1/sources.opml").RequireAuthorization(Policies.Person).WithTags("feeds")
            .MapGet("", OpmlAsync).WithName("export_sources").Produces(StatusCodes.Status200OK, contentType: "text/x-opml")
            .WithSummary("All sources as OPML 2.0, for another feed reader.");
    }

    private static Task<IResult> AtomAsync([FromRoute(Name = "user_id")] string userId, HttpContext context, OutwardPages pages, CancellationToken cancellationToken) =>
        FeedAsync(userId, context, pages, AtomDocument.ContentType, AtomDocument.Write, cancellationToken);

    private static Task<IResult> JsonAsync([FromRoute(Name = "user_id")] string userId, HttpContext context, OutwardPages pages, CancellationToken cancellationToken) =>
        FeedAsync(userId, context, pages, JsonFeedDocument.ContentType, JsonFeedDocument.Write, cancellationToken);

    private static async Task<IResult> FeedAsync(
        string userId, HttpContext context, OutwardPages pages, string contentType, Func<OutwardFeed, byte[]> write, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<UserId>(userId, out var author))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var page = PageQuery.Parse(context.Request.Query["cursor"], null);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        var before = page.Value.After is { } after ? new PostId(after) : (PostId?)null;
        return await pages.OfUserAsync(Caller.Of(context).User, author, before, Self(context), cancellationToken) is { } feed
            ? Document(context, write(feed), contentType)
            : (Refusal)ApiErrors.NotFound;
    }

    private static async Task<IResult> OpmlAsync(HttpContext context, ISourceStore sources, CancellationToken cancellationToken)
    {
        List<OpmlOutline> outlines = [];
        for (SourceId? before = null; ;)
        {
            var some = await sources.ListAsync(before, PageQuery.MaxLimit, cancellationToken);
            outlines.AddRange(some.Where(source => source.Kind == SourceKind.Feed).Select(source => new OpmlOutline(source.Url, null, null)));
            if (some.Count < PageQuery.MaxLimit)
            {
                return Document(context, Opml.Write("Madang", outlines), Opml.ContentType);
            }

            before = some[^1].Id;
        }
    }

    private static Uri Self(HttpContext context)
    {
        var request = context.Request;
        return new Uri($"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}");
    }

    /// <summary>Feed readers ask often for what did not change: the tag is made of the bytes.</summary>
    private static IResult Document(HttpContext context, byte[] bytes, string contentType) => Results.Bytes(
        bytes, contentType, entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\""));
}
