using System.Text.Json;
using Madang.Api;
using Madang.Notifications.Accepting;
using Madang.Notifications.Explaining;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <summary>What was accepted.</summary>
internal sealed record AcceptedJson(NotificationId Id, string? EventId, DateTimeOffset SendAt, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt)
{
    public static AcceptedJson Of(Notification notification) =>
        new(notification.Id, notification.EventId, notification.SendAt, notification.ExpiresAt, notification.CreatedAt);
}

/// <param name="Notifications">Each as in POST /v1/notifications.</param>
internal sealed record BulkRequest(IReadOnlyList<JsonElement>? Notifications);

/// <param name="Status">202 accepted, 200 accepted before, or what the refusal says.</param>
internal sealed record BulkItemJson(int Status, AcceptedJson? Notification, ProblemJson? Error);

/// <param name="Items">One for each, in the order they came.</param>
internal sealed record BulkAnswer(IReadOnlyList<BulkItemJson> Items);

/// <summary><c>/v1/notifications</c>: for servers, moderators and admins.</summary>
internal static class NotificationEndpoints
{
    /// <summary>Of a bulk call: a thousand notifications with their data.</summary>
    public const int MaxBulkBytes = 16 * 1024 * 1024;

    /// <summary>Of a single one: its texts for mail and its data.</summary>
    public const int MaxBytes = 512 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var notifications = routes.MapGroup("/v1/notifications").RequireAuthorization(Policies.Sender).WithTags("notifications");
        notifications.MapPost("", AcceptAsync).WithName("send_notification").WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .WithSummary("Accepts a notification: 202 when it is on the disk; 200 with the first answer when the event id was used for the same content before.");
        notifications.MapPost("bulk", BulkAsync).WithName("send_notifications").WithMetadata(new RequestSizeLimitAttribute(MaxBulkBytes))
            .WithSummary("Accepts up to 1,000 notifications, each for itself: the answer has one result for each, in order.");
        notifications.MapGet("", ListAsync).WithName("list_notifications")
            .WithSummary("Notifications, newest first: of a category, in a state, about a person, since a time. A page may be short and still not the last.");
        notifications.MapGet("{id}", ExplainAsync).WithName("explain_notification")
            .WithSummary("A notification with what became of it; of one person every decision and every attempt.");
        notifications.MapPost("{id}/cancel", CancelAsync).WithName("cancel_notification")
            .WithSummary("Nobody else gets it: a broadcast stops at its next chunk, what waits for a provider ends.");
    }

    private static async Task<Results<Accepted<AcceptedJson>, Ok<AcceptedJson>, Refusal>> AcceptAsync(
        NotificationRequest request, Caller caller, [FromHeader(Name = "Idempotency-Key")] string? key, Intake intake, CancellationToken cancellationToken)
    {
        var read = request.Read(key);
        if (!read.IsOk)
        {
            return (Refusal)read.Error;
        }

        var accepted = await intake.AcceptAsync(Sender.Of(caller), read.Value, cancellationToken);
        if (!accepted.IsOk)
        {
            return (Refusal)accepted.Error;
        }

        var shape = AcceptedJson.Of(accepted.Value.Notification);
        return accepted.Value.Repeated ? TypedResults.Ok(shape) : TypedResults.Accepted($"/v1/notifications/{shape.Id}", shape);
    }

    private static async Task<Results<Accepted<BulkAnswer>, Refusal>> BulkAsync(BulkRequest request, Caller caller, Intake intake, CancellationToken cancellationToken)
    {
        if (request.Notifications is not { Count: > 0 } given || given.Count > intake.MaxBulk)
        {
            return (Refusal)ApiErrors.Invalid(
                "notifications", request.Notifications is { Count: > 0 } ? "too_long" : "required", $"notifications holds 1 to {intake.MaxBulk} notifications.");
        }

        var results = await intake.AcceptAsync(Sender.Of(caller), [.. given.Select(Read)], cancellationToken);
        return TypedResults.Accepted((string?)null, new BulkAnswer([.. results.Select(Item)]));
    }

    private static async Task<Results<Ok<Page<NotificationJson>>, Refusal>> ListAsync(
        Caller caller, Explanations explanations, [AsParameters] ListQuery query, CancellationToken cancellationToken)
    {
        var page = PageQuery.Parse(query.Cursor, query.Limit);
        if (!page.IsOk)
        {
            return (Refusal)page.Error;
        }

        var filter = query.Read(caller.Role >= Role.Moderator ? null : Sender.Of(caller));
        return filter.IsOk
            ? TypedResults.Ok(await explanations.ListAsync(filter.Value, page.Value, cancellationToken))
            : (Refusal)filter.Error;
    }

    private static async Task<Results<Ok<ExplanationJson>, Refusal>> ExplainAsync(
        string id, [FromQuery(Name = "user_id")] string? userId, Caller caller, Explanations explanations, CancellationToken cancellationToken)
    {
        var user = default(UserId);
        if (userId is not null && !Id.TryParse(userId, out user))
        {
            return (Refusal)ApiErrors.Invalid("user_id", "invalid", "user_id is the id of a person.");
        }

        return Id.TryParse<NotificationId>(id, out var notification) && await explanations.FindAsync(notification, cancellationToken) is { } found && MaySee(caller, found)
            ? TypedResults.Ok(await explanations.ExplainAsync(found, userId is null ? null : user, cancellationToken))
            : (Refusal)ApiErrors.NotFound;
    }

    private static async Task<Results<Ok<NotificationJson>, Refusal>> CancelAsync(string id, Caller caller, Cancellation cancellation, CancellationToken cancellationToken)
    {
        var canceled = Id.TryParse<NotificationId>(id, out var notification)
            ? await cancellation.CancelAsync(notification, found => MaySee(caller, found), cancellationToken)
            : ApiErrors.NotFound;
        return canceled.IsOk ? TypedResults.Ok(NotificationJson.Of(canceled.Value)) : (Refusal)canceled.Error;
    }

    /// <summary>Moderators and admins all, servers what they sent themselves.</summary>
    private static bool MaySee(Caller caller, Notification notification) => caller.Role >= Role.Moderator || notification.Sender == Sender.Of(caller);

    private static Result<NewNotification> Read(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.Deserialize<NotificationRequest>(ApiJson.Options) is { } request ? request.Read(null) : ApiErrors.MalformedJson;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return ApiErrors.MalformedJson.With("This notification has a field of another type.");
        }
    }

    private static BulkItemJson Item(Result<Accepting.Accepted> result) => result.IsOk
        ? new(result.Value.Repeated ? 200 : 202, AcceptedJson.Of(result.Value.Notification), null)
        : new(result.Error.Status, null, ProblemJson.Of(result.Error));
}

/// <summary>Which notifications are listed.</summary>
internal sealed record ListQuery
{
    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    [FromQuery(Name = "state")]
    public string? State { get; init; }

    [FromQuery(Name = "user_id")]
    public string? UserId { get; init; }

    [FromQuery(Name = "since")]
    public string? Since { get; init; }

    [FromQuery(Name = "cursor")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit")]
    public string? Limit { get; init; }

    /// <param name="sender">Only what this one sent; null for all.</param>
    public Result<NotificationFilter> Read(long? sender)
    {
        var faults = new List<FieldError>();
        var user = default(UserId);
        if (UserId is not null && !Id.TryParse(UserId, out user))
        {
            faults.Add(new("user_id", "invalid", "user_id is the id of a person."));
        }

        var state = default(NotificationState);
        if (State is not null && (!State.All(char.IsAsciiLetter) || !Enum.TryParse(State, ignoreCase: true, out state)))
        {
            faults.Add(new("state", "unknown_value", "state is accepted, planning, planned, canceled or expired."));
        }

        var since = Since is null ? null : QueryTime.Read(Since);
        if (Since is not null && since is null)
        {
            faults.Add(new("since", "invalid", "since is a time such as 2026-01-31T09:00:00Z."));
        }

        var category = Text.Line(Category, "category", NotificationRules.MaxName, required: false);
        faults.AddRange(category.Error?.Fields ?? []);
        return faults.Count > 0
            ? ApiErrors.InvalidFields with { Fields = faults }
            : new NotificationFilter(Category is null ? null : category.Value, State is null ? null : state, UserId is null ? null : user, since, sender);
    }
}
