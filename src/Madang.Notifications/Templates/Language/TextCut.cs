using System.Globalization;

namespace Madang.Notifications.Templates.Language;

/// <summary>Shortens a text without breaking a character as people see it.</summary>
internal static class TextCut
{
    private const string Ellipsis = "…";

    /// <summary>At most so many text elements (graphemes), the last an ellipsis when it was cut.</summary>
    public static string To(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var (at, count, keep) = (0, 0, 0);
        while (at < text.Length)
        {
            at += StringInfo.GetNextTextElementLength(text.AsSpan(at));
            count++;
            keep = count == most - 1 ? at : keep;
            if (count > most)
            {
                return string.Concat(text.AsSpan(0, keep).TrimEnd(), Ellipsis);
            }
        }

        return text;
    }

    /// <summary>The longest beginning of so many bytes of UTF-8, ellipsis included.</summary>
    public static string ToBytes(string text, int maxBytes)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        var (at, used) = (0, 3);
        while (at < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(at));
            used += System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(at, length));
            if (used > maxBytes)
            {
                break;
            }

            at += length;
        }

        return string.Concat(text.AsSpan(0, at).TrimEnd(), Ellipsis);
    }
}
