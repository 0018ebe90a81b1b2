namespace Madang.Api;

/// <summary>The refusals that every module shares.</summary>
public static class ApiErrors
{
    public static readonly Error MalformedJson = new("malformed_json", 400, "The body is not valid JSON.");
    public static readonly Error BadRequest = new("bad_request", 400, "The request is not valid HTTP for this address.");
    public static readonly Error InvalidFields = new("invalid_fields", 422, "Some fields are not acceptable.");
    public static readonly Error Unauthenticated = new("unauthenticated", 401, "Sign in first, or send a valid token.");
    public static readonly Error Forbidden = new("forbidden", 403, "Your role does not allow this.");
    public static readonly Error PersonRequired = new("person_required", 403, "This needs a person; an API key has none. Mint a user token.");
    public static readonly Error OriginNotAllowed = new("origin_not_allowed", 403, "The Origin of this request is not on the list.");
    public static readonly Error NotFound = new("not_found", 404, "There is nothing here, or you may not see it.");
    public static readonly Error MethodNotAllowed = new("method_not_allowed", 405, "This address does not know that method.");
    public static readonly Error NotAcceptable = new("not_acceptable", 406, "We cannot answer in a type that you accept.");
    public static readonly Error TimedOut = new("timed_out", 408, "The request took longer than it may.");
    public static readonly Error IdempotencyConflict = new("idempotency_conflict", 409, "This client id was used before with other content.");
    public static readonly Error BodyTooLarge = new("body_too_large", 413, "The body is larger than this address takes.");
    public static readonly Error UnsupportedMediaType = new("unsupported_media_type", 415, "Send application/json.");
    public static readonly Error RateLimited = new("rate_limited", 429, "Too many requests; wait and try again.");
    public static readonly Error Internal = new("internal", 500, "Something broke on our side; it is in the log under the trace id.");
    public static readonly Error Overloaded = new("overloaded", 503, "The server is at its bound; try again shortly.");
    public static readonly Error Draining = new("draining", 503, "This server is shutting down; try again on another, or shortly.");
    public static readonly Error StorageFull = new("storage_full", 507, "The disk is full: reads go on, writes are refused.");

    /// <summary><see cref="InvalidFields"/> for one field.</summary>
    public static Error Invalid(string field, string code, string detail) => InvalidFields with { Fields = [new(field, code, detail)] };

    public static IReadOnlyList<Error> All { get; } =
    [
        MalformedJson, BadRequest, InvalidFields, Unauthenticated, Forbidden, PersonRequired, OriginNotAllowed, NotFound, MethodNotAllowed, NotAcceptable, TimedOut,
        IdempotencyConflict, BodyTooLarge, UnsupportedMediaType, RateLimited, Internal, Overloaded, Draining, StorageFull,
    ];
}
