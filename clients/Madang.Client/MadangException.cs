using System.Net;
using System.Text.Json;

namespace Madang.Client;

/// <param name="Field">Path in the request: <c>members.0.user_id</c>.</param>
/// <param name="Code">required, too_long, too_short, invalid, out_of_range, unknown_value, or one of the resource's own.</param>
public sealed record FieldFault(string Field, string Code, string? Detail = null);

/// <summary>
/// A refusal of the server, or the lack of an answer. Branch on <see cref="Code"/>: the server's own (docs/errors.md), or <c>network</c> when no answer came,
/// <c>timeout</c> when it took too long, <c>unexpected_answer</c> when it was not ours, <c>interrupted</c> when a message was still on its way as the client stopped.
/// </summary>
public sealed class MadangException : Exception
{
    private static readonly HashSet<string> Passing =
        ["network", "timeout", "rate_limited", "overloaded", "draining", "storage_full", "internal"];

    public MadangException(string code, string detail, int status = 0, IReadOnlyList<FieldFault>? errors = null, TimeSpan? retryAfter = null, Exception? inner = null)
        : base(detail, inner) => (Code, Status, Errors, RetryAfter) = (code, status, errors ?? [], retryAfter);

    public string Code { get; }

    /// <summary>The HTTP status; 0 without an answer, and for refusals that came over the socket.</summary>
    public int Status { get; }

    /// <summary>The fields that were refused.</summary>
    public IReadOnlyList<FieldFault> Errors { get; }

    public TimeSpan? RetryAfter { get; }

    /// <summary>Whether the same request may succeed later without being changed.</summary>
    public bool IsPassing => Passing.Contains(Code) || Status >= 500;

    internal static MadangException Of(HttpResponseMessage response, ReadOnlySpan<byte> body)
    {
        var status = (int)response.StatusCode;
        var problem = Read(body);
        var wait = problem?.RetryAfterMs is >= 0 ? TimeSpan.FromMilliseconds(problem.RetryAfterMs.Value) : response.Headers.RetryAfter?.Delta;
        return new(problem?.Code ?? Guess(response.StatusCode), problem?.Detail ?? problem?.Title ?? $"HTTP {status}", status, problem?.Errors, wait);
    }

    // A proxy may answer with a page of its own.
    private static ProblemJson? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ClientJson.Default.ProblemJson);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Guess(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => "unauthenticated",
        HttpStatusCode.NotFound => "not_found",
        HttpStatusCode.TooManyRequests => "rate_limited",
        >= HttpStatusCode.InternalServerError => "overloaded",
        _ => "unexpected_answer",
    };
}

internal sealed record ProblemJson(string? Code = null, string? Title = null, string? Detail = null, IReadOnlyList<FieldFault>? Errors = null, double? RetryAfterMs = null);
