using System.Globalization;
using System.Text;
using Madang.Api;
using Madang.Notifications.Templates;
using Madang.Notifications.Templates.Html;
using Madang.Notifications.Templates.Language;

namespace Madang.Notifications.Rendering;

/// <summary>Renders parts into the shape of their place. The first refusal is kept, and what follows it is empty.</summary>
internal sealed class Words(TemplateScene scene, Uri? publicUrl)
{
    public const int MaxLine = 200;
    public const int MaxBodyBytes = 4_000;

    public Error? Error { get; private set; }

    public string Take(TemplatePart part, int maxLength)
    {
        if (Error is not null)
        {
            return "";
        }

        var text = part.Render(scene, maxLength);
        Error = text.Error;
        return text.IsOk ? text.Value : "";
    }

    /// <summary>One line for a title or a subject: no line break or other control character gets through, whatever the values hold.</summary>
    public string Line(TemplatePart part)
    {
        var text = Take(part, MaxLine * 40);
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isSpace = Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            if (!isSpace)
            {
                line.Append(rune.ToString());
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return TextCut.To(line.ToString().TrimEnd(), MaxLine);
    }

    public string Lines(TemplatePart part) => TextCut.ToBytes(Clean(Take(part, MaxBodyBytes * 4)), MaxBodyBytes);

    public string Sms(TemplatePart part) => TextCut.To(Clean(Take(part, SmsSegments.MaxLength * 10)), SmsSegments.MaxLength);

    /// <summary>An absolute http or https address; null for none. A path is one of this server's own.</summary>
    public string? Address(TemplatePart? part)
    {
        if (part is null || Take(part, TemplateRules.MaxUrl).Trim() is not { Length: > 0 } text)
        {
            return null;
        }

        if (text[0] == '/' && !text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith("/\\", StringComparison.Ordinal))
        {
            if (publicUrl is null)
            {
                return null;
            }

            text = publicUrl.GetLeftPart(UriPartial.Authority) + text;
        }

        if (HtmlText.IsAddress(text) && text.StartsWith("http", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        Error ??= NotificationsErrors.TemplateFailed.With("url is no http or https address.");
        return null;
    }

    /// <summary>Line breaks and tabs are the only control characters.</summary>
    private static string Clean(string text) => text.AsSpan().IndexOfAnyInRange('\0', '\u001F') < 0
        ? text.Trim()
        : string.Concat(text.ReplaceLineEndings("\n").Where(letter => letter is '\n' or '\t' || !char.IsControl(letter))).Trim();
}
