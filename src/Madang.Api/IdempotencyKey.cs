namespace Madang.Api;

/// <summary>The header <c>Idempotency-Key</c>, an alias of the field client_id.</summary>
public static class IdempotencyKey
{
    /// <summary>The header and the field of the body are one thing: either may be left out, but they may not differ.</summary>
    public static Result<string?> Join(string? clientId, string? header)
    {
        // Some clients send the header as a structured string, in quotes (draft-ietf-httpapi-idempotency-key-header).
        var key = header is ['"', .., '"'] and { Length: > 2 } ? header[1..^1] : header;
        return clientId is not null && key is not null && clientId != key
            ? ApiErrors.Invalid("client_id", "invalid", "client_id and the header Idempotency-Key differ.")
            : clientId ?? key;
    }
}
