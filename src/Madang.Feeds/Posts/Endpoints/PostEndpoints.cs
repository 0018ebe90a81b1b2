using System.Text.Json;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Posts.Endpoints;

internal static class PostEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var posts = routes.MapGroup("/v1/posts").RequireAuthorization(Policies.Person).WithTags("feeds");
        posts.MapPost("", PublishAsync).WithName("publish_post").Produces<PostShape>(StatusCodes.Status201Created).Produces<PostShape>()
            .WithSummary("Publishes a post. 201 when it is on the disk; 200 with the first one when the client id was used for the same content before.");
        posts.MapGet("{post_id}", FindAsync).WithName("get_post").Produces<PostShape>()
            .WithSummary("A post, share or comment that you may see. Of a deleted one that was answered only its place is left.");

        routes.MapGroup("/v1/users/{user_id}/posts").RequireAuthorization(Policies.Person).WithTags("feeds")
            .MapGet("", OfAuthorAsync).WithName("list_posts_of_user").Produces<Page<PostShape>>()
            .WithSummary("Posts and shares of somebody that you may see, newest first.");
    }

    private static async Task<IResult> PublishAsync(
        PublishRequest request, Caller caller, [FromHeader(Name = "Idempotency-Key")] string? key, Posts posts, PostReading reading,
        CancellationToken cancellationToken)
    {
        var clientId = IdempotencyKey.Join(request.ClientId, key);
        return clientId.IsOk
            ? await AnswerAsync(await posts.PublishAsync(caller.Person, request.Draft(clientId.Value), cancellationToken), caller, reading, cancellationToken)
            : (Refusal)clientId.Error;
    }

    private static async Task<IResult> FindAsync([FromRoute(Name = "post_id")] string postId, Caller caller, PostReading reading, CancellationToken cancellationToken) =>
        Id.TryParse<PostId>(postId, out var id) && await reading.FindAsync(caller.Person, id, cancellationToken) is { } json
            ? new JsonBytes(json)
            : (Refusal)ApiErrors.NotFound;

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

    /// <summary>What was just written, as its author sees it.</summary>
    internal static async Task<IResult> AnswerAsync(Result<Published> published, Caller caller, PostReading reading, CancellationToken cancellationToken)
    {
        if (!published.IsOk)
        {
            return (Refusal)published.Error;
        }

        var id = published.Value.Post.Id;
        return await reading.FindAsync(caller.Person, id, cancellationToken) is { } json
            ? published.Value.Repeated ? new JsonBytes(json) : new JsonBytes(json, StatusCodes.Status201Created, $"/v1/posts/{id}")
            : (Refusal)ApiErrors.NotFound;
    }
}

/// <param name="ClientId">Your own name for the post, unique among all you publish; kept seven days. The header Idempotency-Key is an alias.</param>
/// <param name="Audience">public unless said otherwise.</param>
/// <param name="ListId">One of your lists, with the audience list.</param>
internal sealed record PublishRequest(string? ClientId, string? Text, Audience? Audience, ListId? ListId, IReadOnlyList<JsonElement>? Media)
{
    public PostDraft Draft(string? clientId) => new(clientId, Text, Audience, ListId?.Value, Media is { Count: > 0 });
}
