using System.Globalization;
using System.Text.Json;

namespace Madang.Notifications.Channels.Fcm;

/// <summary>What Google answered, by the types of its details: the same status stands for a dead token and for a payload of ours that is wrong.</summary>
/// <param name="Status"><c>error.status</c>, such as NOT_FOUND.</param>
/// <param name="ErrorCode">Of a <c>google.firebase.fcm.v1.FcmError</c>; null when there is none.</param>
/// <param name="Field">The first field of a <c>google.rpc.BadRequest</c>; null when there is none.</param>
/// <param name="Quota">Words of a <c>google.rpc.QuotaFailure</c>, or of the message; lower case.</param>
internal readonly record struct FcmReply(int Http, string? Status, string? ErrorCode, string? Field, string Quota, string? Message, string? Name, TimeSpan? RetryAfter)
{
    private const int MaxDetails = 16;

    public static FcmReply Read(int http, ReadOnlyMemory<byte> body, TimeSpan? retryAfter)
    {
        var reply = new FcmReply(http, null, null, null, "", null, null, retryAfter);
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            var root = document.RootElement;
            if (http == 200)
            {
                return reply with { Name = Text(root, "name") };
            }

            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            {
                return reply;
            }

            var message = Text(error, "message");
            reply = reply with { Status = Text(error, "status"), Message = message, Quota = (message ?? "").ToLowerInvariant() };
            if (error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
            {
                foreach (var detail in details.EnumerateArray().Take(MaxDetails))
                {
                    reply = reply.With(detail);
                }
            }
        }
        catch (JsonException)
        {
            // A proxy's page, perhaps: the status says enough.
        }

        return reply;
    }

    private FcmReply With(JsonElement detail) => Text(detail, "@type")?.Split('/')[^1] switch
    {
        "google.firebase.fcm.v1.FcmError" => this with { ErrorCode = Text(detail, "errorCode") ?? "" },
        "google.rpc.BadRequest" => this with { Field = First(detail, "fieldViolations", "field") ?? "" },
        "google.rpc.QuotaFailure" => this with { Quota = $"{First(detail, "violations", "subject")} {First(detail, "violations", "description")}".ToLowerInvariant() },
        _ => this,
    };

    private static string? First(JsonElement detail, string list, string name) =>
        detail.TryGetProperty(list, out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0 ? Text(all[0], name) : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ProviderHttp.Short(value.GetString()!) : null;
}

/// <summary>Firebase's tables "ErrorCode" and "FCM error codes", with what each means for a delivery.</summary>
internal static class FcmClassifier
{
    /// <summary>Google: wait a minute at least when a quota is used up.</summary>
    private static readonly TimeSpan s_quotaPause = TimeSpan.FromMinutes(1);

    /// <summary>Google: wait ten seconds at least after a 500 or 503 that says nothing.</summary>
    private static readonly TimeSpan s_serverPause = TimeSpan.FromSeconds(10);

    public static ProviderAnswer Of(FcmReply reply)
    {
        var code = $"{reply.Http.ToString(CultureInfo.InvariantCulture)} {reply.ErrorCode ?? reply.Status}".TrimEnd();
        var answer = (reply.Http, reply.ErrorCode) switch
        {
            (200, _) => ProviderAnswer.Ok("200", reply.Name),
            // Both details at once name the field: then the token is at fault only when it is the field.
            (400, "INVALID_ARGUMENT") when reply.Field is null or "message.token" => new(AnswerClass.DeadAddress, code),
            (400, _) => new(AnswerClass.Reject, code),
            (401, "THIRD_PARTY_AUTH_ERROR") => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
            (401, _) => new(AnswerClass.Reauth, code) { Scope = AnswerScope.Provider },
            (403, "SENDER_ID_MISMATCH") => new(AnswerClass.DeadAddress, code),
            (403, _) => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
            (404, "UNREGISTERED") => new(AnswerClass.DeadAddress, code),
            // No token is meant then: there is no such project.
            (404, _) => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
            (429, _) => new(AnswerClass.Retry, code) { Scope = IsOfOneAddress(reply) ? AnswerScope.Address : AnswerScope.Provider, RetryAfter = Longer(reply.RetryAfter, s_quotaPause) },
            // Of this message: whether FCM is ill as a whole is seen from many of them.
            ( >= 500, _) => new(AnswerClass.Retry, code) { RetryAfter = reply.RetryAfter ?? s_serverPause },
            ( >= 300 and < 400, _) => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider, Detail = "This is not FCM: it redirects." },
            _ => new ProviderAnswer(AnswerClass.Reject, code),
        };
        return answer.Detail is null && reply.Http != 200 ? answer with { Detail = reply.Message } : answer;
    }

    private static bool IsOfOneAddress(FcmReply reply) =>
        reply.Quota.Contains("device", StringComparison.Ordinal) || reply.Quota.Contains("topic", StringComparison.Ordinal) || reply.Quota.Contains("token", StringComparison.Ordinal);

    private static TimeSpan Longer(TimeSpan? told, TimeSpan least) => told > least ? told.Value : least;
}
