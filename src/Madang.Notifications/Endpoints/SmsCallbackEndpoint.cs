using System.Globalization;
using Madang.Notifications.Channels;
using Madang.Notifications.Channels.Sms;
using Madang.Notifications.Delivering;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Madang.Notifications.Endpoints;

/// <summary>
/// <c>/t/sms/{provider}.{sealed delivery and attempt}</c>: gateways tell what became of a message, Twilio by POST with a signature, Kannel by GET. Whatever is not
/// ours is answered like what is, so that nobody learns anything here.
/// </summary>
internal static class SmsCallbackEndpoint
{
    private const int MaxForm = 16 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(CallbackUrl.Path + "{token}", TakeTwilioAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet(CallbackUrl.Path + "{token}", TakeKannelAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<NoContent> TakeTwilioAsync(
        string token, HttpRequest request, ReturnSeal seal, TwilioKind twilio, Deliveries deliveries, Database database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (request.ContentLength is > MaxForm or null || !request.HasFormContentType || Open(token, seal, out var name) is not { } delivery || twilio.Find(name) is not { } provider)
        {
            return TypedResults.NoContent();
        }

        var form = await request.ReadFormAsync(cancellationToken);
        var pairs = form.SelectMany(field => field.Value, (field, value) => new KeyValuePair<string, string>(field.Key, value ?? ""));
        if (TwilioCallback.IsSigned(provider.Settings.AuthToken, provider.Settings.Callback.Called(token), pairs, request.Headers["X-Twilio-Signature"])
            && TwilioCallback.Read(form["MessageStatus"], form["ErrorCode"], time.GetUtcNow()) is { } receipt)
        {
            await database.WriteAsync(tx => deliveries.Receipt(tx, delivery, receipt), cancellationToken: cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static async Task<NoContent> TakeKannelAsync(
        string token, string? status, string? reply, ReturnSeal seal, KannelKind kannel, Deliveries deliveries, Database database, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Open(token, seal, out var name) is { } delivery && kannel.Has(name) && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && KannelClassifier.OfReport(number, reply, time.GetUtcNow()) is { } receipt)
        {
            await database.WriteAsync(tx => deliveries.Receipt(tx, delivery, receipt), cancellationToken: cancellationToken);
        }

        return TypedResults.NoContent();
    }

    private static DeliveryId? Open(string token, ReturnSeal seal, out string provider)
    {
        var dot = token.LastIndexOf('.');
        provider = dot < 0 ? "" : token[..dot];
        return seal.TryOpen(ReturnSeal.Sms, token[(dot + 1)..], out var delivery, out _) ? delivery : null;
    }
}
