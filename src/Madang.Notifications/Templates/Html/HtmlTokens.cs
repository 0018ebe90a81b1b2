namespace Madang.Notifications.Templates.Html;

/// <summary>A tag or a run of text in a document, by its place.</summary>
/// <param name="End">Behind the last character.</param>
internal readonly record struct HtmlToken(int Start, int End, string Name, bool IsEnd)
{
    public bool IsTag => Name.Length > 0;

    /// <summary>Where the value of the first attribute of this name stands, without quotes; null without one.</summary>
    public Range? Attribute(string html, string name)
    {
        var at = Start + 1 + Name.Length;
        while (at < End)
        {
            while (at < End && (char.IsWhiteSpace(html[at]) || html[at] is '/' or '>'))
            {
                at++;
            }

            var from = at;
            while (at < End && !char.IsWhiteSpace(html[at]) && html[at] is not ('=' or '>' or '/'))
            {
                at++;
            }

            var isIt = html.AsSpan(from, at - from).Equals(name, StringComparison.OrdinalIgnoreCase);
            at += at == from ? 1 : 0;
            while (at < End && char.IsWhiteSpace(html[at]))
            {
                at++;
            }

            if (at >= End || html[at] != '=')
            {
                continue;
            }

            var value = Value(html, at + 1, out at);
            if (isIt)
            {
                return value;
            }
        }

        return null;
    }

    private Range Value(string html, int at, out int after)
    {
        while (at < End && char.IsWhiteSpace(html[at]))
        {
            at++;
        }

        if (at < End && html[at] is '"' or '\'')
        {
            var end = html.IndexOf(html[at], at + 1, End - at - 1);
            after = end < 0 ? End : end + 1;
            return (at + 1)..(end < 0 ? End : end);
        }

        var from = at;
        while (at < End && !char.IsWhiteSpace(html[at]) && html[at] != '>')
        {
            at++;
        }

        after = at;
        return from..at;
    }
}

/// <summary>Cuts a document into tags and texts, once from front to end. Comments and declarations are left out; an attribute's value may hold <c>&gt;</c>.</summary>
internal static class HtmlTokens
{
    public static IEnumerable<HtmlToken> Of(string html)
    {
        var (text, at) = (0, 0);
        while (at < html.Length)
        {
            var open = html.IndexOf('<', at);
            if (open < 0 || open + 1 >= html.Length)
            {
                break;
            }

            var isEnd = html[open + 1] == '/';
            var name = open + (isEnd ? 2 : 1);
            var isTag = name < html.Length && char.IsAsciiLetter(html[name]);
            if (!isTag && html[open + 1] is not ('!' or '?' or '/'))
            {
                at = open + 1;
                continue;
            }

            if (open > text)
            {
                yield return new(text, open, "", false);
            }

            var end = isTag ? TagEnd(html, name) : html.AsSpan(open).StartsWith("<!--") ? After(html, "-->", open + 4) : After(html, ">", open);
            if (isTag)
            {
                yield return new(open, end, Name(html, name), isEnd);
            }

            text = at = end;
        }

        if (text < html.Length)
        {
            yield return new(text, html.Length, "", false);
        }
    }

    private static int After(string html, string mark, int from)
    {
        var at = from > html.Length ? -1 : html.IndexOf(mark, from, StringComparison.Ordinal);
        return at < 0 ? html.Length : at + mark.Length;
    }

    private static int TagEnd(string html, int at)
    {
        var quote = '\0';
        for (; at < html.Length; at++)
        {
            var letter = html[at];
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
            }
            else if (letter == '>')
            {
                return at + 1;
            }
        }

        return html.Length;
    }

    private static string Name(string html, int from)
    {
        var at = from;
        while (at < html.Length && !char.IsWhiteSpace(html[at]) && html[at] is not ('>' or '/'))
        {
            at++;
        }

        return html[from..at];
    }
}
