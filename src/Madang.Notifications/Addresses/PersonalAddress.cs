using System.Globalization;
using System.Text;
using Madang.Api;

namespace Madang.Notifications.Addresses;

/// <summary>Checks e-mail addresses and telephone numbers, and brings each into the one form that it is stored, compared and sent in.</summary>
internal static class PersonalAddress
{
    public const int MaxEmail = 254;
    private const int MaxLocal = 64;
    private const int MaxLabel = 63;
    private static readonly IdnMapping s_domains = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    public static Result<string> Check(AddressKind kind, string? text, string field) => kind == AddressKind.Phone ? CheckPhone(text, field) : CheckEmail(text, field);

    /// <summary>The form in which an address that a sender wrote is compared; as it is when it cannot be one.</summary>
    public static string Canonical(AddressKind kind, string text) => Check(kind, text, "value") is { IsOk: true, Value: var value } ? value : text;

    /// <summary>
    /// <c>local@domain</c>: the local part an RFC 5321 dot-string, letters of any script allowed (RFC 6531), at most 64 bytes; the domain in its ASCII form
    /// (UTS 46, so <c>예시.한국</c> becomes <c>xn--…</c>) and lower case, of two labels at least; 254 bytes in all. No quoted parts, no address literals.
    /// </summary>
    public static Result<string> CheckEmail(string? text, string field)
    {
        var line = Text.Line(text, field, MaxEmail);
        if (!line.IsOk)
        {
            return line.Error;
        }

        var at = line.Value.LastIndexOf('@');
        if (at < 1 || !IsLocal(line.Value.AsSpan(0, at)) || Domain(line.Value[(at + 1)..]) is not { } domain)
        {
            return Invalid(field, "is an address such as mina@example.org.");
        }

        var address = $"{line.Value[..at]}@{domain}";
        return Encoding.UTF8.GetByteCount(address) > MaxEmail ? ApiErrors.Invalid(field, "too_long", $"{field} may hold {MaxEmail} bytes.") : address;
    }

    /// <summary>E.164: a plus, then 7 to 15 digits of which the first is not 0. Spaces, dots, dashes and brackets between them are left out.</summary>
    public static Result<string> CheckPhone(string? text, string field)
    {
        var line = Text.Line(text, field, 40);
        if (!line.IsOk)
        {
            return line.Error;
        }

        var digits = new StringBuilder("+", 16);
        for (var i = 1; i < line.Value.Length; i++)
        {
            var letter = line.Value[i];
            if (char.IsAsciiDigit(letter))
            {
                digits.Append(letter);
            }
            else if (letter is not (' ' or '.' or '-' or '(' or ')'))
            {
                return Invalid(field, "is a number with its country, such as +82 10-1234-5678.");
            }
        }

        return line.Value[0] == '+' && digits.Length is >= 8 and <= 16 && digits[1] != '0'
            ? digits.ToString()
            : Invalid(field, "is a number with its country, such as +82 10-1234-5678.");
    }

    private static bool IsLocal(ReadOnlySpan<char> local)
    {
        if (local[0] == '.' || local[^1] == '.' || Encoding.UTF8.GetByteCount(local) > MaxLocal)
        {
            return false;
        }

        var before = '\0';
        foreach (var letter in local)
        {
            // RFC 5321 atext and dots, not two of them together; beyond ASCII what Text.Line let through.
            if (char.IsAscii(letter) && !(char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-/=?^_`{|}~.".Contains(letter)) || (letter == '.' && before == '.') || (!char.IsAscii(letter) && char.IsWhiteSpace(letter)))
            {
                return false;
            }

            before = letter;
        }

        return true;
    }

    /// <summary>The ASCII form; null for what is no name of a host.</summary>
    private static string? Domain(string domain)
    {
        string ascii;
        try
        {
            ascii = s_domains.GetAscii(domain).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return null;
        }

        var labels = ascii.Split('.');
        return labels.Length >= 2 && labels.All(IsLabel) && !labels[^1].All(char.IsAsciiDigit) ? ascii : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is >= 1 and <= MaxLabel && label[0] != '-' && label[^1] != '-' && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');

    private static Error Invalid(string field, string detail) => ApiErrors.Invalid(field, "invalid", $"{field} {detail}");
}
