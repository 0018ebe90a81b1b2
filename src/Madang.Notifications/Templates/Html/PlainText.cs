using System.Net;
using System.Text;

namespace Madang.Notifications.Templates.Html;

/// <summary>The text of an HTML mail, for who reads text: blocks become lines, a link's address stands behind its words, what is not shown is left out. One pass.</summary>
internal static class PlainText
{
    private static readonly HashSet<string> s_blocks = new(
        ["p", "div", "br", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "header", "footer", "blockquote", "hr", "pre", "center", "dt", "dd"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_wide = new(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "hr"], StringComparer.OrdinalIgnoreCase);

    public static string Of(string html)
    {
        var text = new Lines();
        string? hidden = null;
        (string Address, int From)? link = null;
        foreach (var token in HtmlTokens.Of(html))
        {
            if (hidden is not null)
            {
                hidden = token.IsTag && token.IsEnd && token.Name.Equals(hidden, StringComparison.OrdinalIgnoreCase) ? null : hidden;
            }
            else if (!token.IsTag)
            {
                text.Add(WebUtility.HtmlDecode(html[token.Start..token.End]));
            }
            else if (!token.IsEnd && token.Name.ToLowerInvariant() is "style" or "script" or "title" or "head")
            {
                hidden = token.Name;
            }
            else if (token.Name.Equals("a", StringComparison.OrdinalIgnoreCase))
            {
                link = token.IsEnd ? End(text, link) : Begin(html, token, text);
            }
            else if (s_blocks.Contains(token.Name))
            {
                text.Break(s_wide.Contains(token.Name));
                if (!token.IsEnd && token.Name.Equals("li", StringComparison.OrdinalIgnoreCase))
                {
                    text.Add("- ");
                }
            }
            else if (token.Name is "td" or "th")
            {
                text.Add(" ");
            }
        }

        return text.ToString();
    }

    private static (string, int)? Begin(string html, HtmlToken token, Lines text) =>
        token.Attribute(html, "href") is { } range ? (WebUtility.HtmlDecode(html[range]), text.Length) : null;

    private static (string, int)? End(Lines text, (string Address, int From)? link)
    {
        if (link is ({ } address, var from) && HtmlText.IsAddress(address) && text.Since(from) is { Length: > 0 } words && words != address)
        {
            text.Add($" ({(address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? address[7..] : address)})");
        }

        return null;
    }

    /// <summary>Text whose white space is one space, and at most one empty line between blocks.</summary>
    private sealed class Lines
    {
        private readonly StringBuilder _text = new();
        private int _breaks;
        private bool _space;

        public int Length => _text.Length;

        public string Since(int from) => _text.ToString(Math.Min(from, _text.Length), Math.Max(0, _text.Length - from)).Trim();

        public void Break(bool wide) => _breaks = Math.Max(_breaks, wide ? 2 : 1);

        public void Add(string words)
        {
            foreach (var letter in words)
            {
                if (char.IsWhiteSpace(letter))
                {
                    _space = true;
                    continue;
                }

                if (_breaks > 0 && _text.Length > 0)
                {
                    _text.Append('\n', _breaks);
                }
                else if (_space && _text.Length > 0 && _breaks == 0)
                {
                    _text.Append(' ');
                }

                (_breaks, _space) = (0, false);
                _text.Append(letter);
            }
        }

        public override string ToString() => _text.ToString();
    }
}
