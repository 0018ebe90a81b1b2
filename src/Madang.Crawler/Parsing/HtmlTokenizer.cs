using System.Buffers;

namespace Madang.Crawler.Parsing;

/// <summary>
/// A WHATWG HTML tokeniser (HTML §13.2.5) over UTF-8 in memory: no DOM, no allocation per token, text and values as slices of the input wherever
/// nothing had to be decoded. States that only tell characters of one token apart are loops here, so the code follows the sections of the standard,
/// not its 80 names. The input must be valid UTF-8 with line ends normalised to LF (<see cref="PageBody"/> does both); time is linear in its length.
/// Spans that a token hands out hold until the next <see cref="Read"/>.
/// </summary>
public ref partial struct HtmlTokenizer
{
    private static readonly SearchValues<byte> RcDataStops = SearchValues.Create("&\0"u8);

    private readonly ReadOnlySpan<byte> _input;
    private readonly TokenScratch _scratch;
    private readonly Span<byte> _number;
    private int _at;
    private ulong _lastStart;

    /// <summary>Where the raw text that is being read ends; −1 while nobody has looked.</summary>
    private int _rawEnd = -1;

    /// <param name="input">Valid UTF-8, line ends normalised.</param>
    /// <param name="scratch">Reused from page to page; one tokeniser at a time.</param>
    public HtmlTokenizer(ReadOnlySpan<byte> input, TokenScratch scratch)
    {
        _input = input;
        _scratch = scratch;
        _number = scratch.Number;
    }

    /// <summary>What <see cref="Read"/> found.</summary>
    public HtmlTokenKind Kind { get; private set; }

    /// <summary>How what follows is read. The caller sets it after a start tag, see <see cref="ContentModel"/>.</summary>
    public TextMode Mode
    {
        readonly get;
        set => (field, _rawEnd) = (value, -1);
    }

    /// <summary>Whether <c>&lt;![CDATA[</c> begins a CDATA section: true inside SVG and MathML.</summary>
    public bool AllowCData { get; set; }

    /// <summary>The text of a text token, the data of a comment.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The name of a tag or DOCTYPE, in lower case.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary><see cref="NameKey"/> of <see cref="Name"/>.</summary>
    internal ulong Key { get; private set; }

    public bool SelfClosing { get; private set; }

    /// <summary>The public identifier of a DOCTYPE; <see cref="HasPublicId"/> tells empty from missing.</summary>
    public ReadOnlySpan<byte> PublicId { get; private set; }

    public ReadOnlySpan<byte> SystemId { get; private set; }

    public bool HasPublicId { get; private set; }

    public bool HasSystemId { get; private set; }

    public bool HasName { get; private set; }

    /// <summary>The DOCTYPE is broken so far that it asks for quirks.</summary>
    public bool ForceQuirks { get; private set; }

    /// <summary>How many bytes of the input are behind.</summary>
    public readonly int Position => _at;

    /// <summary>Attributes of the start tag, duplicates dropped.</summary>
    public readonly int AttributeCount => _scratch.AttributeCount;

    public readonly ReadOnlySpan<byte> AttributeName(int index) => _scratch.Resolve(_scratch.Attributes[index].Name, _input);

    public readonly ReadOnlySpan<byte> AttributeValue(int index) => _scratch.Resolve(_scratch.Attributes[index].Value, _input);

    /// <summary>The value of an attribute, empty where there is none.</summary>
    internal readonly bool TryAttribute(ulong key, out ReadOnlySpan<byte> value)
    {
        var index = _scratch.IndexOf(key);
        value = index < 0 ? default : AttributeValue(index);
        return index >= 0;
    }

    internal readonly ReadOnlySpan<AttributeSlot> Attributes => _scratch.Attributes;

    internal readonly ReadOnlySpan<byte> Resolve(ByteRange range) => _scratch.Resolve(range, _input);

    /// <summary>For tests and fragments: as if this start tag had been read.</summary>
    public void SetLastStartTag(ReadOnlySpan<byte> name) => _lastStart = NameKey.Of(name);

    /// <summary>Reads the next token.</summary>
    public HtmlTokenKind Read()
    {
        _scratch.Clear();
        while (_at < _input.Length)
        {
            var kind = Mode switch
            {
                TextMode.Data => Data(),
                TextMode.CDataSection => CData(),
                _ => Raw(),
            };
            if (kind != HtmlTokenKind.End)
            {
                return Kind = kind;
            }
        }

        return Kind = HtmlTokenKind.End;
    }

    /// <summary>§13.2.5.1: text up to a tag; a character reference is a token of its own. End: nothing came of it, go on.</summary>
    private HtmlTokenKind Data()
    {
        var rest = _input[_at..];
        for (var i = 0; ; i++)
        {
            var hit = rest[i..].IndexOfAny((byte)'<', (byte)'&');
            if (hit < 0)
            {
                return Emit(rest.Length);
            }

            i += hit;
            if (rest[i] == '<')
            {
                if (OpensMarkup(rest[i..]))
                {
                    return i > 0 ? Emit(i) : Markup();
                }
            }
            else if (MayBeReference(rest[i..]))
            {
                if (i > 0)
                {
                    return Emit(i);
                }

                if (Reference(rest))
                {
                    return HtmlTokenKind.Text;
                }
            }
        }
    }

    /// <summary>§13.2.5.2–5.14: the text of title, style, script and their like, then their end tag.</summary>
    private HtmlTokenKind Raw()
    {
        if (_rawEnd < 0)
        {
            _rawEnd = Mode switch { TextMode.PlainText => _input.Length, TextMode.ScriptData => ScriptEnd(), _ => RawEnd() };
        }

        if (_at == _rawEnd)
        {
            Mode = TextMode.Data;
            return Markup();
        }

        var rest = _input[_at.._rawEnd];
        for (var i = 0; ; i++)
        {
            var hit = Mode == TextMode.RcData ? rest[i..].IndexOfAny(RcDataStops) : rest[i..].IndexOf((byte)0);
            if (hit < 0)
            {
                return Emit(rest.Length);
            }

            i += hit;
            if (rest[i] == 0)
            {
                return i > 0 ? Emit(i) : Replace();
            }

            if (MayBeReference(rest[i..]))
            {
                if (i > 0)
                {
                    return Emit(i);
                }

                if (Reference(rest))
                {
                    return HtmlTokenKind.Text;
                }
            }
        }
    }

    /// <summary>Where the appropriate end tag (§13.2.5: of the last start tag) begins, or the end of the input.</summary>
    private readonly int RawEnd()
    {
        for (var at = _at; ;)
        {
            var hit = _input[at..].IndexOf("</"u8);
            if (hit < 0)
            {
                return _input.Length;
            }

            at += hit + 2;
            if (EndsRawText(at))
            {
                return at - 2;
            }
        }
    }

    /// <summary>Whether a name that closes the raw text stands here, ended by white space, slash or greater-than.</summary>
    private readonly bool EndsRawText(int at)
    {
        var rest = _input[at..];
        var length = 0;
        while (length < rest.Length && char.IsAsciiLetter((char)rest[length]))
        {
            length++;
        }

        return length > 0 && length < rest.Length && HtmlBytes.EndsName(rest[length]) && FoldedKey(rest[..length]) == _lastStart;
    }

    private static ulong FoldedKey(ReadOnlySpan<byte> name)
    {
        Span<byte> folded = stackalloc byte[16];
        if (name.Length > folded.Length)
        {
            return 0;
        }

        for (var i = 0; i < name.Length; i++)
        {
            folded[i] = (byte)(name[i] | 0x20);
        }

        return NameKey.Of(folded[..name.Length]);
    }

    /// <summary>
    /// §13.2.5.15–5.31: where a script ends. Inside <c>&lt;!--</c> (1, escaped) a <c>&lt;script</c> makes it double escaped (2), where
    /// <c>&lt;/script&gt;</c> only leads back to 1; <c>--&gt;</c> leads back to 0.
    /// </summary>
    private readonly int ScriptEnd()
    {
        var escaped = 0;
        for (var at = _at; ;)
        {
            var hit = escaped == 0 ? _input[at..].IndexOf((byte)'<') : _input[at..].IndexOfAny((byte)'<', (byte)'-');
            if (hit < 0)
            {
                return _input.Length;
            }

            at += hit;
            var rest = _input[at..];
            var closes = rest.Length > 2 && rest[0] == '<' && rest[1] == '/';
            if (escaped != 2 && closes && EndsRawText(at + 2))
            {
                return at;
            }

            if (rest[0] == '-')
            {
                escaped = rest.StartsWith("-->"u8) ? 0 : escaped;
            }
            else if (escaped == 0 && rest.StartsWith("<!--"u8))
            {
                escaped = 1;
                at++; // to the dashes, which may be those of the end: <!-->
            }
            else if (escaped == 1 && IsScript(rest[1..]))
            {
                escaped = 2;
            }
            else if (escaped == 2 && closes && IsScript(rest[2..]))
            {
                escaped = 1;
            }

            at++;
        }
    }

    private static bool IsScript(ReadOnlySpan<byte> text) =>
        text.Length > 6 && HtmlBytes.EndsName(text[6]) && System.Text.Ascii.EqualsIgnoreCase(text[..6], "script"u8);

    /// <summary>§13.2.5.69: text to <c>]]&gt;</c>.</summary>
    private HtmlTokenKind CData()
    {
        var rest = _input[_at..];
        var end = rest.IndexOf("]]>"u8);
        if (end != 0)
        {
            return Emit(end < 0 ? rest.Length : end);
        }

        _at += 3;
        Mode = TextMode.Data;
        return HtmlTokenKind.End;
    }

    private HtmlTokenKind Emit(int length)
    {
        Text = _input.Slice(_at, length);
        _at += length;
        return HtmlTokenKind.Text;
    }

    private HtmlTokenKind Replace()
    {
        Text = "\uFFFD"u8;
        _at++;
        return HtmlTokenKind.Text;
    }

    private bool Reference(ReadOnlySpan<byte> text)
    {
        var taken = CharacterReferences.Decode(text, false, _number, out var decoded);
        if (taken == 0)
        {
            return false;
        }

        Text = decoded;
        _at += taken;
        return true;
    }

    private static bool MayBeReference(ReadOnlySpan<byte> text) => text.Length > 1 && (text[1] == '#' || char.IsAsciiLetterOrDigit((char)text[1]));

    private static bool OpensMarkup(ReadOnlySpan<byte> text) =>
        text.Length > 1 && (char.IsAsciiLetter((char)text[1]) || text[1] is (byte)'!' or (byte)'?' || (text[1] == '/' && text.Length > 2));
}
