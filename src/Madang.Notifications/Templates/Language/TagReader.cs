namespace Madang.Notifications.Templates.Language;

internal enum TagKind
{
    Text = 1,
    Comment,
    Output,

    /// <summary><c>{{{value}}}</c> or <c>{{&amp;value}}</c>.</summary>
    Raw,
    Open,

    /// <summary><c>{{^value}}</c>: the block's two roads change places.</summary>
    OpenInverse,
    Else,
    Close,
}

/// <param name="Text">Literal text, or what stands within the braces without its sign.</param>
internal readonly record struct Tag(TagKind Kind, string Text, int Line);

/// <summary>
/// Cuts a template into texts and tags as Handlebars does: <c>~</c> eats white space, a block tag or a comment alone on its line takes the line with it,
/// <c>\{{</c> is two braces, <c>\\{{</c> a backslash before a tag. What would reach beyond the template (partials, decorators, raw blocks, other delimiters) is refused.
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

            var isEscaped = open > at && source[open - 1] == '\\';
            if (isEscaped && !(open - 1 > at && source[open - 2] == '\\'))
            {
                text.Append(source, at, open - 1 - at).Append("{{");
                at = open + 2;
                continue;
            }

            // Of two backslashes before the braces one is an escape of the other.
            text.Append(source, at, open - at - (isEscaped ? 1 : 0));
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

    /// <returns>Where the text goes on.</returns>
    private static int ReadTag(string source, int open, int line, List<Tag> tags, List<(bool, bool)> trims)
    {
        var inner = open + 2;
        if (source.AsSpan(inner).StartsWith("{{"))
        {
            throw new TemplateFault($"Line {line}: raw blocks are not known here.");
        }

        var before = source.AsSpan(inner).StartsWith("~");
        inner += before ? 1 : 0;
        var isTriple = source.AsSpan(inner).StartsWith("{");
        inner += isTriple ? 1 : 0;
        var isComment = !isTriple && source.AsSpan(inner).StartsWith("!");
        var (end, next, after) = isComment ? CommentEnd(source, inner) : End(source, inner, isTriple, line);
        if (end < 0)
        {
            throw new TemplateFault($"Line {line}: a tag is not closed.");
        }

        tags.Add(isComment ? new(TagKind.Comment, "", line) : isTriple ? new(TagKind.Raw, source[inner..end].Trim(), line) : Kind(source[inner..end], line));
        trims.Add((before, after));
        return next;
    }

    /// <summary>The long form ends at <c>--}}</c> or <c>--~}}</c>, the short one at the first braces.</summary>
    private static (int End, int Next, bool After) CommentEnd(string source, int from)
    {
        var isLong = source.AsSpan(from).StartsWith("!--");
        for (var at = source.IndexOf("}}", from, StringComparison.Ordinal); at >= 0; at = source.IndexOf("}}", at + 1, StringComparison.Ordinal))
        {
            var after = source[at - 1] == '~';
            var end = at - (after ? 1 : 0);
            if (!isLong || (end >= from + 3 && source.AsSpan(end - 2, 2).SequenceEqual("--")))
            {
                return (end, at + 2, after);
            }
        }

        return (-1, 0, false);
    }

    /// <summary>The braces that close the tag, outside of texts in quotes and names in brackets.</summary>
    private static (int End, int Next, bool After) End(string source, int from, bool isTriple, int line)
    {
        var closer = '\0';
        for (var at = from; at < source.Length; at++)
        {
            var letter = source[at];
            if (closer != '\0')
            {
                at += letter == '\\' && (closer == ']' || source.AsSpan(at + 1).StartsWith([closer])) ? 1 : 0;
                closer = letter == closer ? '\0' : closer;
                continue;
            }

            closer = letter switch { '"' or '\'' => letter, '[' => ']', _ => '\0' };
            var rest = source.AsSpan(at);
            if (letter == '}' && isTriple ? rest.StartsWith("}}}") || rest.StartsWith("}~}}") : rest.StartsWith("}}"))
            {
                var length = isTriple ? rest[1] == '~' ? 4 : 3 : 2;
                return !isTriple && rest.StartsWith("}}}") ? throw new TemplateFault($"Line {line}: three braces close what two have opened.") : (at, at + length, length == 4);
            }

            if (!isTriple && rest.StartsWith("~}}"))
            {
                return (at, at + 3, true);
            }
        }

        return (-1, 0, false);
    }

    // A sign stands right after the braces; "else" may have space before it.
    private static Tag Kind(string body, int line)
    {
        var rest = body.Length == 0 ? "" : body[1..].Trim();
        switch (body.Length == 0 ? '\0' : body[0])
        {
            case '&':
                return new(TagKind.Raw, rest, line);
            case '>' or '*':
            case '#' when rest.Length > 0 && body[1] is '*' or '>':
                throw new TemplateFault($"Line {line}: partials and decorators are not known here.");
            case '=':
                throw new TemplateFault($"Line {line}: the braces cannot be changed for others.");
            case '#':
                return new(TagKind.Open, rest, line);
            case '/':
                return new(TagKind.Close, rest, line);
            case '^':
                return rest.Length == 0 ? new(TagKind.Else, "", line) : new(TagKind.OpenInverse, rest, line);
        }

        body = body.Trim();
        return body.Length == 0 ? throw new TemplateFault($"Line {line}: a tag is empty.")
            : body == "else" ? new(TagKind.Else, "", line)
            : body.StartsWith("else", StringComparison.Ordinal) && char.IsWhiteSpace(body[4]) ? new(TagKind.Else, body[5..].Trim(), line)
            : new(TagKind.Output, body, line);
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
                start = trims[i - 1].After ? text.Length - text.AsSpan().TrimStart().Length : IsAlone(tags, i - 1) ? AfterLine(text) : 0;
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

        var before = tags[tag - 1].Text.AsSpan();
        var after = tags[tag + 1].Text.AsSpan();
        var space = before[before.TrimEnd().Length..];
        var line = after[..^after.TrimStart().Length];
        return (space.Contains('\n') || (tag == 1 && space.Length == before.Length)) && (line.Contains('\n') || (tag == tags.Count - 2 && line.Length == after.Length));
    }

    private static int AfterLine(string text)
    {
        var at = text.Length - text.AsSpan().TrimStart(" \t").Length;
        at += at < text.Length && text[at] == '\r' ? 1 : 0;
        return at < text.Length && text[at] == '\n' ? at + 1 : at;
    }
}
