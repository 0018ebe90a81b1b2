using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Posts.Endpoints;

internal static class PostEndpoints
{
    public static void Map(RouteGroupBuilder posts)
    {
        posts.MapPost("", PublishAsync).WithName("publish_post").Produces<PostShape>(StatusCodes.Status201Created).Produces<PostShape>()
            .WithSummary("Publishes a post. 201 when it is on the disk; 200 with the first one when the client id was used for the same content before.");
        posts.MapGet("{post_id}", FindAsync).WithName("get_post").Produces<PostShape>()
            .WithSummary("A post, share or comment that you may see. Of a deleted one that was answered only its place is left.");
        posts.MapPatch("{post_id}", EditAsync).WithName("edit_post").Produces<PostShape>()
            .WithSummary("Changes text or audience of your post, or the text of your comment; what it said before is kept.");
        posts.MapDelete("{post_id}", DeleteAsync).WithName("delete_post")
            .WithSummary("Deletes your post, share or comment, with everything that it said. What answered it stands on.");
        posts.MapGet("{post_id}/versions", VersionsAsync).WithName("list_post_versions").WithSummary("What a post says and said before, newest first.");
        posts.MapPost("{post_id}/share", ShareAsync).WithName("share_post").Produces<PostShape>(StatusCodes.Status201Created).Produces<PostShape>()
            .WithSummary("Passes a public post on, with or without words of yours. Without, sharing it again within a day answers 200 with the first share.");
        posts.MapDelete("{post_id}/share", UnshareAsync).WithName("unshare_post").WithSummary("Takes your newest share without words back; nothing to take back is fine.");
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

    private static async Task<IResult> ShareAsync(
        [FromRoute(Name = "post_id")] string postId, ShareRequest request, Caller caller, [FromHeader(Name = "Idempotency-Key")] string? key, Posts posts,
        PostReading reading, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var clientId = IdempotencyKey.Join(request.ClientId, key);
        return clientId.IsOk
            ? await AnswerAsync(await posts.ShareAsync(caller.Person, id, request.Draft(clientId.Value), cancellationToken), caller, reading, cancellationToken)
            : (Refusal)clientId.Error;
    }

    private static async Task<Results<NoContent, Refusal>> UnshareAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, Posts posts, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        await posts.UnshareAsync(caller.Person, id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> FindAsync([FromRoute(Name = "post_id")] string postId, Caller caller, PostReading reading, CancellationToken cancellationToken) =>
        Id.TryParse<PostId>(postId, out var id) && await reading.FindAsync(caller.Person, id, cancellationToken) is { } json
            ? new JsonBytes(json)
            : (Refusal)ApiErrors.NotFound;

    private static async Task<IResult> EditAsync(
        [FromRoute(Name = "post_id")] string postId, EditRequest request, Caller caller, Posts posts, PostReading reading, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var edited = await posts.EditAsync(caller.Person, id, request.Edit, cancellationToken);
        return !edited.IsOk ? (Refusal)edited.Error
            : await reading.FindAsync(caller.Person, id, cancellationToken) is { } json ? new JsonBytes(json)
            : (Refusal)ApiErrors.NotFound;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, Posts posts, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<PostId>(postId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var deleted = await posts.DeleteAsync(caller.Person, id, cancellationToken);
        return deleted.IsOk ? TypedResults.NoContent() : (Refusal)deleted.Error;
    }

    private static async Task<Results<Ok<Page<VersionShape>>, Refusal>> VersionsAsync(
        [FromRoute(Name = "post_id")] string postId, Caller caller, PostReading reading, CancellationToken cancellationToken) =>
        Id.TryParse<PostId>(postId, out var id) && await reading.VersionsAsync(caller.Person, id, cancellationToken) is { } versions
            ? TypedResults.Ok(new Page<VersionShape>([.. versions.Select(version => new VersionShape(version.Version, version.Text, version.EndedAt))], null))
            : (Refusal)ApiErrors.NotFound;

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

/// <param name="ClientId">Your own name for the post, unique among all you publish; kept seven days. The header Idempotency-Key may stand in its place.</param>
/// <param name="Audience">public unless said otherwise.</param>
/// <param name="ListId">One of your lists, with the audience list.</param>
internal sealed record PublishRequest(
    [property: Required] string? ClientId, [property: Required] string? Text, Audience? Audience, ListId? ListId, IReadOnlyList<JsonElement>? Media)
{
    public PostDraft Draft(string? clientId) => new(clientId, Text, Audience, ListId?.Value, Media is { Count: > 0 });
}

/// <param name="Text">Words of your own; without, it is a bare share.</param>
internal sealed record ShareRequest([property: Required] string? ClientId, string? Text, Audience? Audience, ListId? ListId)
{
    public PostDraft Draft(string? clientId) => new(clientId, Text, Audience, ListId?.Value);
}

/// <summary>What is absent stays as it is.</summary>
/// <param name="Version">The version that you changed; refused when there is a newer one.</param>
internal sealed record EditRequest(string? Text, Audience? Audience, ListId? ListId, int? Version)
{
    public PostEdit Edit => new(Text, Audience, ListId?.Value, Version);
}

/// <param name="EndedAt">When the next version took its place; absent for the one that stands.</param>
internal sealed record VersionShape(int Version, string Text, DateTimeOffset? EndedAt);
