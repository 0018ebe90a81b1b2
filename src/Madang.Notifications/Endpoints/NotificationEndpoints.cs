using Madang.Api;
using Madang.Notifications.Accepting;
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

/// <summary><c>/v1/notifications</c>: for servers, moderators and admins.</summary>
internal static class NotificationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var notifications = routes.MapGroup("/v1/notifications").RequireAuthorization(Policies.Sender).WithTags("notifications");
        notifications.MapPost("", AcceptAsync).WithName("send_notification")
            .WithSummary("Accepts a notification: 202 when it is on the disk; 200 with the first answer when the event id was used for the same content before.");
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
}
