namespace Madang.Api;

/// <summary>The name that a client gives to what it writes: 1 to 64 printable ASCII characters.</summary>
public static class ClientName
{
    public const int MaxLength = 64;

    public static FieldError Fault { get; } = new("client_id", "invalid", $"client_id is 1 to {MaxLength} printable ASCII characters.");

    public static bool IsValid(ReadOnlySpan<char> id) => id.Length is > 0 and <= MaxLength && id.IndexOfAnyExceptInRange(' ', '~') < 0;
}
