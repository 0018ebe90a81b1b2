namespace Madang.Crawler.Parsing;

/// <summary>Comments, DOCTYPE and CDATA: HTML §13.2.5.41–5.71.</summary>
public ref partial struct HtmlTokenizer
{
    /// <summary>§13.2.5.42, at <c>&lt;!</c>.</summary>
    private HtmlTokenKind Declaration()
    {
        _at += 2;
        var rest = _input[_at..];
        if (rest.StartsWith("--"u8))
        {
            _at += 2;
            return Comment();
        }

        if (rest.Length >= 7 && System.Text.Ascii.EqualsIgnoreCase(rest[..7], "doctype"u8))
        {
            _at += 7;
            Doctype();
            return HtmlTokenKind.Doctype;
        }

        if (AllowCData && rest.StartsWith("[CDATA["u8))
        {
            _at += 7;
            Mode = TextMode.CDataSection;
            return HtmlTokenKind.End;
        }

        return BogusComment();
    }

    /// <summary>
    /// §13.2.5.43–5.52, behind <c>&lt;!--</c>. A comment ends at the first <c>--&gt;</c> or <c>--!&gt;</c>, or at once with <c>&gt;</c> or
    /// <c>-&gt;</c>; at the end of the input the dashes of an unfinished end are not part of it.
    /// </summary>
    private HtmlTokenKind Comment()
    {
        var rest = _input[_at..];
        if (rest.StartsWith(">"u8) || rest.StartsWith("->"u8))
        {
            _at += rest[0] == '>' ? 1 : 2;
            return CommentOf(default);
        }

        for (var from = 0; ;)
        {
            var hit = rest[from..].IndexOf("--"u8);
            if (hit < 0)
            {
                break;
            }

            from += hit;
            var tail = rest[(from + 2)..];
            var length = tail.StartsWith(">"u8) ? 3 : tail.StartsWith("!>"u8) ? 4 : 0;
            if (length > 0)
            {
                _at += from + length;
                return CommentOf(rest[..from]);
            }

            from++;
        }

        _at = _input.Length;
        var unfinished = rest.EndsWith("--!"u8) ? 3 : rest.EndsWith("--"u8) ? 2 : rest.EndsWith("-"u8) ? 1 : 0;
        return CommentOf(rest[..^unfinished]);
    }

    /// <summary>§13.2.5.41: up to the next greater-than sign.</summary>
    private HtmlTokenKind BogusComment()
    {
        var rest = _input[_at..];
        var end = rest.IndexOf((byte)'>');
        _at = end < 0 ? _input.Length : _at + end + 1;
        return CommentOf(end < 0 ? rest : rest[..end]);
    }

    private HtmlTokenKind CommentOf(ReadOnlySpan<byte> text)
    {
        Text = WithoutNul(text);
        return HtmlTokenKind.Comment;
    }

    private readonly ReadOnlySpan<byte> WithoutNul(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)0))
        {
            return text;
        }

        var start = _scratch.Used;
        for (var nul = text.IndexOf((byte)0); nul >= 0; nul = text.IndexOf((byte)0))
        {
            _scratch.Append(text[..nul]);
            _scratch.Append("\uFFFD"u8);
            text = text[(nul + 1)..];
        }

        _scratch.Append(text);
        return _scratch.Slice(start, _scratch.Used - start);
    }

    /// <summary>§13.2.5.53–5.68, behind the word DOCTYPE.</summary>
    private void Doctype()
    {
        PublicId = SystemId = Name = default;
        HasPublicId = HasSystemId = HasName = ForceQuirks = false;
        SkipSpace();
        if (_at == _input.Length || _input[_at] == '>')
        {
            ForceQuirks = true;
            _at = Math.Min(_at + 1, _input.Length);
            return;
        }

        var start = _at;
        while (_at < _input.Length && !HtmlBytes.IsSpace(_input[_at]) && _input[_at] != '>')
        {
            _at++;
        }

        HasName = true;
        _scratch.AppendFolded(_input[start.._at]);
        var name = _scratch.Used;
        SkipSpace();
        if (_at == _input.Length)
        {
            ForceQuirks = true;
        }
        else
        {
            Identifiers();
        }

        // Last, because the scratch may move while it grows.
        Name = _scratch.Slice(0, name);
        _at = Math.Min(_at, _input.Length);
    }

    private void Identifiers()
    {
        var rest = _input[_at..];
        if (rest[0] == '>')
        {
            _at++;
            return;
        }

        var isPublic = rest.Length >= 6 && System.Text.Ascii.EqualsIgnoreCase(rest[..6], "public"u8);
        if (!isPublic && !(rest.Length >= 6 && System.Text.Ascii.EqualsIgnoreCase(rest[..6], "system"u8)))
        {
            ForceQuirks = true;
            BogusDoctype();
            return;
        }

        _at += 6;
        if (isPublic)
        {
            var wellFormed = Identifier(out var publicId, out var has);
            PublicId = publicId;
            HasPublicId = has;
            if (!wellFormed)
            {
                return;
            }

            SkipSpace();
            if (_at < _input.Length && _input[_at] == '>')
            {
                _at++;
                return;
            }

            if (_at < _input.Length && _input[_at] is not ((byte)'"' or (byte)'\''))
            {
                ForceQuirks = true;
                BogusDoctype();
                return;
            }
        }

        var goesOn = Identifier(out var systemId, out var hasSystem);
        SystemId = systemId;
        HasSystemId = hasSystem;
        if (goesOn)
        {
            SkipSpace();
            ForceQuirks = _at == _input.Length;
            BogusDoctype();
        }
    }

    /// <summary>One quoted identifier. False: the DOCTYPE is over, with quirks.</summary>
    private bool Identifier(out ReadOnlySpan<byte> id, out bool has)
    {
        id = default;
        has = false;
        SkipSpace();
        if (_at == _input.Length || _input[_at] is not ((byte)'"' or (byte)'\''))
        {
            ForceQuirks = true;
            BogusDoctype();
            return false;
        }

        has = true;
        var quote = _input[_at++];
        var rest = _input[_at..];
        var end = rest.IndexOfAny(quote, (byte)'>');
        if (end >= 0 && rest[end] == quote)
        {
            _at += end + 1;
            id = WithoutNul(rest[..end]);
            return true;
        }

        ForceQuirks = true;
        _at = end < 0 ? _input.Length : _at + end + 1;
        id = WithoutNul(end < 0 ? rest : rest[..end]);
        return false;
    }

    private void BogusDoctype()
    {
        var end = _input[_at..].IndexOf((byte)'>');
        _at = end < 0 ? _input.Length : _at + end + 1;
    }

    private void SkipSpace()
    {
        while (_at < _input.Length && HtmlBytes.IsSpace(_input[_at]))
        {
            _at++;
        }
    }
}
