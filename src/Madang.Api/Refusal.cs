using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Madang.Api;

/// <summary>The one mapping from an <see cref="Error"/> to the wire: problem+json (RFC 9457) with our stable <c>code</c>.</summary>
public sealed class Refusal(Error error) : IResult, IStatusCodeHttpResult
{
    public const string ContentType = "application/problem+json";

    public Error Error { get; } = error;

    public int? StatusCode => Error.Status;

    public static implicit operator Refusal(Error error) => new(error);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Error.Status;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        if (Error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return JsonSerializer.SerializeAsync(response.Body, ProblemJson.Of(Error), ApiJson.Options, httpContext.RequestAborted);
    }
}

/// <summary>The wire shape of a refusal, over HTTP. The socket sends <c>code</c>, <c>message</c>, <c>errors</c> and <c>retry_after_ms</c> of the same error.</summary>
public sealed record ProblemJson(string Type, string Title, int Status, string Code, string? Detail, IReadOnlyList<FieldError>? Errors, long? RetryAfterMs)
{
    public static ProblemJson Of(Error error) => new(
        $"/docs/errors#{error.Code}", error.Title, error.Status, error.Code, error.Detail,
        error.Fields.Count == 0 ? null : error.Fields, (long?)error.RetryAfter?.TotalMilliseconds);
}
