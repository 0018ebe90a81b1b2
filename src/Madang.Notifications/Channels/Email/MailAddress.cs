using System.Globalization;
using System.Text;

namespace Madang.Notifications.Channels.Email;

/// <summary>An address as SMTP takes it: the domain in its ASCII form, the local part as it is.</summary>
/// <param name="NeedsUtf8">The local part holds letters beyond ASCII: only servers with SMTPUTF8 take it (RFC 6531).</param>
internal readonly record struct MailAddress(string Text, string Domain, bool NeedsUtf8)
{
    private const int Max = 254;
    private const int MaxLocal = 64;
    private static readonly IdnMapping s_domains = new() { UseStd3AsciiRules = true, AllowUnassigned = false };

    /// <summary>Null for what cannot be one: nothing that could end a command or a field gets past here.</summary>
    public static MailAddress? Read(string? text)
    {
        var at = text?.LastIndexOf('@') ?? -1;
        if (text is null || text.Length > Max || at < 1 || at == text.Length - 1)
        {
            return null;
        }

        var local = text[..at];
        if (Encoding.UTF8.GetByteCount(local) > MaxLocal || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)
            || local.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar || Rune.IsControl(rune) || Rune.IsWhiteSpace(rune)
                || (rune.IsAscii && !Rune.IsLetterOrDigit(rune) && !"!#$%&'*+-/=?^_`{|}~.".Contains((char)rune.Value, StringComparison.Ordinal))))
        {
            return null;
        }

        try
        {
            var domain = s_domains.GetAscii(text[(at + 1)..]).ToLowerInvariant();
            return new MailAddress($"{local}@{domain}", domain, !local.All(char.IsAscii));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary><c>Name &lt;local@domain&gt;</c> or the address alone, as settings write it.</summary>
    public static (string Display, MailAddress Address)? ReadWithName(string text)
    {
        var open = text.LastIndexOf('<');
        return open < 0
            ? Read(text.Trim()) is { } bare ? ("", bare) : null
            : text.EndsWith('>') && Read(text[(open + 1)..^1].Trim()) is { } address ? (text[..open].Trim().Trim('"'), address) : null;
    }
}
