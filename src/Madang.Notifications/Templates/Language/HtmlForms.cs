namespace Madang.Notifications.Templates.Language;

/// <summary>
/// Walks through the HTML that a template itself holds and settles for each value how it must be written there. Values stand in text or in quoted attributes;
/// scripts, styles, comments, names of tags and event attributes take none. A block leaves the document where it found it, so that the place of what follows
/// does not depend on the data.
/// </summary>
internal static class HtmlForms
{
    /// <exception cref="TemplateFault">A value or a block stands where it must not.</exception>
    public static IReadOnlyList<Node> Set(IReadOnlyList<Node> nodes)
    {
        var place = HtmlPlace.Start;
        var set = Set(nodes, ref place);
        return place.Mode == HtmlMode.Text ? set : throw new TemplateFault("The HTML ends within a tag, a comment or a script.");
    }

    private static List<Node> Set(IReadOnlyList<Node> nodes, ref HtmlPlace place)
    {
        var set = new List<Node>(nodes.Count);
        foreach (var node in nodes)
        {
            switch (node)
            {
                case Literal literal:
                    place = place.After(literal.Text);
                    set.Add(literal);
                    break;
                case Output output:
                    set.Add(output with { Form = place.Form() });
                    place = place with { IsEmpty = false };
                    break;
                case Block block:
                    var (body, otherwise) = (place, place);
                    set.Add(block with { Body = Set(block.Body, ref body), Otherwise = Set(block.Otherwise, ref otherwise) });
                    place = place.Join(body).Join(otherwise);
                    break;
                default:
                    throw new InvalidOperationException("Unknown node.");
            }
        }

        return set;
    }
}

internal enum HtmlMode
{
    Text = 1,

    /// <summary>After <c>&lt;</c>, in the name of a tag.</summary>
    TagName,

    /// <summary>Between attributes.</summary>
    Tag,
    AttributeName,

    /// <summary>After <c>=</c>.</summary>
    BeforeValue,
    Value,
    Unquoted,
    Comment,

    /// <summary><c>&lt;!doctype …&gt;</c>.</summary>
    Declaration,

    /// <summary>Within style and its like, up to its end tag.</summary>
    RawText,
}

/// <summary>Where in an HTML document one is. A value, so that two roads to the same place can be compared.</summary>
/// <param name="Name">Of the tag, in small letters.</param>
/// <param name="IsEmpty">The attribute's value has not begun.</param>
internal readonly record struct HtmlPlace(HtmlMode Mode, string Name, string Attribute, char Quote, bool IsEmpty)
{
    private static readonly HashSet<string> s_addresses =
        new(["href", "src", "action", "formaction", "background", "cite", "poster", "data", "longdesc", "manifest", "ping", "xlink:href"], StringComparer.Ordinal);
    private static readonly HashSet<string> s_raw = new(["style", "xmp", "noembed", "noframes", "plaintext", "noscript"], StringComparer.Ordinal);
    private static readonly HashSet<string> s_banned = new(["script", "iframe", "object", "embed", "applet", "base", "form", "svg", "math"], StringComparer.Ordinal);

    public static HtmlPlace Start => new(HtmlMode.Text, "", "", '\0', true);

    /// <exception cref="TemplateFault">No value may stand here.</exception>
    public OutputForm Form() => Mode switch
    {
        HtmlMode.Text => OutputForm.Html,
        HtmlMode.Value when Attribute.StartsWith("on", StringComparison.Ordinal) || Attribute is "style" or "srcset" or "srcdoc" or "http-equiv" or "content" =>
            throw new TemplateFault($"The attribute {Attribute} takes no variable."),
        HtmlMode.Value when s_addresses.Contains(Attribute) => IsEmpty ? OutputForm.HtmlAddress : OutputForm.AddressPiece,
        HtmlMode.Value => OutputForm.Html,
        HtmlMode.Unquoted or HtmlMode.BeforeValue => throw new TemplateFault($"Put the value of the attribute {Attribute} in quotes."),
        _ => throw new TemplateFault("A variable stands within a tag, a comment or a style; it may stand in text and in quoted attributes."),
    };

    /// <exception cref="TemplateFault">The roads do not end at the same place.</exception>
    public HtmlPlace Join(HtmlPlace other) => this with { IsEmpty = true } == other with { IsEmpty = true }
        ? this with { IsEmpty = IsEmpty && other.IsEmpty }
        : throw new TemplateFault("A block opens or closes a tag, an attribute or a comment only on one of its roads.");

    public HtmlPlace After(string text)
    {
        var place = this;
        for (var at = 0; at < text.Length; at++)
        {
            place = place.Mode switch
            {
                HtmlMode.Text => place.AfterText(text, ref at),
                HtmlMode.RawText => place.AfterRaw(text, ref at),
                HtmlMode.Comment => text.AsSpan(at).StartsWith("-->") ? Skip(ref at, 2, Start) : place,
                HtmlMode.Declaration => text[at] == '>' ? Start : place,
                _ => place.AfterTag(text[at]),
            };
        }

        return place;
    }

    private HtmlPlace AfterText(string text, ref int at)
    {
        if (text[at] != '<')
        {
            return this;
        }

        var rest = text.AsSpan(at + 1);
        if (rest.StartsWith("!--"))
        {
            return Skip(ref at, 3, this with { Mode = HtmlMode.Comment });
        }

        return rest.Length == 0 ? this with { Mode = HtmlMode.TagName, Name = "" }
            : rest[0] is '!' or '?' ? this with { Mode = HtmlMode.Declaration }
            : char.IsAsciiLetter(rest[0]) || rest[0] == '/' ? this with { Mode = HtmlMode.TagName, Name = "" }
            : throw new TemplateFault("A < in text is written &lt;.");
    }

    private HtmlPlace AfterRaw(string text, ref int at) =>
        text[at] == '<' && text.AsSpan(at + 1).StartsWith("/" + Name, StringComparison.OrdinalIgnoreCase) ? this with { Mode = HtmlMode.TagName, Name = "" } : this;

    private HtmlPlace AfterTag(char letter) => Mode switch
    {
        HtmlMode.TagName when letter == '>' => Close(),
        HtmlMode.TagName when char.IsWhiteSpace(letter) => Named() with { Mode = HtmlMode.Tag },
        HtmlMode.TagName => this with { Name = Name + char.ToLowerInvariant(letter) },
        HtmlMode.Tag when letter == '>' => Close(),
        HtmlMode.Tag when char.IsWhiteSpace(letter) || letter == '/' => this,
        HtmlMode.Tag => this with { Mode = HtmlMode.AttributeName, Attribute = char.ToLowerInvariant(letter).ToString() },
        HtmlMode.AttributeName when letter == '>' => Close(),
        HtmlMode.AttributeName when letter == '=' => this with { Mode = HtmlMode.BeforeValue },
        HtmlMode.AttributeName when char.IsWhiteSpace(letter) || letter == '/' => this with { Mode = HtmlMode.Tag },
        HtmlMode.AttributeName => this with { Attribute = Attribute + char.ToLowerInvariant(letter) },
        HtmlMode.BeforeValue when char.IsWhiteSpace(letter) => this,
        HtmlMode.BeforeValue when letter is '"' or '\'' => this with { Mode = HtmlMode.Value, Quote = letter, IsEmpty = true },
        HtmlMode.BeforeValue when letter == '>' => Close(),
        HtmlMode.BeforeValue => this with { Mode = HtmlMode.Unquoted },
        HtmlMode.Value when letter == Quote => this with { Mode = HtmlMode.Tag, Attribute = "", Quote = '\0', IsEmpty = true },
        HtmlMode.Value => IsEmpty && char.IsWhiteSpace(letter) ? this : this with { IsEmpty = false },
        HtmlMode.Unquoted when letter == '>' => Close(),
        _ => char.IsWhiteSpace(letter) ? this with { Mode = HtmlMode.Tag } : this,
    };

    private HtmlPlace Named() => s_banned.Contains(Name) ? throw new TemplateFault($"A message holds no <{Name}>.") : this;

    private HtmlPlace Close() => s_raw.Contains(Named().Name) ? new(HtmlMode.RawText, Name, "", '\0', true) : Start;

    private static HtmlPlace Skip(ref int at, int count, HtmlPlace place)
    {
        at += count;
        return place;
    }
}
