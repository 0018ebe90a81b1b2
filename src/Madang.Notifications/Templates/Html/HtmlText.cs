using System.Buffers;
using System.Text;

namespace Madang.Notifications.Templates.Html;

/// <summary>Text and addresses as they are written into HTML.</summary>
internal static class HtmlText
{
    // The set of Handlebars, written as it writes them: the backtick quotes attributes in old mail programs, = begins one.
    private static readonly SearchValues<char> s_special = SearchValues.Create("&<>\"'`=\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\u000B\f\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F\u007F");

    /// <summary>For text and for quoted attributes. Control characters vanish.</summary>
    public static string Encode(string text)
    {
        var at = text.AsSpan().IndexOfAny(s_special);
        if (at < 0)
        {
            return text;
        }

        var encoded = new StringBuilder(text.Length + 32).Append(text, 0, at);
        foreach (var letter in text.AsSpan(at))
        {
            _ = letter switch
            {
                '&' => encoded.Append("&amp;"),
                '<' => encoded.Append("&lt;"),
                '>' => encoded.Append("&gt;"),
                '"' => encoded.Append("&quot;"),
                '\'' => encoded.Append("&#x27;"),
                '`' => encoded.Append("&#x60;"),
                '=' => encoded.Append("&#x3D;"),
                '\t' or '\n' or '\r' => encoded.Append(letter),
                < ' ' or '\u007F' => encoded,
                _ => encoded.Append(letter),
            };
        }

        return encoded.ToString();
    }

    /// <summary>Whether a link may lead there: http, https, mailto or tel, without control characters.</summary>
    public static bool IsAddress(string text) =>
        !text.Any(char.IsControl) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https" or "mailto" or "tel")
        && (uri.Scheme is "mailto" or "tel" || (uri.Host.Length > 0 && uri.UserInfo.Length == 0 && text.Contains("://", StringComparison.Ordinal)));
}
