using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Posts.Endpoints;

/// <summary>Posts under the person whose they are.</summary>
internal static class PersonEndpoints
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("users/{user_id}/posts", OfAuthorAsync).WithName("list_posts_of_user").Produces<Page<PostShape>>()
            .WithSummary("Posts and shares of somebody that you may see, newest first.");
        routes.MapGet("me/bookmarks", BookmarksAsync).WithName("list_my_bookmarks").Produces<Page<PostShape>>()
            .WithSummary("What you have bookmarked and may see, newest bookmark first.");
    }

    private static async Task<IResult> OfAuthorAsync(
        [FromRoute(Name = "user_id")] string userId, Caller caller, PostReading reading, [FromQuery] string? cursor, [FromQuery] string? limit,
        CancellationToken cancellationToken)
    {
        if (!Id.TryParse<UserId>(userId, out var author))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk ? new JsonBytes(await reading.OfAuthorAsync(caller.Person, author, page.Value, cancellationToken)) : (Refusal)page.Error;
    }

    private static async Task<IResult> BookmarksAsync(
        Caller caller, PostReading reading, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk ? new JsonBytes(await reading.BookmarksAsync(caller.Person, page.Value, cancellationToken)) : (Refusal)page.Error;
    }
}
