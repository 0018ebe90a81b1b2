using Madang.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Feeds.Moderation.Endpoints;

/// <summary><c>POST /v1/reports</c> for everybody, <c>/v1/admin/reports</c> for moderators.</summary>
internal static class ReportEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/reports", ReportAsync).RequireAuthorization(Policies.Person).WithTags("moderation").WithName("create_report")
            .WithSummary("Asks the moderators to look at a post or a person. 200 with your report that is open already.");
        var reports = routes.MapGroup("/v1/admin/reports").RequireAuthorization(Policies.Moderator).WithTags("moderation");
        reports.MapGet("", ListAsync).WithName("list_reports").WithSummary("Reports, by state: open ones oldest first (without a state), closed ones newest first.");
        reports.MapGet("{report_id}", FindAsync).WithName("get_report").WithSummary("One report.");
        reports.MapPatch("{report_id}", CloseAsync).WithName("close_report").WithSummary("Closes a report as resolved or dismissed, with a note for the other moderators.");
    }

    private static async Task<Results<Created<ReportedJson>, Ok<ReportedJson>, Refusal>> ReportAsync(
        NewReportRequest request, Caller caller, Moderating moderating, CancellationToken cancellationToken)
    {
        var faults = new List<FieldError>();
        if (request.PostId is null == request.UserId is null)
        {
            faults.Add(new("post_id", "required", "A report is about a post_id or a user_id, one of them."));
        }

        if (request.Reason is null)
        {
            faults.Add(new("reason", "required", "reason is spam, harassment, hate, violence, sexual, self_harm, illegal or other."));
        }

        var text = Text.Lines(request.Text, "text", Moderating.MaxText, required: false);
        faults.AddRange(text.Error?.Fields ?? []);
        if (faults.Count > 0)
        {
            return (Refusal)(ApiErrors.InvalidFields with { Fields = faults });
        }

        var made = await moderating.ReportAsync(caller.Person, request.PostId, request.UserId, request.Reason!.Value, text.Value, cancellationToken);
        if (!made.IsOk)
        {
            return (Refusal)made.Error;
        }

        var shape = ReportedJson.Of(made.Value.Report);
        return made.Value.Made ? TypedResults.Created((string?)null, shape) : TypedResults.Ok(shape);
    }

    private static async Task<Results<Ok<Page<ReportJson>>, Refusal>> ListAsync(
        IModerationStore store, [FromQuery] string? state, [FromQuery] string? cursor, [FromQuery] string? limit, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(cursor, limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        if (state is not (null or "" or "open" or "closed"))
        {
            return (Refusal)ApiErrors.Invalid("state", "unknown_value", "state is open or closed.");
        }

        var rows = state == "closed"
            ? await store.ClosedAsync(page.Value.After, page.Value.Fetch, cancellationToken)
            : await store.OpenAsync(page.Value.After, page.Value.Fetch, cancellationToken);
        return TypedResults.Ok(page.Value.Of(rows, report => report.Id.Value).Select(ReportJson.Of));
    }

    private static async Task<Results<Ok<ReportJson>, Refusal>> FindAsync(
        [FromRoute(Name = "report_id")] string reportId, IModerationStore store, CancellationToken cancellationToken) =>
        Id.TryParse<ReportId>(reportId, out var id) && await store.FindAsync(id, cancellationToken) is { } report
            ? TypedResults.Ok(ReportJson.Of(report))
            : (Refusal)ApiErrors.NotFound;

    private static async Task<Results<Ok<ReportJson>, Refusal>> CloseAsync(
        [FromRoute(Name = "report_id")] string reportId, CloseReportRequest request, Caller caller, Moderating moderating, CancellationToken cancellationToken)
    {
        if (request.State is not (ReportState.Resolved or ReportState.Dismissed))
        {
            return (Refusal)ApiErrors.Invalid("state", request.State is null ? "required" : "unknown_value", "state is resolved or dismissed.");
        }

        var note = Text.Lines(request.Note, "note", Moderating.MaxText, required: false);
        if (!note.IsOk)
        {
            return (Refusal)note.Error;
        }

        if (!Id.TryParse<ReportId>(reportId, out var id))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        var closed = await moderating.CloseAsync(caller, id, request.State.Value, note.Value, cancellationToken);
        return closed.IsOk ? TypedResults.Ok(ReportJson.Of(closed.Value)) : (Refusal)closed.Error;
    }
}

/// <param name="PostId">A post or comment; or else <paramref name="UserId"/>.</param>
/// <param name="Text">What the moderators should know, at most 2,000 bytes.</param>
internal sealed record NewReportRequest(PostId? PostId, UserId? UserId, ReportReason? Reason, string? Text);

internal sealed record CloseReportRequest(ReportState? State, string? Note);

/// <summary>A report as its reporter sees it.</summary>
internal sealed record ReportedJson(ReportId Id, PostId? PostId, UserId UserId, ReportReason Reason, string Text, DateTimeOffset CreatedAt)
{
    public static ReportedJson Of(Report report) => new(
        report.Id, report.Post.Value == 0 ? null : report.Post, report.About, report.Reason, report.Text, report.CreatedAt);
}

/// <param name="UserId">Whom it is about.</param>
/// <param name="Excerpt">What the post said when it was reported.</param>
internal sealed record ReportJson(
    ReportId Id, UserId ReporterId, PostId? PostId, UserId UserId, ReportReason Reason, string Text, string? Excerpt, ReportState State, DateTimeOffset CreatedAt,
    UserId? ClosedBy, DateTimeOffset? ClosedAt, string? Note)
{
    public static ReportJson Of(Report report) => new(
        report.Id, report.Reporter, report.Post.Value == 0 ? null : report.Post, report.About, report.Reason, report.Text,
        report.Post.Value == 0 ? null : report.Excerpt, report.State, report.CreatedAt, report.ClosedBy.Value == 0 ? null : report.ClosedBy, report.ClosedAt,
        report.Note.Length == 0 ? null : report.Note);
}
