using System.Buffers;
using Madang.Api;
using Madang.Notifications.Channels.Email.Bounces;
using Madang.Notifications.Delivering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <param name="Kind"><c>none</c>, <c>bounce</c>, <c>delayed</c>, <c>delivered</c> or <c>complaint</c>.</param>
/// <param name="DeliveryId">The delivery that it speaks of; absent when the mail bears no name of ours.</param>
/// <param name="Code">What the receiving server said.</param>
/// <param name="IsNews">False for what was known already.</param>
internal sealed record MailReportJson(string Kind, DeliveryId? DeliveryId, string? Code, bool IsNews);

/// <summary><c>POST /v1/mail/inbound</c>: mail that came to the return address, raw, for a mail server's pipe or a provider's hook.</summary>
internal static class MailReportEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/mail/inbound", TakeAsync).RequireAuthorization(Policies.Admin).WithTags("notifications").Accepts<byte[]>("message/rfc822").WithName("post_inbound_mail")
            .WithSummary("Takes a bounce or complaint as it came, at most 1 MiB: the delivery fails, a dead address is disabled, a complainer is suppressed.");

    private static async Task<Results<Ok<MailReportJson>, Refusal>> TakeAsync(HttpRequest request, MailReports reports, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MailPart.MaxBytes)
        {
            return (Refusal)ApiErrors.BodyTooLarge;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MailPart.MaxBytes)
            {
                return (Refusal)ApiErrors.BodyTooLarge;
            }

            if (read.IsCompleted)
            {
                var outcome = await reports.TakeAsync(read.Buffer.ToArray(), cancellationToken);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return TypedResults.Ok(new MailReportJson(outcome.Kind.ToString().ToLowerInvariant(), outcome.Delivery, outcome.Code, outcome.IsNews));
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
