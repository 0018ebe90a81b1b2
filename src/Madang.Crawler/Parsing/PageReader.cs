namespace Madang.Crawler.Parsing;

/// <summary>One pass over one page: what <see cref="PageParser"/> does at each token.</summary>
internal ref partial struct PageReader
{
    private readonly ParsedPage _page;
    private readonly PageParser _parser;
    private readonly TextBlocks _blocks;
    private HtmlTokenizer _tokens;
    private ContentModel _model;

    /// <summary>The outermost element whose text is not shown, and how deep elements of its name are nested.</summary>
    private Nest _hidden;

    /// <summary>The outermost element that is boilerplate.</summary>
    private Nest _zone;

    /// <summary>main and article.</summary>
    private Nest _main;

    /// <summary>The open anchor's link; −1 without one.</summary>
    private int _anchor = -1;
    private int _anchorStart;
    private bool _inTitle;
    private bool _hasTitle;
    private bool _inAnchorElement;

    public PageReader(ReadOnlySpan<byte> text, ParsedPage page, PageParser parser)
    {
        (_page, _parser, _blocks) = (page, parser, page.Blocks);
        _tokens = new HtmlTokenizer(text, page.Scratch);
    }

    public void Read()
    {
        while (true)
        {
            switch (_tokens.Read())
            {
                case HtmlTokenKind.End:
                    CloseAnchor();
                    _blocks.Break(false, false);
                    return;
                case HtmlTokenKind.Text:
                    Text();
                    break;
                case HtmlTokenKind.StartTag:
                    Start();
                    break;
                case HtmlTokenKind.EndTag:
                    End();
                    break;
            }
        }
    }

    private void Text()
    {
        if (_tokens.Mode is TextMode.Data or TextMode.PlainText or TextMode.CDataSection)
        {
            if (_hidden.Depth == 0 && !_model.Inside)
            {
                if (_tokens.Text.SequenceEqual("\u00A0"u8))
                {
                    _blocks.Space();
                }
                else
                {
                    _blocks.Append(_tokens.Text, _inAnchorElement);
                }
            }
        }
        else if (_inTitle)
        {
            _page.AddTitle(_tokens.Text);
        }
    }

    private void Start()
    {
        var key = _tokens.Key;
        var facts = TagTable.Of(key);
        if ((facts & TagFacts.Steers) != 0 || _model.Inside)
        {
            _model.After(ref _tokens);
            _inTitle = key == NameKey.Title && !_hasTitle && _tokens.Mode == TextMode.RcData;
            _hasTitle |= _inTitle;
        }

        if (facts == TagFacts.None)
        {
            return;
        }

        var opens = (facts & TagFacts.Void) == 0 && !(_model.Inside && _tokens.SelfClosing);
        if (opens)
        {
            Nesting(key, facts);
        }

        if ((facts & TagFacts.Block) != 0)
        {
            CutAnchor();
            _blocks.Break(_zone.Depth > 0, _main.Depth > 0);
        }

        if ((facts & TagFacts.Speaks) != 0)
        {
            Speak(key);
        }
    }

    private void Nesting(ulong key, TagFacts facts)
    {
        if (_hidden.Depth > 0 || (facts & TagFacts.Hides) != 0)
        {
            _hidden.Open(key);
        }

        if ((facts & TagFacts.Main) != 0)
        {
            _zone = default; // whatever was left open, the page's own text begins
            _main.Open(key);
        }
        else if (_zone.Depth > 0)
        {
            _zone.Open(key);
        }
        else if (((facts & TagFacts.Boilerplate) != 0 && !(key == NameKey.Header && _main.Depth > 0)) || ((facts & TagFacts.Container) != 0 && IsNamedBoilerplate()))
        {
            _zone.Open(key);
        }
    }

    private readonly bool IsNamedBoilerplate()
    {
        foreach (ref readonly var attribute in _tokens.Attributes)
        {
            if (attribute.Key is NameKey.Class or NameKey.Id ? BoilerplateWords.Names(_tokens.Resolve(attribute.Value))
                : attribute.Key == NameKey.Role && BoilerplateWords.IsRole(_tokens.Resolve(attribute.Value)))
            {
                return true;
            }
        }

        return false;
    }

    private void End()
    {
        var key = _tokens.Key;
        _inTitle = false;
        if (_model.Inside)
        {
            _model.After(ref _tokens);
        }

        if (key == NameKey.A)
        {
            CloseAnchor();
            return;
        }

        if (key == NameKey.Title)
        {
            _page.EndTitle();
        }

        var facts = TagTable.Of(key);
        if (facts == TagFacts.None)
        {
            return;
        }

        if ((facts & TagFacts.Block) != 0)
        {
            CutAnchor();
        }

        _hidden.Close(key);
        _zone.Close(key);
        _main.Close(key);
        if ((facts & TagFacts.Block) != 0)
        {
            _blocks.Break(_zone.Depth > 0, _main.Depth > 0);
        }
    }

    /// <summary>A block inside an anchor: what it had before stays its text if there is any.</summary>
    private void CutAnchor()
    {
        if (_anchor >= 0 && KeepAnchorText())
        {
            _anchor = -1;
        }
    }

    private void CloseAnchor()
    {
        if (_anchor >= 0)
        {
            _ = KeepAnchorText();
            _anchor = -1;
        }

        _inAnchorElement = false;
    }

    private readonly bool KeepAnchorText()
    {
        var start = Math.Min(_anchorStart, _blocks.Used);
        start += _blocks.Text[start..].Length - _blocks.Text[start..].TrimStart(" \n"u8).Length;
        var text = _blocks.Text[start..];
        var length = Math.Min(text.Length, _parser.Options.MaxAnchor);
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        if (length > 0)
        {
            _page.SetAnchor(_anchor, new ByteRange(start, length));
        }

        return length > 0;
    }

    /// <summary>How deep elements of one name are nested inside the outermost of them.</summary>
    private struct Nest
    {
        private ulong _key;

        public int Depth { get; private set; }

        public void Open(ulong key)
        {
            if (Depth == 0 || key == _key)
            {
                _key = key;
                Depth++;
            }
        }

        public void Close(ulong key)
        {
            if (Depth > 0 && key == _key)
            {
                Depth--;
            }
        }
    }
}
