using System.Globalization;
using Madang.Notifications.Delivering;

namespace Madang.Notifications.Channels.Sms;

/// <summary>Kannel's words: the answers of sendsms (smsbox.c) and the numbers of a delivery report (User Guide, "Delivery Reports").</summary>
internal static class KannelClassifier
{
    public static ProviderAnswer Of(int http, string text)
    {
        var words = text.Trim();
        bool Says(string part) => words.Contains(part, StringComparison.OrdinalIgnoreCase);
        var code = http.ToString(CultureInfo.InvariantCulture);
        var answer = http switch
        {
            // "0: Accepted for delivery" and "3: Queued for later delivery".
            200 or 202 when words.StartsWith("0:", StringComparison.Ordinal) || words.StartsWith("3:", StringComparison.Ordinal) || words.StartsWith("Sent.", StringComparison.Ordinal) => ProviderAnswer.Ok(code),

            // Some receivers of several: there is one only, and it was refused.
            _ when Says("white- and/or black-lists") || Says("Denied receivers") => new(AnswerClass.Suppressed, code + " denied"),
            < 300 when Says("rejected") => new(AnswerClass.Reject, code + " rejected"),
            < 300 => ProviderAnswer.Ambiguous(code),
            401 or 403 => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
            400 when Says("Sender missing") => new(AnswerClass.Config, code + " sender_missing") { Scope = AnswerScope.Provider },
            400 => new(AnswerClass.Reject, code),
            >= 500 => new ProviderAnswer(AnswerClass.Retry, code) { Scope = AnswerScope.Provider },

            // Another page than sendsms, or a proxy.
            _ => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
        };
        return answer with { Detail = ProviderHttp.Short(words) };
    }

    /// <summary>Null for a number that says nothing.</summary>
    /// <param name="reply">What the SMSC said, <c>%A</c>.</param>
    public static Receipt? OfReport(int status, string? reply, DateTimeOffset now)
    {
        var code = string.Create(CultureInfo.InvariantCulture, $"dlr {status}");
        Receipt Failed(ProviderAnswer answer) => new(ReceiptKind.Failed, now) { Code = code, Failure = answer with { Detail = reply is null ? null : ProviderHttp.Short(reply) } };
        return status switch
        {
            1 => new Receipt(ReceiptKind.Delivered, now) { Code = code },
            4 or 8 => new Receipt(ReceiptKind.Taken, now) { Code = code },

            // As Twilio's 30003 and 30008: nobody says whether the handset is off or gone.
            2 or 0x42 => Failed(new ProviderAnswer(AnswerClass.Retry, code) { MaxRetries = 1 }),
            0x22 => Failed(new ProviderAnswer(AnswerClass.Retry, code)),
            16 => Failed(new ProviderAnswer(AnswerClass.Reject, code)),
            _ => null,
        };
    }
}
