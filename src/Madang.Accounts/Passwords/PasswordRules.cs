using System.Collections.Frozen;
using Madang.Api;

namespace Madang.Accounts.Passwords;

/// <summary>What a new password may be (OWASP ASVS 6.2): any characters, long enough, and not one that is tried first.</summary>
internal static class PasswordRules
{
    public const int MinLength = 8;
    public const int MaxLength = 256;

    private static readonly FrozenSet<string> Common = Load();

    /// <param name="field">The wire name for the refusal.</param>
    /// <param name="name">The account's name, which is no password for it.</param>
    public static Result<string> Check(string? password, string field, string? name)
    {
        var bounded = Bounded(password, field);
        if (!bounded.IsOk)
        {
            return bounded.Error;
        }

        if (password!.Length < MinLength)
        {
            return ApiErrors.Invalid(field, "too_short", $"A password has at least {MinLength} characters.");
        }

        var key = UserName.KeyOf(password);
        return Common.Contains(key) || (name is not null && key == UserName.KeyOf(name)) || IsOneStep(key)
            ? ApiErrors.Invalid(field, "weak_password", "This password is among the first that are tried; take another one.")
            : password;
    }

    /// <summary>What may be compared with a stored password: bounded, since hashing costs by length, and real Unicode.</summary>
    public static Result<string> Bounded(string? password, string field)
    {
        if (string.IsNullOrEmpty(password))
        {
            return ApiErrors.Invalid(field, "required", $"{field} must not be empty.");
        }

        if (password.Length > MaxLength)
        {
            return ApiErrors.Invalid(field, "too_long", $"A password has at most {MaxLength} characters.");
        }

        // Only spaces are a poor password but a legal one; Text.Lines would call them empty.
        var unicode = Text.Lines($"x{password}", field, (MaxLength * 4) + 1);
        return unicode.IsOk ? password : unicode.Error;
    }

    /// <summary>One character over and over, or one counting up or down: aaaaaaaa, 12345678, hgfedcba.</summary>
    private static bool IsOneStep(string key)
    {
        var step = key[1] - key[0];
        if (step is < -1 or > 1)
        {
            return false;
        }

        for (var i = 2; i < key.Length; i++)
        {
            if (key[i] - key[i - 1] != step)
            {
                return false;
            }
        }

        return true;
    }

    private static FrozenSet<string> Load()
    {
        using var stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("common-passwords.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
