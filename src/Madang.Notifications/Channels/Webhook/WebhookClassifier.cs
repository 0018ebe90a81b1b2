using System.Globalization;
using Madang.Outbound;

namespace Madang.Notifications.Channels.Webhook;

/// <summary>
/// What a receiver's answer means (Standard Webhooks 1.0, "Delivering"). The id is the same in every attempt and receivers keep to it, so that one without an answer
/// is tried again by the schedule instead of being in doubt.
/// </summary>
internal static class WebhookClassifier
{
    public static ProviderAnswer Of(int status, TimeSpan? retryAfter)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        return status switch
        {
            >= 200 and < 300 => ProviderAnswer.Ok(code),
            410 => new(AnswerClass.DeadAddress, code),

            // It asks for less: the whole receiver, not this message.
            429 or 502 or 503 or 504 => new ProviderAnswer(AnswerClass.Retry, code) { Scope = AnswerScope.Domain, RetryAfter = retryAfter },
            _ => new ProviderAnswer(AnswerClass.Retry, code) { Scope = AnswerScope.Address, RetryAfter = retryAfter },
        };
    }

    public static ProviderAnswer OfFault(string fault, string? detail) => (fault switch
    {
        OutboundFaults.InvalidRequest or OutboundFaults.AddressRefused or OutboundFaults.PortRefused => new ProviderAnswer(AnswerClass.Reject, fault),
        OutboundFaults.NoPlace => new ProviderAnswer(AnswerClass.Retry, fault) { Scope = AnswerScope.Provider },
        _ => new ProviderAnswer(AnswerClass.Retry, fault) { Scope = AnswerScope.Domain },
    }) with
    { Detail = detail is null ? null : ProviderHttp.Short(detail) };
}
