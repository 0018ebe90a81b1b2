namespace Madang.Api;

/// <summary>A refusal: why the caller may not have what was asked for. Every module keeps its own table of them (<c>ChatErrors</c>, …).</summary>
/// <param name="Code">Stable, snake_case; clients branch on it and docs/errors.md explains it.</param>
/// <param name="Status">The HTTP status it answers with.</param>
/// <param name="Title">One sentence for a person who reads a log; clients translate by <paramref name="Code"/>.</param>
public sealed record Error(string Code, int Status, string Title)
{
    /// <summary>What was wrong in this very case. Never holds a secret or another person's data.</summary>
    public string? Detail { get; init; }

    /// <summary>The fields that were refused, when the request was understood but its values were not acceptable.</summary>
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    /// <summary>How long to wait before the same request can succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public Error With(string detail) => this with { Detail = detail };
}

/// <param name="Field">Path in the request, in wire names: <c>members.0.user_id</c>.</param>
/// <param name="Code">required, too_long, too_short, invalid, out_of_range, unknown_value, or a module's own.</param>
public sealed record FieldError(string Field, string Code, string Detail);
