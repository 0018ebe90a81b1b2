using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>One token as people read it: for <c>madang crawl page --tokens</c> and tests.</summary>
/// <param name="Type"><c>text</c>, <c>start</c>, <c>end</c>, <c>comment</c>, <c>doctype</c>.</param>
public sealed record HtmlToken(string Type)
{
    /// <summary>The name of a tag or DOCTYPE.</summary>
    public string? Name { get; init; }

    /// <summary>Of text and comments.</summary>
    public string? Text { get; init; }

    /// <summary>Name and value, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Attributes { get; init; }

    public bool SelfClosing { get; init; }

    public string? PublicId { get; init; }

    public string? SystemId { get; init; }

    public bool ForceQuirks { get; init; }
}

/// <summary>The whole list of tokens of a page. Not for the hot path: it allocates each.</summary>
public static class TokenList
{
    /// <summary>Reads a page as tree construction would steer the tokeniser.</summary>
    /// <param name="input">UTF-8; line ends and broken sequences are mended first.</param>
    public static IReadOnlyList<HtmlToken> Read(ReadOnlySpan<byte> input) =>
        Read(input.StartsWith("\uFEFF"u8) ? input[3..] : input, TextMode.Data, default, steer: true);

    /// <summary>Reads a page in whatever encoding it is.</summary>
    /// <param name="contentType">The header, or null.</param>
    public static IReadOnlyList<HtmlToken> Read(ReadOnlySpan<byte> body, string? contentType)
    {
        using var decoded = new PageBody();
        return Read(decoded.From(CharsetDetection.Of(body, contentType).Charset, body), TextMode.Data, default, steer: true);
    }

    /// <summary>Reads from a given mode; without <paramref name="steer"/> start tags change nothing, as the standard's tests want it.</summary>
    internal static List<HtmlToken> Read(ReadOnlySpan<byte> input, TextMode mode, ReadOnlySpan<byte> lastStartTag, bool steer, int scratchSize = 1024)
    {
        using var body = new PageBody();
        using var scratch = new TokenScratch(scratchSize);
        var tokenizer = new HtmlTokenizer(body.FromUtf8(input), scratch) { Mode = mode };
        if (!lastStartTag.IsEmpty)
        {
            tokenizer.SetLastStartTag(lastStartTag);
        }

        var model = default(ContentModel);
        var tokens = new List<HtmlToken>();
        var text = new StringBuilder();
        while (tokenizer.Read() is var kind and not HtmlTokenKind.End)
        {
            if (kind == HtmlTokenKind.Text)
            {
                text.Append(Encoding.UTF8.GetString(tokenizer.Text));
                continue;
            }

            Flush(text, tokens);
            tokens.Add(Token(ref tokenizer));
            if (steer)
            {
                model.After(ref tokenizer);
            }
        }

        Flush(text, tokens);
        return tokens;
    }

    private static void Flush(StringBuilder text, List<HtmlToken> tokens)
    {
        if (text.Length > 0)
        {
            tokens.Add(new HtmlToken("text") { Text = text.ToString() });
            text.Clear();
        }
    }

    private static HtmlToken Token(ref HtmlTokenizer token) => token.Kind switch
    {
        HtmlTokenKind.StartTag => new HtmlToken("start")
        {
            Name = Encoding.UTF8.GetString(token.Name),
            Attributes = Attributes(ref token),
            SelfClosing = token.SelfClosing,
        },
        HtmlTokenKind.EndTag => new HtmlToken("end") { Name = Encoding.UTF8.GetString(token.Name) },
        HtmlTokenKind.Comment => new HtmlToken("comment") { Text = Encoding.UTF8.GetString(token.Text) },
        _ => new HtmlToken("doctype")
        {
            Name = token.HasName ? Encoding.UTF8.GetString(token.Name) : null,
            PublicId = token.HasPublicId ? Encoding.UTF8.GetString(token.PublicId) : null,
            SystemId = token.HasSystemId ? Encoding.UTF8.GetString(token.SystemId) : null,
            ForceQuirks = token.ForceQuirks,
        },
    };

    private static List<KeyValuePair<string, string>> Attributes(ref HtmlTokenizer token)
    {
        var attributes = new List<KeyValuePair<string, string>>(token.AttributeCount);
        for (var i = 0; i < token.AttributeCount; i++)
        {
            attributes.Add(new(Encoding.UTF8.GetString(token.AttributeName(i)), Encoding.UTF8.GetString(token.AttributeValue(i))));
        }

        return attributes;
    }
}
