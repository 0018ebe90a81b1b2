using System.Globalization;
using System.Text;
using Madang.Outbound;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>
/// RFC 8030 §5 and the error tables of Mozilla's, Apple's and Google's push services. Every pause holds for the origin alone: the address is the browser's word, and
/// nobody's push service may stop another's.
/// </summary>
internal static class WebPushClassifier
{
    private static readonly TimeSpan s_rateDefault = TimeSpan.FromSeconds(60);

    /// <param name="body">Read for 401 and 403 alone: a key that is not the subscription's makes it useless, whatever else is at fault can be mended.</param>
    public static ProviderAnswer Of(int status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        var detail = status is >= 200 and < 300 ? null : Readable(body);
        ProviderAnswer answer = status switch
        {
            >= 200 and < 300 => ProviderAnswer.Ok(code),
            404 or 410 => new(AnswerClass.DeadAddress, code),
            400 or 401 or 403 when IsOtherKey(body) => new(AnswerClass.DeadAddress, code + " key_mismatch"),
            401 or 403 => new(AnswerClass.Config, code) { Scope = AnswerScope.Domain },
            429 => new(AnswerClass.Retry, code) { Scope = AnswerScope.Domain, RetryAfter = retryAfter ?? s_rateDefault },
            408 or >= 500 => new(AnswerClass.Retry, code) { Scope = AnswerScope.Domain, RetryAfter = retryAfter },
            _ => new(AnswerClass.Reject, code),
        };
        return answer with { Detail = detail };
    }

    /// <summary>No answer, or none that counts: the codes of the door out.</summary>
    public static ProviderAnswer OfFault(string fault, string? detail) => fault switch
    {
        // An endpoint that nobody may be led to: it will not become a push service.
        OutboundFaults.InvalidRequest or OutboundFaults.AddressRefused or OutboundFaults.PortRefused => new(AnswerClass.DeadAddress, fault) { Detail = detail },
        OutboundFaults.NoSuchHost or OutboundFaults.DnsFailed or OutboundFaults.ConnectTimeout or OutboundFaults.ConnectFailed or OutboundFaults.TlsFailed or OutboundFaults.NoPlace =>
            new(AnswerClass.Retry, fault) { Detail = detail, Scope = AnswerScope.Domain },
        OutboundFaults.TooLarge or OutboundFaults.TooCompressed or OutboundFaults.BadEncoding => ProviderAnswer.Ambiguous(fault) with { Detail = detail },
        _ => ProviderAnswer.Ambiguous(fault is OutboundFaults.HeaderTimeout or OutboundFaults.IdleTimeout or OutboundFaults.TotalTimeout ? "timeout" : fault) with { Detail = detail },
    };

    /// <summary>Mozilla: "VAPID public key mismatch"; Apple: VapidPkHashMismatch; Google: "… do not correspond to the credentials used to create the subscriptions".</summary>
    private static bool IsOtherKey(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body);
        return text.Contains("public key mismatch", StringComparison.OrdinalIgnoreCase) || text.Contains("VapidPkHashMismatch", StringComparison.OrdinalIgnoreCase)
            || text.Contains("do not correspond to the credentials used to create", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whatever stood there, one line of it, without what a log or a page would stumble over.</summary>
    private static string? Readable(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 1_000)]);
        var line = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            line.Append(char.IsControl(letter) || char.IsSurrogate(letter) ? ' ' : letter);
        }

        var words = line.ToString().Trim();
        return words.Length == 0 ? null : ProviderHttp.Short(words);
    }
}
