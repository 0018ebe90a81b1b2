using System.Diagnostics.CodeAnalysis;

namespace Madang.Api;

/// <summary>A value or a refusal. Refusals are values; broken infrastructure is an exception (docs/adr/0001).</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Error? error) => (_value, Error) = (value, error);

    public Error? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Error is null;

    /// <exception cref="InvalidOperationException">The result is a refusal: look at <see cref="IsOk"/> first.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"Refused: {Error.Code}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Error error) => new(default, error);
}

/// <summary>The value of a verb that has nothing to tell but that it happened.</summary>
public readonly record struct Done
{
    public static readonly Done Value;
}
