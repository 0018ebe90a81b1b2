using System.Text.Json;
using Madang.Api;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Posts.Endpoints;

internal static class DraftEndpoints
{
    public static void Map(RouteGroupBuilder drafts)
    {
        drafts.MapPost("", AddAsync).WithName("create_draft").WithSummary("Keeps a post to publish later: by hand, or by itself at publish_at.");
        drafts.MapGet("", ListAsync).WithName("list_my_drafts").WithSummary("Your drafts, newest first.");
        drafts.MapGet("{draft_id}", FindAsync).WithName("get_draft").WithSummary("One of your drafts.");
        drafts.MapPut("{draft_id}", ReplaceAsync).WithName("put_draft").WithSummary("Puts other words, another audience or another time in its place.");
        drafts.MapDelete("{draft_id}", DeleteAsync).WithName("delete_draft").WithSummary("Throws a draft away.");
        drafts.MapPost("{draft_id}/publish", PublishAsync).WithName("publish_draft").Produces<PostShape>(StatusCodes.Status201Created).Produces<PostShape>()
            .WithSummary("Publishes a draft now; then it is gone.");
    }

    private static async Task<Results<Created<DraftShape>, Refusal>> AddAsync(DraftRequest request, Caller caller, Drafts drafts, CancellationToken cancellationToken)
    {
        var added = await drafts.AddAsync(caller.Person, request.Words, cancellationToken);
        return added.IsOk ? TypedResults.Created($"/v1/me/drafts/{added.Value.Id}", DraftShape.Of(added.Value)) : (Refusal)added.Error;
    }

    private static async Task<Results<Ok<Page<DraftShape>>, Refusal>> ListAsync(
        Caller caller, Drafts drafts, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok((await drafts.ListAsync(caller.Person, page.Value, cancellationToken)).Select(DraftShape.Of))
            : (Refusal)page.Error;
    }

    private static async Task<Results<Ok<DraftShape>, Refusal>> FindAsync(
        [FromRoute(Name = "draft_id")] string draftId, Caller caller, Drafts drafts, CancellationToken cancellationToken) =>
        Id.TryParse<DraftId>(draftId, out var id) && await drafts.FindAsync(caller.Person, id, cancellationToken) is { } draft
            ? TypedResults.Ok(DraftShape.Of(draft))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<DraftShape>, Refusal>> ReplaceAsync(
        [FromRoute(Name = "draft_id")] string draftId, DraftRequest request, Caller caller, Drafts drafts, CancellationToken cancellationToken)
    {
        if (!Id.TryParse<DraftId>(draftId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var replaced = await drafts.ReplaceAsync(caller.Person, id, request.Words, cancellationToken);
        return replaced.IsOk ? TypedResults.Ok(DraftShape.Of(replaced.Value)) : (Refusal)replaced.Error;
    }

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(
        [FromRoute(Name = "draft_id")] string draftId, Caller caller, Drafts drafts, CancellationToken cancellationToken) =>
        Id.TryParse<DraftId>(draftId, out var id) && await drafts.DeleteAsync(caller.Person, id, cancellationToken)
            ? TypedResults.NoContent()
            : (Refusal)ApiErrors.NotFound;

    private static async Task<IResult> PublishAsync(
        [FromRoute(Name = "draft_id")] string draftId, Caller caller, Drafts drafts, PostReading reading, CancellationToken cancellationToken) =>
        Id.TryParse<DraftId>(draftId, out var id)
            ? await PostEndpoints.AnswerAsync(await drafts.PublishAsync(caller.Person, id, cancellationToken), caller, reading, cancellationToken)
            : (Refusal)ApiErrors.NotFound;
}

/// <param name="Audience">public unless said otherwise.</param>
/// <param name="PublishAt">When it is published by itself; absent, it waits for you.</param>
internal sealed record DraftRequest(string? Text, Audience? Audience, ListId? ListId, DateTimeOffset? PublishAt, IReadOnlyList<JsonElement>? Media)
{
    public DraftWords Words => new(Text, Audience, ListId?.Value, PublishAt, Media is { Count: > 0 });
}

/// <param name="Refused">The code of the refusal with which it could not be published at its time; then it has no time any more.</param>
internal sealed record DraftShape(
    DraftId Id, string Text, Audience Audience, ListId? ListId, DateTimeOffset? PublishAt, string? Refused, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static DraftShape Of(Draft draft) => new(
        draft.Id, draft.Text, draft.Audience, draft.List == 0 ? null : new ListId(draft.List), draft.PublishAt, draft.Refused, Snowflake.TimeOf(draft.Id.Value),
        draft.UpdatedAt);
}
