using Madang.Api;
using Madang.Feeds.Posts;
using Madang.Feeds.Posts.Endpoints;
using Madang.Storage.Searching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Feeds.Searching;

/// <summary><c>/v1/search/posts</c>: posts by their words.</summary>
internal static class SearchingModule
{
    public static IServiceCollection AddSearching(this IServiceCollection services)
    {
        services.AddSingleton<PostSearch>();
        services.AddSingleton<IPostLogReader, PostIndexing>();
        return services;
    }

    public static void MapSearching(this IEndpointRouteBuilder routes) => routes.Late(MapSearch, "/v1/search/posts");

    private static void MapSearch(IEndpointRouteBuilder routes) =>
        routes.MapGroup("/v1/search/posts").RequireAuthorization(Policies.Person).WithTags("feeds")
            .MapGet("", FindAsync).WithName("search_posts").Produces<Page<PostShape>>()
            .WithSummary("Posts, comments and shares that hold all words of q and that you may see now, newest first. `word*` matches beginnings, quotation marks a phrase.");

    private static async Task<IResult> FindAsync(
        [FromQuery] string? q, [FromQuery] string? cursor, [FromQuery] string? limit, Caller caller, PostSearch search, CancellationToken cancellationToken)
    {
        var query = SearchQuery.Parse(q);
        if (!query.IsOk)
        {
            return (Refusal)query.Error;
        }

        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk ? new JsonBytes(await search.FindAsync(caller.Person, query.Value, page.Value, cancellationToken)) : (Refusal)page.Error;
    }
}
