namespace Madang.Crawler.Parsing;

/// <summary>What <see cref="HtmlTokenizer.Read"/> found.</summary>
public enum HtmlTokenKind
{
    /// <summary>Nothing is left.</summary>
    End,

    /// <summary>A piece of text; neighbours belong together.</summary>
    Text,
    StartTag,
    EndTag,
    Comment,
    Doctype,
}

/// <summary>How the tokeniser reads what comes next; tree construction would say so, see <see cref="ContentModel"/>.</summary>
public enum TextMode
{
    Data,

    /// <summary>Text with character references until the end tag of the last start tag (title, textarea).</summary>
    RcData,

    /// <summary>Text until the end tag of the last start tag (style, xmp, iframe, noembed, noframes).</summary>
    RawText,

    /// <summary>As raw text, with the escapes of old scripts.</summary>
    ScriptData,

    /// <summary>Text to the end of the input.</summary>
    PlainText,

    /// <summary>Inside <c>&lt;![CDATA[</c>, which exists in foreign content alone.</summary>
    CDataSection,
}
