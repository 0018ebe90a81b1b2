using System.Globalization;
using System.Text.Json;

namespace Madang.Notifications.Channels.Sms;

/// <summary>What Twilio answered: a message, or an error with a code of its own.</summary>
internal readonly record struct TwilioReply(int Http, int? Code, string? Message, string? Sid, string? Status, TimeSpan? RetryAfter)
{
    public static TwilioReply Read(int http, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        var reply = new TwilioReply(http, null, null, null, null, retryAfter);
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return reply.With(document.RootElement);
        }
        catch (JsonException)
        {
            // Somebody's page: the status says enough.
            return reply;
        }
    }

    public TwilioReply With(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return this;
        }

        string? Text(string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ProviderHttp.Short(value.GetString()!) : null;
        int? Number(string name) => message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;
        return this with { Code = Number("code") ?? Number("error_code"), Message = Text("message") ?? Text("error_message"), Sid = Text("sid"), Status = Text("status") };
    }
}

/// <summary>Twilio's error dictionary, with what each means for a delivery.</summary>
internal static class TwilioClassifier
{
    public static ProviderAnswer Of(TwilioReply reply)
    {
        var word = reply.Code is { } code ? string.Create(CultureInfo.InvariantCulture, $"{reply.Http} {code}") : reply.Http.ToString(CultureInfo.InvariantCulture);
        var answer = reply switch
        {
            { Http: 200 or 201, Sid: not null } => ProviderAnswer.Ok(word, reply.Sid),
            { Http: >= 500 } => new ProviderAnswer(AnswerClass.Retry, word) { Scope = AnswerScope.Provider, RetryAfter = reply.RetryAfter },
            { Http: 429 } => new ProviderAnswer(AnswerClass.Retry, word) { Scope = AnswerScope.Provider, RetryAfter = reply.RetryAfter },
            { Code: { } known } when OfCode(known, word) is { } told => told with { RetryAfter = reply.RetryAfter },
            { Http: 401 or 403 or 404 or (>= 300 and < 400) } => new ProviderAnswer(AnswerClass.Config, word) { Scope = AnswerScope.Provider },

            // A success that names no message: not this API.
            { Http: < 300 } => ProviderAnswer.Ambiguous(word),
            _ => new ProviderAnswer(AnswerClass.Reject, word),
        };
        return answer with { Detail = reply.Message };
    }

    /// <summary>What a status says about a message that was taken; null while it is on its way.</summary>
    public static ProviderAnswer? OfStatus(string status, int? code) => status switch
    {
        "undelivered" or "failed" => OfCode(code ?? 0, string.Create(CultureInfo.InvariantCulture, $"{status} {code ?? 0}")) ?? new ProviderAnswer(AnswerClass.Reject, $"{status} {code ?? 0}"),
        "canceled" => new ProviderAnswer(AnswerClass.Reject, status),
        _ => null,
    };

    private static ProviderAnswer? OfCode(int code, string word) => code switch
    {
        20429 or 21611 or 30001 => new(AnswerClass.Retry, word) { Scope = AnswerScope.Provider },
        21211 or 21614 or 30005 or 30006 => new(AnswerClass.DeadAddress, word),
        21610 or 30004 => new(AnswerClass.Suppressed, word),

        // The handset is off, or nobody knows why: once more, later.
        30003 or 30008 => new(AnswerClass.Retry, word) { MaxRetries = 1 },
        30007 => new(AnswerClass.Reject, word),

        // Its validity ended before ours: again while there is time.
        30036 => new(AnswerClass.Retry, word),
        20003 or 20404 or 21212 or 21606 or 21408 or 30002 or 30034 => new(AnswerClass.Config, word) { Scope = AnswerScope.Provider },
        _ => null,
    };
}
