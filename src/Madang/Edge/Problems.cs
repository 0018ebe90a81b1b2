using System.Text.Json;
using System.Text.RegularExpressions;
using Madang.Api;
using Madang.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Madang.Edge;

/// <summary>The one place where exceptions and empty refusals of the framework become problem+json.</summary>
internal static partial class Problems
{
    /// <summary>First in the pipeline: nothing that fails behind it answers in another shape.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Madang.Edge");
        return app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client has gone; there is nobody to answer.
                return;
            }
            // The edge catches everything: a request must not take the process with it, and its details are not for the outside.
            catch (Exception fault)
            {
                var error = ErrorOf(fault, context);
                if (error.Status == StatusCodes.Status500InternalServerError)
                {
                    Log.Unhandled(log, fault, context.Request.Method, context.Request.Path);
                }

                if (context.Response.HasStarted)
                {
                    context.Abort();
                    return;
                }

                ClearButKeepHeaders(context.Response);
                await new Refusal(error).ExecuteAsync(context);
                return;
            }

            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null or 0 })
            {
                await new Refusal(ErrorOf(context.Response.StatusCode)).ExecuteAsync(context);
            }
        });
    }

    internal static Error ErrorOf(int status) => status switch
    {
        400 => ApiErrors.BadRequest,
        401 => ApiErrors.Unauthenticated,
        403 => ApiErrors.Forbidden,
        404 => ApiErrors.NotFound,
        405 => ApiErrors.MethodNotAllowed,
        406 => ApiErrors.NotAcceptable,
        408 or 504 => ApiErrors.TimedOut,
        413 => ApiErrors.BodyTooLarge,
        415 => ApiErrors.UnsupportedMediaType,
        429 => ApiErrors.RateLimited,
        503 => ApiErrors.Overloaded,
        >= 500 => ApiErrors.Internal,
        _ => ApiErrors.BadRequest with { Status = status, Title = ReasonPhrases.GetReasonPhrase(status) + "." },
    };

    private static Error ErrorOf(Exception fault, HttpContext context) => fault switch
    {
        BadHttpRequestException { InnerException: JsonException json } => ErrorOf(json),
        BadHttpRequestException bad => ErrorOf(bad, context),
        JsonException json => ErrorOf(json),
        // A handler that read a string out of a JsonElement met an escape that is half a character.
        InvalidOperationException { Source: "System.Text.Json.Rethrowable" } => HalfCharacter,
        StorageFullException => ApiErrors.StorageFull,
        OverloadedException => ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(1) },
        UnavailableException or System.Data.Common.DbException { IsTransient: true } => ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(5) },
        OperationCanceledException => ApiErrors.TimedOut,
        _ => ApiErrors.Internal,
    };

    private static readonly Error HalfCharacter = ApiErrors.MalformedJson.With("A text holds half of a surrogate pair, or bytes that are not UTF-8.");

    /// <summary>Broken syntax is 400; a value of the wrong kind is 422 and named by its path.</summary>
    private static Error ErrorOf(JsonException json) => json switch
    {
        // The reader's own exceptions stand inside the serializer's; their text gives line and byte.
        { InnerException: JsonException syntax } => ApiErrors.MalformedJson.With(WithoutPath(syntax.Message)),
        { InnerException: InvalidOperationException { Source: "System.Text.Json.Rethrowable", InnerException: not null } } => HalfCharacter,
        { Message: var text } when text.Contains("incomplete UTF-16", StringComparison.Ordinal) || text.Contains("invalid UTF-8", StringComparison.Ordinal) => HalfCharacter,
        { Path: null or "$" or "" } when json.Message.Contains("does not contain any JSON tokens", StringComparison.Ordinal) => ApiErrors.MalformedJson.With("The body is empty."),
        { Path: null or "$" or "" } => ApiErrors.InvalidFields.With("The body is JSON, but not of the kind that this address takes."),
        { Path: var path } => ApiErrors.Invalid(FieldOf(path), "invalid", Reason(json.Message)),
    };

    private static Error ErrorOf(BadHttpRequestException bad, HttpContext context)
    {
        if (bad.StatusCode != StatusCodes.Status400BadRequest)
        {
            return ErrorOf(bad.StatusCode);
        }

        if (Parameter().Match(bad.Message) is not { Success: true } parameter)
        {
            return bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase) ? ApiErrors.MalformedJson.With("The body is empty.") : ApiErrors.BadRequest;
        }

        // An id in the path that is no id names nothing; in the query it is a bad value.
        var name = parameter.Groups["name"].Value;
        var required = bad.Message.StartsWith("Required", StringComparison.Ordinal);
        return context.Request.RouteValues.ContainsKey(name) || context.Request.RouteValues.ContainsKey(Wire(name)) ? ApiErrors.NotFound
            : required && bad.Message.Contains("body", StringComparison.Ordinal) ? ApiErrors.MalformedJson.With("The body is empty.")
            : ApiErrors.Invalid(Wire(name), required ? "required" : "invalid", required ? $"{Wire(name)} is required." : $"{Wire(name)} cannot be read.");
    }

    private static void ClearButKeepHeaders(HttpResponse response)
    {
        // Security and rate limit headers were set before the fault and stay true; what described the lost body goes.
        response.Headers.ContentLength = null;
        response.Headers.ContentEncoding = default;
        response.Headers.ETag = default;
        response.Headers.LastModified = default;
    }

    /// <summary><c>$.members[0].user_id</c> → <c>members.0.user_id</c>.</summary>
    private static string FieldOf(string path) => Index().Replace(path, ".$1").TrimStart('$').TrimStart('.');

    private static string WithoutPath(string message) => message.Split(" Path:", 2)[0].Split(" LineNumber:", 2)[0];

    /// <summary>Our converters say what they want; the serializer's own sentences name CLR types, which are nobody's business.</summary>
    private static string Reason(string message) =>
        message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "This value is of the wrong kind." : WithoutPath(message);

    private static string Wire(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    [GeneratedRegex("""parameter "[^" ]+ (?<name>[^" ]+)" """, RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\[(?:')?([^\]']*)(?:')?\]", RegexOptions.NonBacktracking)]
    private static partial Regex Index();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
        public static partial void Unhandled(ILogger logger, Exception fault, string method, PathString path);
    }
}
