using System.Buffers;

namespace Madang.Crawler.Parsing;

/// <summary>Tags and attributes: HTML §13.2.5.6–5.8 and 5.32–5.40.</summary>
public ref partial struct HtmlTokenizer
{
    private static readonly SearchValues<byte> UnquotedStops = SearchValues.Create("\t\n\f >&\0"u8);

    /// <summary>At a less-than sign that opens markup.</summary>
    private HtmlTokenKind Markup()
    {
        var next = _input[_at + 1];
        if (next == '!')
        {
            return Declaration();
        }

        if (next == '?')
        {
            _at++;
            return BogusComment();
        }

        if (next != '/')
        {
            _at++;
            if (!Tag())
            {
                return HtmlTokenKind.End;
            }

            _lastStart = Key;
            return HtmlTokenKind.StartTag;
        }

        _at += 2;
        if (char.IsAsciiLetter((char)_input[_at]))
        {
            if (!Tag())
            {
                return HtmlTokenKind.End;
            }

            _scratch.DropAttributes();
            return HtmlTokenKind.EndTag;
        }

        if (_input[_at] == '>')
        {
            _at++; // </> is nothing
            return HtmlTokenKind.End;
        }

        return BogusComment();
    }

    /// <summary>At the first letter of the name. False: the input ends inside the tag, which then is none.</summary>
    private bool Tag()
    {
        var name = ReadName(HtmlBytes.Ends, out var key);
        SelfClosing = false;
        while (_at < _input.Length)
        {
            var next = _input[_at];
            if (next == '>')
            {
                _at++;
                Name = _scratch.Resolve(name, _input);
                Key = key;
                return true;
            }

            if (HtmlBytes.IsSpace(next))
            {
                _at++;
            }
            else if (next == '/')
            {
                _at++;
                SelfClosing = _at < _input.Length && _input[_at] == '>';
            }
            else if (!Attribute())
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>One attribute. False: the input ends inside it.</summary>
    private bool Attribute()
    {
        var name = ReadName(HtmlBytes.EndsAttribute, out var key);
        var keep = _scratch.Add(new AttributeSlot(key, name, default), _scratch.Resolve(name, _input), _input);
        while (_at < _input.Length && HtmlBytes.IsSpace(_input[_at]))
        {
            _at++;
        }

        if (_at == _input.Length || _input[_at] != '=')
        {
            return _at < _input.Length;
        }

        do
        {
            _at++;
        }
        while (_at < _input.Length && HtmlBytes.IsSpace(_input[_at]));

        if (_at == _input.Length)
        {
            return false;
        }

        return _input[_at] switch
        {
            (byte)'"' or (byte)'\'' => Quoted(_input[_at], keep),
            (byte)'>' => true,
            _ => Unquoted(keep),
        };
    }

    private bool Quoted(byte quote, bool keep)
    {
        var start = ++_at;
        var rest = _input[start..];
        var stop = rest.IndexOfAny(quote, (byte)'&', (byte)0);
        if (stop >= 0 && rest[stop] == quote)
        {
            _at += stop + 1;
            Keep(new ByteRange(start, stop), keep);
            return true;
        }

        var end = rest.IndexOf(quote);
        if (end < 0)
        {
            _at = _input.Length;
            return false;
        }

        _at += end + 1;
        if (keep)
        {
            _scratch.SetValue(Decoded(rest[..end]));
        }

        return true;
    }

    private bool Unquoted(bool keep)
    {
        var start = _at;
        var decode = false;
        while (true)
        {
            var stop = _input[_at..].IndexOfAny(UnquotedStops);
            if (stop < 0)
            {
                _at = _input.Length;
                return false;
            }

            _at += stop;
            if (_input[_at] is not ((byte)'&' or 0))
            {
                break;
            }

            decode = true;
            _at++;
        }

        if (decode && keep)
        {
            _scratch.SetValue(Decoded(_input[start.._at]));
        }
        else
        {
            Keep(new ByteRange(start, _at - start), keep);
        }

        return true;
    }

    private readonly void Keep(ByteRange value, bool keep)
    {
        if (keep)
        {
            _scratch.SetValue(value);
        }
    }

    /// <summary>A value with references decoded and NUL replaced, in the scratch.</summary>
    private readonly ByteRange Decoded(ReadOnlySpan<byte> value)
    {
        var start = _scratch.Used;
        while (!value.IsEmpty)
        {
            var stop = value.IndexOfAny((byte)'&', (byte)0);
            if (stop < 0)
            {
                _scratch.Append(value);
                break;
            }

            _scratch.Append(value[..stop]);
            value = value[stop..];
            if (value[0] == 0)
            {
                _scratch.Append("\uFFFD"u8);
                value = value[1..];
            }
            else if (CharacterReferences.Decode(value, true, _number, out var decoded) is var taken and > 0)
            {
                _scratch.Append(decoded);
                value = value[taken..];
            }
            else
            {
                _scratch.Append("&"u8);
                value = value[1..];
            }
        }

        return new ByteRange(~start, _scratch.Used - start);
    }

    /// <summary>Reads up to a byte of one of the classes; upper case and NUL go through the scratch.</summary>
    private ByteRange ReadName(byte ends, out ulong key)
    {
        var classes = HtmlBytes.Classes;
        var input = _input;
        var start = _at;
        var at = start + 1; // an attribute may begin with an equals sign
        byte seen = classes[input[start]];
        while (at < input.Length && (classes[input[at]] & ends) == 0)
        {
            seen |= classes[input[at++]];
        }

        _at = at;
        if ((seen & HtmlBytes.Folds) == 0)
        {
            key = NameKey.Of(input, start, at - start);
            return new ByteRange(start, at - start);
        }

        var used = _scratch.Used;
        _scratch.AppendFolded(input[start..at]);
        key = NameKey.Of(_scratch.Slice(used, _scratch.Used - used));
        return new ByteRange(~used, _scratch.Used - used);
    }
}
