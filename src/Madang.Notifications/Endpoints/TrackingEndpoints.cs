using System.Text.Json.Serialization;
using Madang.Api;
using Madang.Notifications.Tracking;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="Type">delivered, opened, clicked or dismissed.</param>
/// <param name="Token">The one that came with the push; who is signed in needs none.</param>
internal sealed record DeviceEventJson(string? Type, string? Token);

/// <param name="UserId">Who did it; absent for an address outside of every account.</param>
/// <param name="Name">What they did, 1 to 64 of <c>a–z 0–9 _ . -</c>: purchase.</param>
internal sealed record ConversionJson(NotificationId? NotificationId, UserId? UserId, string? Name);

/// <summary>What became of a campaign's messages.</summary>
/// <param name="Notifications">That were sent under this name since then.</param>
/// <param name="Complete">False when there are more of them than the newest 100,000 that were looked at: then sent, delivered and failed are of these alone.</param>
/// <param name="Sent">Deliveries that a provider took, or that lie in the in-app inbox.</param>
/// <param name="Delivered">Those of which that is known.</param>
/// <param name="Failed">Given up, expired ones included.</param>
/// <param name="Opened">By people, as far as can be told; a click is an open.</param>
/// <param name="Machine">What mail programs and scanners did; in no other figure.</param>
/// <param name="Channel">That was asked for: all figures but those of <c>by_channel</c> are of this one.</param>
/// <param name="ByChannel">Of each channel with anything to tell. What came without one, as conversions do, is in none.</param>
/// <param name="ByDay">Days in UTC, ascending; those without anything are left out. Sent by the day it was to be sent, heard by the day it happened.</param>
internal sealed record FunnelJson(
    string Campaign, DateTimeOffset Since, string? Channel, long Notifications, bool Complete, long Sent, long Delivered, long Failed, long Opened, long Clicked, long Converted, long Unsubscribed,
    long Dismissed, MachineJson Machine, IReadOnlyList<FunnelChannelJson> ByChannel, IReadOnlyList<FunnelDayJson> ByDay);

/// <summary>The figures of <see cref="FunnelJson"/>.</summary>
internal sealed record FunnelCountsJson(
    long Sent, long Delivered, long Failed, long Opened, long Clicked, long Converted, long Unsubscribed, long Dismissed, MachineJson Machine)
{
    [JsonIgnore]
    public bool IsNothing => (Sent | Failed | Opened | Clicked | Converted | Unsubscribed | Dismissed | Machine.Opened | Machine.Clicked) == 0;
}

internal sealed record FunnelChannelJson(string Channel, FunnelCountsJson Counts);

internal sealed record FunnelDayJson(DateOnly Day, FunnelCountsJson Counts);

internal sealed record MachineJson(long Opened, long Clicked);

/// <summary>What comes back from messages: pictures, links, the end of a kind of mail, devices, servers; and what it comes to.</summary>
internal static class TrackingEndpoints
{
    private const int MaxDays = 366;
    private const int MostNotifications = 100_000;

    // One transparent pixel (GIF89a).
    private static readonly byte[] s_pixel = Convert.FromBase64String("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var links = routes.MapGroup("/t").AllowAnonymous().WithoutWriteLimit().WithTags("tracking");
        links.MapGet("o/{token}", OpenAsync).WithName("track_open").WithSummary("A transparent pixel, whatever the token is.");
        links.MapGet("c/{token}", ClickAsync).WithName("track_click").WithSummary("Leads to the address that the signed link holds, and to no other.");
        links.MapMethods("o/{token}", [HttpMethods.Head], OpenAsync).ExcludeFromDescription();
        links.MapMethods("c/{token}", [HttpMethods.Head], ClickAsync).ExcludeFromDescription();
        links.MapGet("u/{token}", ShowUnsubscribe).WithName("show_unsubscribe").WithSummary("A page with a button. Looking at it ends nothing.");
        links.MapPost("u/{token}", UnsubscribeAsync).DisableAntiforgery().WithName("unsubscribe")
            .WithSummary("Ends this kind of mail for who has the link (RFC 8058): no cookie, no redirect.");
        routes.MapPost("/v1/notifications/{id}/events", ReportAsync).AllowAnonymous().WithTags("tracking").WithName("report_notification_event")
            .WithSummary("A device, by the token of its push, or a signed-in person tells what became of a notification.");
        var counted = routes.MapGroup("/v1").RequireAuthorization(Policies.Sender).WithTags("tracking");
        counted.MapPost("conversions", ConvertAsync).WithName("report_conversion").WithSummary("Somebody did what a notification was for; each name counts once.");
        counted.MapGet("funnels", FunnelAsync).WithName("get_funnel").WithSummary("What became of a campaign's messages by channel and day, people and machines apart.");
    }

    private static async Task<IResult> OpenAsync(string token, HttpContext context, TrackingLinks links, TrackingIntake intake, TimeProvider time)
    {
        if (links.Read(token, TokenUse.Open) is { } read)
        {
            await intake.HitAsync(read, context.Request.Method, context.Request.Headers.UserAgent, time.GetUtcNow(), context.RequestAborted);
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(s_pixel, "image/gif");
    }

    private static async Task<IResult> ClickAsync(string token, HttpContext context, TrackingLinks links, TrackingIntake intake, TimeProvider time)
    {
        if (links.Read(token, TokenUse.Click) is not { } read)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        await intake.HitAsync(read, context.Request.Method, context.Request.Headers.UserAgent, time.GetUtcNow(), context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.Location = new Uri(read.Text).AbsoluteUri;
        return TypedResults.StatusCode(StatusCodes.Status302Found);
    }

    private static ContentHttpResult ShowUnsubscribe(string token, HttpContext context, TrackingLinks links)
    {
        var read = links.Read(token, TokenUse.Unsubscribe);
        return UnsubscribePage.Show(context, read is null ? UnsubscribeStep.Unknown : UnsubscribeStep.Ask, read?.Text);
    }

    private static async Task<ContentHttpResult> UnsubscribeAsync(
        string token, HttpContext context, TrackingLinks links, TrackingIntake intake, CancellationToken cancellationToken)
    {
        if (links.Read(token, TokenUse.Unsubscribe) is not { } read)
        {
            return UnsubscribePage.Show(context, UnsubscribeStep.Unknown, null);
        }

        return UnsubscribePage.Show(context, await intake.UnsubscribeAsync(read, cancellationToken) ? UnsubscribeStep.Done : UnsubscribeStep.Impossible, read.Text);
    }

    private static async Task<Results<NoContent, Refusal>> ReportAsync(
        string id, DeviceEventJson body, Caller caller, TrackingLinks links, TrackingIntake intake, CancellationToken cancellationToken)
    {
        TrackedKind? kind = body.Type switch
        {
            "delivered" => TrackedKind.Delivered,
            "opened" => TrackedKind.Opened,
            "clicked" => TrackedKind.Clicked,
            "dismissed" => TrackedKind.Dismissed,
            _ => null,
        };
        if (kind is not { } told)
        {
            return (Refusal)ApiErrors.Invalid("type", body.Type is null ? "required" : "unknown_value", "type is delivered, opened, clicked or dismissed.");
        }

        if (!Id.TryParse<NotificationId>(id, out var notification))
        {
            return (Refusal)ApiErrors.NotFound;
        }

        if (body.Token is not null)
        {
            if (links.Read(body.Token, TokenUse.Report) is not { } token || token.Notification != notification)
            {
                return (Refusal)ApiErrors.NotFound;
            }

            await intake.ReportAsync(token, told, cancellationToken);
            return TypedResults.NoContent();
        }

        if (caller.User is not { } person)
        {
            return (Refusal)(caller.IsAnonymous ? ApiErrors.Unauthenticated : ApiErrors.PersonRequired);
        }

        var reported = await intake.ReportAsync(notification, person, told, cancellationToken);
        return reported.IsOk ? TypedResults.NoContent() : (Refusal)reported.Error;
    }

    private static async Task<Results<NoContent, Refusal>> ConvertAsync(
        ConversionJson body, TrackingIntake intake, INotificationStore notifications, CancellationToken cancellationToken)
    {
        var faults = new List<FieldError>();
        if (body.NotificationId is null)
        {
            faults.Add(new("notification_id", "required", "notification_id says what it came of."));
        }

        if (body.Name is null || !Templates.TemplateRules.IsName(body.Name))
        {
            faults.Add(new("name", body.Name is null ? "required" : "invalid", "name is 1 to 64 of a–z, 0–9, _, . and -."));
        }

        if (faults.Count > 0)
        {
            return (Refusal)(ApiErrors.InvalidFields with { Fields = faults });
        }

        if (await notifications.FindAsync(body.NotificationId!.Value, cancellationToken) is null)
        {
            return (Refusal)ApiErrors.NotFound;
        }

        await intake.ConvertAsync(body.NotificationId.Value, body.UserId ?? default, body.Name!, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<FunnelJson>, Refusal>> FunnelAsync(
        [FromQuery] string? campaign, [FromQuery] int? days, [FromQuery] string? channel, Funnels funnels, CancellationToken cancellationToken)
    {
        if (campaign is not { Length: > 0 and <= Campaigns.MaxLength })
        {
            return (Refusal)ApiErrors.Invalid("campaign", campaign is null ? "required" : "invalid", $"campaign is a name of at most {Campaigns.MaxLength} characters.");
        }

        var one = channel is null ? null : DeliveryChannels.Find(channel);
        if (channel is not null && one is null)
        {
            return (Refusal)ApiErrors.Invalid("channel", "unknown_value", "channel is inbox, push, email, sms or webhook.");
        }

        return days is < 1 or > MaxDays
            ? (Refusal)ApiErrors.Invalid("days", "out_of_range", $"days is 1 to {MaxDays}.")
            : TypedResults.Ok(await funnels.OfAsync(campaign, days ?? 30, one, MostNotifications, cancellationToken));
    }
}
