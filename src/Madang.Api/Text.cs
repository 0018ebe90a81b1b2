using System.Buffers;
using System.Globalization;
using System.Text;

namespace Madang.Api;

/// <summary>Every text that comes in passes here: NFC, no NUL, no lone surrogates, bounded. (Never InvariantGlobalization: NFC would be a silent no-op.)</summary>
public static class Text
{
    private static readonly SearchValues<char> Nul = SearchValues.Create("\0");

    /// <summary>A text of one or more lines, such as a message.</summary>
    /// <param name="field">The wire name for the refusal.</param>
    /// <param name="maxBytes">The most it may hold as UTF-8 after normalisation.</param>
    public static Result<string> Lines(string? text, string field, int maxBytes, bool required = true)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return required ? ApiErrors.Invalid(field, "required", $"{field} must not be empty.") : text ?? "";
        }

        // Cheap bound first: normalisation is not for megabytes. NFC makes a text at most three times longer, never 1/4 as long as decomposed Hangul.
        if (text.Length > maxBytes * 4)
        {
            return TooLong(field, maxBytes);
        }

        if (text.AsSpan().ContainsAny(Nul) || HasLoneSurrogate(text))
        {
            return ApiErrors.Invalid(field, "invalid", $"{field} holds a NUL or half of a surrogate pair.");
        }

        var normal = text.IsNormalized() ? text : text.Normalize(NormalizationForm.FormC);
        return Encoding.UTF8.GetByteCount(normal) > maxBytes ? TooLong(field, maxBytes) : normal;
    }

    /// <summary>A text of one line, trimmed, such as a name or a title. No control or format characters (they hide or reorder what people see).</summary>
    /// <param name="maxLength">The most UTF-16 code units after normalisation.</param>
    public static Result<string> Line(string? text, string field, int maxLength, bool required = true)
    {
        var checkedText = Lines(text, field, maxLength * 4, required);
        if (!checkedText.IsOk)
        {
            return checkedText.Error;
        }

        var line = checkedText.Value.Trim();
        if (line.Length > maxLength)
        {
            return ApiErrors.Invalid(field, "too_long", $"{field} may hold {maxLength} characters.");
        }

        foreach (var rune in line.EnumerateRunes())
        {
            // U+200D joins emoji; U+200C is ordinary in Persian.
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
                || (category is UnicodeCategory.Format && rune.Value is not (0x200C or 0x200D)))
            {
                return ApiErrors.Invalid(field, "invalid", $"{field} holds a control character.");
            }
        }

        return line;
    }

    private static Error TooLong(string field, int maxBytes) =>
        ApiErrors.Invalid(field, "too_long", $"{field} may hold {maxBytes} bytes of UTF-8.");

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
