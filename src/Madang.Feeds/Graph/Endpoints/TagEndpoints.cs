using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Graph.Endpoints;

/// <summary>Followed tags.</summary>
internal static class TagEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var tags = routes.MapGroup("").RequireAuthorization(Policies.Person).WithTags("feeds");
        tags.MapPut("/v1/tags/{tag}/follow", FollowAsync).WithName("follow_tag").WithSummary("Follows a tag: public posts that bear it come into your home timeline.");
        tags.MapDelete("/v1/tags/{tag}/follow", UnfollowAsync).WithName("unfollow_tag").WithSummary("Follows a tag no longer.");
        tags.MapGet("/v1/me/tags", OfAsync).WithName("list_my_tags").WithSummary("The tags that you follow, all of them.");
    }

    private static async Task<Results<Ok<TagJson>, Refusal>> FollowAsync(string tag, Caller caller, TagFollows tags, CancellationToken cancellationToken)
    {
        var followed = await tags.FollowAsync(caller.Person, tag, cancellationToken);
        return followed.IsOk ? TypedResults.Ok(new TagJson(followed.Value)) : (Refusal)followed.Error;
    }

    private static async Task<NoContent> UnfollowAsync(string tag, Caller caller, TagFollows tags, CancellationToken cancellationToken)
    {
        await tags.UnfollowAsync(caller.Person, tag, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<TagJson>>> OfAsync(Caller caller, TagFollows tags, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<TagJson>([.. (await tags.OfAsync(caller.Person, cancellationToken)).Select(tag => new TagJson(tag))], null));
}

/// <param name="Tag">By its key: NFC, lower case, without the #.</param>
internal sealed record TagJson(string Tag);
