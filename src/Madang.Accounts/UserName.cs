using System.Globalization;
using System.Text;
using Madang.Api;

namespace Madang.Accounts;

/// <summary>What a login name may be, and when two of them are the same.</summary>
internal static class UserName
{
    public const int MaxLength = 64;

    /// <summary>
    /// Letters of any script (with their marks), digits, and <c>. _ -</c> after the first; NFC, trimmed. Letters that only look different
    /// (full width, mathematical, ligatures) and letters that cannot be seen (the Hangul fillers) are refused: they make two names look like one.
    /// </summary>
    public static Result<string> Check(string? text)
    {
        var line = Api.Text.Line(text, "name", MaxLength);
        if (!line.IsOk)
        {
            return line.Error;
        }

        var afterLetter = false;
        var first = true;
        foreach (var rune in line.Value.EnumerateRunes())
        {
            var mark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            var letter = (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber) && IsItself(rune);
            if (!letter && !(mark && afterLetter) && !(rune.Value is '.' or '_' or '-' && !first))
            {
                return ApiErrors.Invalid("name", "invalid", "A name holds letters, digits, '.', '_' and '-', and begins with a letter or digit.");
            }

            afterLetter = letter || mark;
            first = false;
        }

        return line.Value;
    }

    /// <summary>Two names with the same key are the same name: NFC and lower case.</summary>
    public static string KeyOf(string name) =>
        name.Normalize(NormalizationForm.FormC).ToLowerInvariant().Normalize(NormalizationForm.FormC);

    private static bool IsItself(Rune rune)
    {
        // ㄱ to ㆎ are typed as such (ㅋㅋ), though NFKC takes them apart; U+3164 among them and U+115F, U+1160 are invisible.
        if (rune.Value is 0x3164 or 0x115F or 0x1160)
        {
            return false;
        }

        var text = rune.ToString();
        return rune.Value is >= 0x3131 and <= 0x318E || text.Normalize(NormalizationForm.FormKC) == text;
    }
}
