using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Moderation.Endpoints;

/// <summary>What moderators do to posts and people, and what they did.</summary>
internal static class ModerationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/v1/admin").RequireAuthorization(Policies.Moderator).WithTags("moderation");
        admin.MapPut("posts/{post_id}/hidden", ([FromRoute(Name = "post_id")] string postId, NoteRequest? request, Caller caller, Moderating moderating, CancellationToken cancellationToken) =>
            HideAsync(postId, hidden: true, request, caller, moderating, cancellationToken))
            .WithName("hide_post").WithSummary("Takes a post or comment out of everybody's sight but its author's.");
        admin.MapDelete("posts/{post_id}/hidden", ([FromRoute(Name = "post_id")] string postId, Caller caller, Moderating moderating, CancellationToken cancellationToken) =>
            HideAsync(postId, hidden: false, null, caller, moderating, cancellationToken))
            .WithName("restore_post").WithSummary("Puts a hidden post back.");
        admin.MapPut("users/{user_id}/suspension", ([FromRoute(Name = "user_id")] string userId, NoteRequest? request, Caller caller, Moderating moderating, CancellationToken cancellationToken) =>
            SuspendAsync(userId, suspended: true, request, caller, moderating, cancellationToken))
            .WithName("suspend_user").WithSummary("Shuts somebody out and takes what they wrote out of sight; moderators only by admins.");
        admin.MapDelete("users/{user_id}/suspension", ([FromRoute(Name = "user_id")] string userId, Caller caller, Moderating moderating, CancellationToken cancellationToken) =>
            SuspendAsync(userId, suspended: false, null, caller, moderating, cancellationToken))
            .WithName("restore_user").WithSummary("Lets somebody in again.");
        admin.MapGet("moderation", LogAsync).WithName("list_moderation").WithSummary("What moderators did, newest first.");
    }

    private static async Task<Results<NoContent, Refusal>> HideAsync(
        string postId, bool hidden, NoteRequest? request, Caller caller, Moderating moderating, CancellationToken cancellationToken)
    {
        var note = Text.Lines(request?.Note, "note", Moderating.MaxText, required: false);
        if (!note.IsOk)
        {
            return (Refusal)note.Error;
        }

        if (!Id.TryParse<PostId>(postId, out var post))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var done = await moderating.HideAsync(caller, post, hidden, note.Value, cancellationToken);
        return done.IsOk ? TypedResults.NoContent() : (Refusal)done.Error;
    }

    private static async Task<Results<NoContent, Refusal>> SuspendAsync(
        string userId, bool suspended, NoteRequest? request, Caller caller, Moderating moderating, CancellationToken cancellationToken)
    {
        var note = Text.Lines(request?.Note, "note", Moderating.MaxText, required: false);
        if (!note.IsOk)
        {
            return (Refusal)note.Error;
        }

        if (!Id.TryParse<UserId>(userId, out var person))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var done = await moderating.SuspendAsync(caller, person, suspended, note.Value, cancellationToken);
        return done.IsOk ? TypedResults.NoContent() : (Refusal)done.Error;
    }

    private static async Task<Results<Ok<Page<ModerationJson>>, Refusal>> LogAsync(
        IModerationStore store, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        return page.IsOk
            ? TypedResults.Ok(page.Value.Of(await store.LogAsync(page.Value.After, page.Value.Fetch, cancellationToken), entry => entry.Id).Select(ModerationJson.Of))
            : (Refusal)page.Error;
    }
}

/// <param name="Note">Why, for the log; at most 2,000 bytes.</param>
internal sealed record NoteRequest(string? Note);

/// <param name="By">The moderator; absent for a server's key or this machine's operator.</param>
internal sealed record ModerationJson(
    string Id, UserId? By, ModerationAct Act, PostId? PostId, UserId? UserId, ReportId? ReportId, string? Note, DateTimeOffset At)
{
    public static ModerationJson Of(ModerationEntry entry) => new(
        Madang.Api.Id.Text(entry.Id), entry.By.Value == 0 ? null : entry.By, entry.Act, entry.Post.Value == 0 ? null : entry.Post,
        entry.User.Value == 0 ? null : entry.User, entry.Report.Value == 0 ? null : entry.Report, entry.Note.Length == 0 ? null : entry.Note, entry.At);
}
