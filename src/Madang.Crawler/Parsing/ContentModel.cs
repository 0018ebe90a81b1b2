namespace Madang.Crawler.Parsing;

/// <summary>
/// The part of tree construction that a tokeniser cannot do without (HTML §13.2.6): which start tags change how the following text is read, and
/// whether we are in SVG or MathML, where they do not and where CDATA exists. No tree: a stack of at most 64 bits, one per open svg, math or HTML
/// integration point.
/// </summary>
internal struct ContentModel
{
    private const int MaxDepth = 64;

    /// <summary>Bit 0 is the innermost: 1 foreign, 0 an integration point with HTML inside.</summary>
    private ulong _stack;
    private int _depth;

    public readonly bool InForeign => _depth > 0 && (_stack & 1) == 1;

    /// <summary>Inside svg or math, however deep, HTML in them included.</summary>
    public readonly bool Inside => _depth > 0;

    /// <summary>Takes note of a tag and tells the tokeniser how to go on.</summary>
    public void After(ref HtmlTokenizer tokenizer)
    {
        if (tokenizer.Kind == HtmlTokenKind.StartTag)
        {
            Start(ref tokenizer);
        }
        else if (_depth > 0 && tokenizer.Kind == HtmlTokenKind.EndTag)
        {
            End(ref tokenizer);
        }
    }

    private void Start(ref HtmlTokenizer tokenizer)
    {
        var key = tokenizer.Key;
        if (InForeign)
        {
            if (IsIntegrationPoint(key))
            {
                Push(foreign: false, ref tokenizer);
                return;
            }

            if (!BreaksOut(key, ref tokenizer))
            {
                if (key is NameKey.Svg or NameKey.Math)
                {
                    Push(foreign: true, ref tokenizer);
                }

                return;
            }

            while (InForeign)
            {
                Pop(ref tokenizer);
            }
        }

        if (key is NameKey.Svg or NameKey.Math)
        {
            Push(foreign: true, ref tokenizer);
            return;
        }

        tokenizer.Mode = key switch
        {
            NameKey.Title or NameKey.Textarea => TextMode.RcData,
            NameKey.Script => TextMode.ScriptData,
            NameKey.Style or NameKey.Xmp or NameKey.Iframe or NameKey.Noembed or NameKey.Noframes => TextMode.RawText,
            _ => key == NameKey.PlainText ? TextMode.PlainText : TextMode.Data,
        };
    }

    private void End(ref HtmlTokenizer tokenizer)
    {
        var key = tokenizer.Key;
        if (InForeign ? key is NameKey.Svg or NameKey.Math : IsIntegrationPoint(key))
        {
            Pop(ref tokenizer);
        }
        else if (!InForeign && key is NameKey.Svg or NameKey.Math)
        {
            Pop(ref tokenizer); // the integration point was left open
            Pop(ref tokenizer);
        }
        else if (InForeign && key is NameKey.P or NameKey.Br)
        {
            while (InForeign)
            {
                Pop(ref tokenizer);
            }
        }
    }

    private void Push(bool foreign, ref HtmlTokenizer tokenizer)
    {
        if (!tokenizer.SelfClosing && _depth < MaxDepth)
        {
            _stack = (_stack << 1) | (foreign ? 1u : 0u);
            _depth++;
            tokenizer.AllowCData = foreign;
        }
    }

    private void Pop(ref HtmlTokenizer tokenizer)
    {
        if (_depth > 0)
        {
            _stack >>= 1;
            _depth--;
            tokenizer.AllowCData = InForeign;
        }
    }

    private static bool IsIntegrationPoint(ulong key) =>
        key is NameKey.Desc or NameKey.Title or NameKey.Mi or NameKey.Mo or NameKey.Mn or NameKey.Ms or NameKey.Mtext
        || key == NameKey.ForeignObject || key == NameKey.AnnotationXml;

    /// <summary>Start tags that end foreign content (HTML §13.2.6.5), so that a forgotten <c>&lt;/svg&gt;</c> does not spoil the page.</summary>
    private static bool BreaksOut(ulong key, ref HtmlTokenizer tokenizer) => key switch
    {
        NameKey.B or NameKey.Big or NameKey.Body or NameKey.Br or NameKey.Center or NameKey.Code or NameKey.Dd or NameKey.Div or NameKey.Dl
            or NameKey.Dt or NameKey.Em or NameKey.Embed or NameKey.H1 or NameKey.H2 or NameKey.H3 or NameKey.H4 or NameKey.H5 or NameKey.H6
            or NameKey.Head or NameKey.Hr or NameKey.I or NameKey.Img or NameKey.Li or NameKey.Listing or NameKey.Menu or NameKey.Meta
            or NameKey.Nobr or NameKey.Ol or NameKey.P or NameKey.Pre or NameKey.Ruby or NameKey.S or NameKey.Small or NameKey.Span
            or NameKey.Strong or NameKey.Strike or NameKey.Sub or NameKey.Sup or NameKey.Table or NameKey.Tt or NameKey.U or NameKey.Ul
            or NameKey.Var => true,
        NameKey.Font => tokenizer.TryAttribute(NameKey.Color, out _) || tokenizer.TryAttribute(NameKey.Face, out _)
            || tokenizer.TryAttribute(NameKey.Size, out _),
        _ => key == NameKey.BlockQuote,
    };
}
