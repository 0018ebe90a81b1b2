using System.ComponentModel.DataAnnotations;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Posts.Endpoints;

/// <summary>Comments: a thread is read level by level, each by its own pages.</summary>
internal static class ThreadEndpoints
{
    public static void Map(RouteGroupBuilder posts)
    {
        posts.MapPost("{post_id}/comments", CommentAsync).WithName("comment_post").Produces<PostShape>(StatusCodes.Status201Created).Produces<PostShape>()
            .WithSummary("Answers a post or a comment. 200 with the first one when the client id was used for the same content before.");
        posts.MapGet("{post_id}/comments", ListAsync).WithName("list_comments").Produces<Page<PostShape>>()
            .WithSummary("What answers a post or a comment directly, oldest first. Of a deleted one that was answered only its place is left.");
    }

    private static async Task<IResult> CommentAsync(
        [FromRoute(Name = "post_id")] string postId, CommentRequest request, Caller caller, [FromHeader(Name = "Idempotency-Key")] string? key, Posts posts,
        PostReading reading, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var clientId = IdempotencyKey.Join(request.ClientId, key);
        return clientId.IsOk
            ? await PostEndpoints.AnswerAsync(
                await posts.CommentAsync(caller.Person, id, new(clientId.Value, request.Text), cancellationToken), caller, reading, cancellationToken)
            : (Refusal)clientId.Error;
    }

    private static async Task<IResult> ListAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostReading reading, [FromQuery] string? cursor, [FromQuery] string? limit,
        CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var page = PageQuery.Parse(cursor, limit);
        return !page.IsOk ? (Refusal)page.Error
            : await reading.CommentsAsync(caller.Person, id, page.Value, cancellationToken) is { } json ? new JsonBytes(json)
            : (Refusal)ApiErrors.NotFound;
    }
}

/// <param name="ClientId">Your own name for the comment, unique among all you publish; kept seven days. The header Idempotency-Key is an alias.</param>
internal sealed record CommentRequest([property: Required] string? ClientId, [property: Required] string? Text);
