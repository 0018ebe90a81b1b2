using System.Security.Cryptography;
using Madang.Api;
using Madang.Feeds.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
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

        var home = routes.MapGroup("/v1/f/{token}").AllowAnonymous().WithTags("feeds");
        home.MapGet("home.atom", HomeAtomAsync).WithName("get_home_atom").Produces(StatusCodes.Status200OK, contentType: "application/atom+xml")
            .WithSummary("The home feed of whose token it is, as Atom, for a feed reader: what they may see now, with pages.");
        home.MapGet("home.json", HomeJsonAsync).WithName("get_home_json").Produces(StatusCodes.Status200OK, contentType: "application/feed+json")
            .WithSummary("The same as JSON Feed 1.1.");
        var tokens = routes.MapGroup("/v1/me/feed-token").RequireAuthorization(Policies.Person).WithTags("feeds");
        tokens.MapPost("", RenewTokenAsync).WithName("renew_feed_token")
            .WithSummary("A secret address for your home feed, for feed readers that cannot sign in. It is shown once; the one before leads nowhere any more.");
        tokens.MapGet("", FindTokenAsync).WithName("get_feed_token").WithSummary("Since when your home feed has a secret address.");
        tokens.MapDelete("", DeleteTokenAsync).WithName("delete_feed_token").WithSummary("Your home feed has no secret address any more.");

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
            ? Document(context, write(feed), contentType, feed.UpdatedAt)
            : (Refusal)ApiErrors.NotFound;
    }

    private static Task<IResult> HomeAtomAsync(string token, HttpContext context, FeedTokens tokens, OutwardPages pages, CancellationToken cancellationToken) =>
        HomeAsync(token, context, tokens, pages, AtomDocument.ContentType, AtomDocument.Write, cancellationToken);

    private static Task<IResult> HomeJsonAsync(string token, HttpContext context, FeedTokens tokens, OutwardPages pages, CancellationToken cancellationToken) =>
        HomeAsync(token, context, tokens, pages, JsonFeedDocument.ContentType, JsonFeedDocument.Write, cancellationToken);

    private static async Task<IResult> HomeAsync(
        string token, HttpContext context, FeedTokens tokens, OutwardPages pages, string contentType, Func<OutwardFeed, byte[]> write, CancellationToken cancellationToken)
    {
        if (await tokens.OwnerAsync(token, cancellationToken) is not { } owner
            || await pages.OfHomeAsync(owner, context.Request.Query["cursor"], Self(context), cancellationToken) is not { } feed)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        // The address is the key: it goes to nobody else, not even as where somebody came from.
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        return feed.IsOk ? Document(context, write(feed.Value), contentType, feed.Value.UpdatedAt) : (Refusal)feed.Error;
    }

    private static async Task<Created<FeedTokenJson>> RenewTokenAsync(Caller caller, HttpContext context, FeedTokens tokens, CancellationToken cancellationToken)
    {
        var (token, at) = await tokens.RenewAsync(caller.Person, cancellationToken);
        var root = new Uri(Self(context), $"/v1/f/{token}/");
        return TypedResults.Created("/v1/me/feed-token", new FeedTokenJson(at) { Token = token, AtomUrl = new Uri(root, "home.atom").AbsoluteUri, JsonUrl = new Uri(root, "home.json").AbsoluteUri });
    }

    private static async Task<Results<Ok<FeedTokenJson>, Refusal>> FindTokenAsync(Caller caller, FeedTokens tokens, CancellationToken cancellationToken) =>
        await tokens.FindAsync(caller.Person, cancellationToken) is { } at ? TypedResults.Ok(new FeedTokenJson(at)) : (Refusal)ApiErrors.NotFound;

    private static async Task<NoContent> DeleteTokenAsync(Caller caller, FeedTokens tokens, CancellationToken cancellationToken)
    {
        await tokens.DeleteAsync(caller.Person, cancellationToken);
        return TypedResults.NoContent();
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
                return Document(context, Opml.Write("Madang", outlines), Opml.ContentType, null);
            }

            before = some[^1].Id;
        }
    }

    private static Uri Self(HttpContext context)
    {
        var request = context.Request;
        return new Uri($"{request.Scheme}://{request.Host}{request.Path}{request.QueryString}");
    }

    /// <summary>
    /// Feed readers ask often for what did not change, and get 304 (RFC 9110 §13): by the tag, which is made of the bytes, or by the time of the newest change, which knows nothing of what
    /// was taken away. They may keep what they got, and must ask again.
    /// </summary>
    private static IResult Document(HttpContext context, byte[] bytes, string contentType, DateTimeOffset? changedAt)
    {
        context.Response.Headers.CacheControl = "private, no-cache";
        return Results.Bytes(bytes, contentType, lastModified: changedAt, entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16))}\""));
    }
}

/// <summary>The secret address of a home feed; without its parts when it was shown before.</summary>
internal sealed record FeedTokenJson(DateTimeOffset CreatedAt)
{
    public string? Token { get; init; }

    public string? AtomUrl { get; init; }

    public string? JsonUrl { get; init; }
}
