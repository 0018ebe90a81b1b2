using System.Text.Json;

namespace Madang.Notifications.Channels.Apns;

/// <summary>What Apple answered: its reason, and on 410 since when the token is dead.</summary>
internal readonly record struct ApnsReply(int Status, string? Reason, DateTimeOffset? Timestamp, TimeSpan? RetryAfter)
{
    /// <summary>Of a body <c>{"reason":"…","timestamp":ms}</c>; whatever else it is has no reason.</summary>
    public static ApnsReply Read(int status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        string? reason = null;
        DateTimeOffset? timestamp = null;
        try
        {
            var json = new Utf8JsonReader(body);
            while (body.Length > 0 && json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                {
                    continue;
                }

                var isReason = json.ValueTextEquals("reason"u8);
                var isTimestamp = json.ValueTextEquals("timestamp"u8);
                json.Read();
                if (isReason && json.TokenType == JsonTokenType.String)
                {
                    reason = ProviderHttp.Short(json.GetString()!);
                }
                else if (isTimestamp && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var milliseconds) && milliseconds is > 0 and < 253_402_300_800_000)
                {
                    timestamp = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
                }
            }
        }
        catch (JsonException)
        {
            // A proxy's page, perhaps: the status says enough.
        }

        return new ApnsReply(status, reason, timestamp, retryAfter);
    }
}

/// <summary>Apple's table "Handling notification responses from APNs", with what each reason means for a delivery.</summary>
internal static class ApnsClassifier
{
    /// <summary>Apple: a 500 or 503 may be tried again "after 15 minutes".</summary>
    private static readonly TimeSpan s_serverPause = TimeSpan.FromMinutes(15);

    /// <summary>At most one new token in this time over one connection.</summary>
    public static readonly TimeSpan TokenPause = TimeSpan.FromMinutes(20);

    private static readonly TimeSpan s_tokenRate = TimeSpan.FromSeconds(30);

    /// <param name="registeredAt">A 410 counts only for a registration that is not younger.</param>
    public static ProviderAnswer Of(ApnsReply reply, DateTimeOffset registeredAt)
    {
        var code = reply.Reason is { } reason ? $"{reply.Status} {reason}" : reply.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return (reply.Status, reply.Reason) switch
        {
            (200, _) => ProviderAnswer.Ok("200"),
            (400, "BadDeviceToken" or "DeviceTokenNotForTopic") => new(AnswerClass.DeadAddress, code),
            (400, "MissingTopic" or "TopicDisallowed") => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
            (400, "IdleTimeout") or (403, "UnrelatedKeyIdInToken") => new(AnswerClass.RetryNewConnection, code),
            (400 or 404 or 405 or 413, _) => new(AnswerClass.Reject, code),
            (403, "ExpiredProviderToken") => new(AnswerClass.Reauth, code) { Scope = AnswerScope.Provider },
            // Also what Apple may add here: a credential is at fault, and messages must not be lost for it.
            (401 or 403, _) => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider },
            (410, _) when reply.Timestamp is { } since && registeredAt > since =>
                new(AnswerClass.Retry, code) { Scope = AnswerScope.Address, MaxRetries = 3, Detail = "The address was registered again since." },
            (410, _) => new(AnswerClass.DeadAddress, code),
            (429, "TooManyProviderTokenUpdates") => new(AnswerClass.Retry, code) { Scope = AnswerScope.Provider, RetryAfter = TokenPause },
            (429, _) => new(AnswerClass.Retry, code) { Scope = AnswerScope.Address, RetryAfter = reply.RetryAfter ?? s_tokenRate },
            // Of this message: whether Apple is ill as a whole is seen from many of them.
            ( >= 500, _) => new(AnswerClass.Retry, code) { RetryAfter = reply.RetryAfter ?? s_serverPause },
            ( >= 300 and < 400, _) => new(AnswerClass.Config, code) { Scope = AnswerScope.Provider, Detail = "This is not APNs: it redirects." },
            _ => new(AnswerClass.Reject, code),
        };
    }
}
