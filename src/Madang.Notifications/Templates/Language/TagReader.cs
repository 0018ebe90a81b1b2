namespace Madang.Notifications.Templates.Language;

internal enum TagKind
{
    Text = 1,
    Comment,
    Output,

    /// <summary><c>{{{value}}}</c> or <c>{{&amp;value}}</c>.</summary>
    Raw,
    Open,
    Else,
    Close,
}

/// <param name="Text">Literal text, or what stands within the braces without its sign.</param>
internal readonly record struct Tag(TagKind Kind, string Text, int Line);

/// <summary>
/// Cuts a template into texts and tags as Handlebars does: <c>~</c> eats white space, a block tag alone on its line takes the line with it, <c>\{{</c> is two
/// braces. What would reach beyond the template (partials, decorators, raw blocks) is refused.
/// </summary>
internal static class TagReader
{
    public const int MaxTags = 500;

    public static List<Tag> Read(string source)
    {
        var tags = new List<Tag>();
        var trims = new List<(bool Before, bool After)>();
        var text = new System.Text.StringBuilder();
        var at = 0;
        while (true)
        {
            var open = source.IndexOf("{{", at, StringComparison.Ordinal);
            if (open < 0)
            {
                text.Append(source, at, source.Length - at);
                AddText();
                break;
            }

            if (open > at && source[open - 1] == '\\')
            {
                text.Append(source, at, open - 1 - at).Append("{{");
                at = open + 2;
                continue;
            }

            text.Append(source, at, open - at);
            AddText();
            var line = 1 + source.AsSpan(0, open).Count('\n');
            at = ReadTag(source, open, line, tags, trims);
            if (tags.Count > MaxTags * 2)
            {
                throw new TemplateFault($"It has more than {MaxTags} tags.");
            }
        }

        return Trim(tags, trims);

        void AddText()
        {
            tags.Add(new(TagKind.Text, text.ToString(), 0));
            trims.Add(default);
            text.Clear();
        }
    }

    private static int ReadTag(string source, int open, int line, List<Tag> tags, List<(bool, bool)> trims)
    {
        var inner = open + 2;
        if (source.AsSpan(inner).StartsWith("{{"))
        {
            throw new TemplateFault($"Line {line}: raw blocks are not known here.");
        }

        var isTriple = inner < source.Length && source[inner] == '{';
        inner += isTriple ? 1 : 0;
        var isComment = source.AsSpan(inner).StartsWith("!--") || source.AsSpan(inner).StartsWith("~!--");
        var (end, length) = End(source, inner, isComment ? "--" : "", isTriple ? "}}}" : "}}");
        if (end < 0)
        {
            throw new TemplateFault($"Line {line}: a tag is not closed.");
        }

        var body = source[inner..end];
        var before = body.StartsWith('~');
        var after = !isComment && body.EndsWith('~') && body.Length > 1;
        after |= isComment && length > 4;
        body = body[(before ? 1 : 0)..^(after && !isComment ? 1 : 0)].Trim();
        tags.Add(Kind(body, isTriple, line));
        trims.Add((before, after));
        return end + length;
    }

    // A comment of the long form ends at --}} or --~}}; all others at the first braces outside of a string.
    private static (int At, int Length) End(string source, int from, string dashes, string braces)
    {
        if (dashes.Length > 0)
        {
            for (var at = source.IndexOf(dashes, from + 3, StringComparison.Ordinal); at >= 0; at = source.IndexOf(dashes, at + 1, StringComparison.Ordinal))
            {
                if (source.AsSpan(at + 2).StartsWith("}}"))
                {
                    return (at, 4);
                }

                if (source.AsSpan(at + 2).StartsWith("~}}"))
                {
                    return (at, 5);
                }
            }

            return (-1, 0);
        }

        var quote = '\0';
        for (var at = from; at < source.Length; at++)
        {
            var letter = source[at];
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
            }
            else if (letter is '"' or '\'' && source[from] != '!')
            {
                quote = letter;
            }
            else if (source.AsSpan(at).StartsWith(braces))
            {
                return (at, braces.Length);
            }
        }

        return (-1, 0);
    }

    private static Tag Kind(string body, bool isTriple, int line)
    {
        if (isTriple)
        {
            return new(TagKind.Raw, body, line);
        }

        switch (body.Length == 0 ? '\0' : body[0])
        {
            case '!':
                return new(TagKind.Comment, "", line);
            case '&':
                return new(TagKind.Raw, body[1..].Trim(), line);
            case '>' or '*':
            case '#' when body.Length > 1 && body[1] is '*' or '>':
                throw new TemplateFault($"Line {line}: partials and decorators are not known here.");
            case '#':
                return new(TagKind.Open, body[1..].Trim(), line);
            case '/':
                return new(TagKind.Close, body[1..].Trim(), line);
            case '^' when body.Length == 1:
                return new(TagKind.Else, "", line);
            case '^':
                throw new TemplateFault($"Line {line}: write {{{{#unless}}}} instead of {{{{^…}}}}.");
            case '\0':
                throw new TemplateFault($"Line {line}: a tag is empty.");
            default:
                return body == "else" ? new(TagKind.Else, "", line)
                    : body.StartsWith("else ", StringComparison.Ordinal) ? new(TagKind.Else, body[5..].Trim(), line)
                    : new(TagKind.Output, body, line);
        }
    }

    /// <summary>Takes white space away where <c>~</c> says so and where a tag stands alone on its line; by what was there before anything was taken.</summary>
    private static List<Tag> Trim(List<Tag> tags, List<(bool Before, bool After)> trims)
    {
        var trimmed = new List<Tag>(tags.Count);
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i].Kind != TagKind.Text)
            {
                if (tags[i].Kind != TagKind.Comment)
                {
                    trimmed.Add(tags[i]);
                }

                continue;
            }

            var text = tags[i].Text;
            var (start, end) = (0, text.Length);
            if (i > 0)
            {
                start = trims[i - 1].After ? text.Length - text.AsSpan().TrimStart().Length : IsAlone(tags, i - 1) ? LineEnd(text) : 0;
            }

            if (i + 1 < tags.Count)
            {
                end = trims[i + 1].Before ? text.AsSpan().TrimEnd().Length : IsAlone(tags, i + 1) ? text.AsSpan().TrimEnd(" \t").Length : end;
            }

            if (end > start)
            {
                trimmed.Add(tags[i] with { Text = text[start..end] });
            }
        }

        return trimmed;
    }

    // Texts and tags alternate, a text at both ends.
    private static bool IsAlone(List<Tag> tags, int tag)
    {
        if (tags[tag].Kind is TagKind.Output or TagKind.Raw)
        {
            return false;
        }

        var before = tags[tag - 1].Text.AsSpan().TrimEnd(" \t");
        var after = tags[tag + 1].Text.AsSpan().TrimStart(" \t");
        return (before.Length == 0 ? tag == 1 : before[^1] == '\n')
            && (after.Length == 0 ? tag == tags.Count - 2 : after[0] == '\n' || after.StartsWith("\r\n"));
    }

    private static int LineEnd(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? text.Length : end + 1;
    }
}
