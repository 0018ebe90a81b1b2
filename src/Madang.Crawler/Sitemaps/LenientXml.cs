using System.Net;

namespace Madang.Crawler.Sitemaps;

/// <summary>
/// Mends on the way to the XML parser what many sitemaps and feeds get wrong, an ampersand that is no reference (<c>?a=1&amp;b=2</c> unescaped) or a reference of HTML
/// (<c>&amp;nbsp;</c>), a control character, and ends the document at a tag that is longer than any should be: its attributes would fill the memory.
/// </summary>
internal sealed class LenientXml(TextReader source) : TextReader
{
    private const int MaxTag = 65_536;
    private const int LongestReference = 12;

    private readonly char[] _buffer = new char[8_192];
    private int _start;
    private int _end;
    private string _pending = "";
    private int _pendingAt;
    private string? _until;
    private int _tag;
    private bool _isOver;

    public override int Peek() => -1;

    public override int Read()
    {
        var one = new char[1];
        return Read(one, 0, 1) == 1 ? one[0] : -1;
    }

    public override int Read(char[] buffer, int index, int count)
    {
        var written = 0;
        while (written < count)
        {
            if (_pendingAt < _pending.Length)
            {
                buffer[index + written++] = _pending[_pendingAt++];
                continue;
            }

            if (!Step(out var letter))
            {
                break;
            }

            if (letter != '\0')
            {
                buffer[index + written++] = letter;
            }
        }

        return written;
    }

    /// <summary>One character of the source; it may leave a replacement pending instead (and then gives a zero). False at the end.</summary>
    private bool Step(out char letter)
    {
        letter = '\0';
        if (_isOver || !Fill(LongestReference))
        {
            return false;
        }

        letter = _buffer[_start++];
        letter = letter is < ' ' and not ('\t' or '\n' or '\r') or >= '\uFFFE' ? '\uFFFD' : letter;
        if (_until is not null)
        {
            Inside(letter);
        }
        else if (_tag > 0)
        {
            _tag = letter == '>' ? 0 : _tag + 1;
            _isOver = _tag > MaxTag;
        }
        else if (letter == '<')
        {
            Open();
        }

        if (letter == '&' && _until is null)
        {
            Reference();
            letter = '\0';
        }

        return true;
    }

    private void Open()
    {
        var ahead = _buffer.AsSpan(_start.._end);
        _until = ahead.StartsWith("![CDATA[") ? "]]>" : ahead.StartsWith("!--") ? "-->" : ahead.StartsWith("?") ? "?>" : ahead.StartsWith("!") ? ">" : null;
        _tag = _until is null ? 1 : 0;
    }

    private void Inside(char letter)
    {
        if (letter == '>' && _buffer.AsSpan(0, _start).EndsWith(_until))
        {
            _until = null;
        }
    }

    private void Reference()
    {
        var ahead = _buffer.AsSpan(_start, Math.Min(LongestReference, _end - _start));
        var semicolon = ahead.IndexOf(';');
        var name = semicolon < 0 ? default : ahead[..semicolon];
        _pendingAt = 0;
        if (name is "amp" or "lt" or "gt" or "quot" or "apos" || IsNumber(name))
        {
            _pending = "&";
            return;
        }

        var decoded = name.IsEmpty ? "" : WebUtility.HtmlDecode($"&{name};");
        if (decoded.Length == 1)
        {
            _pending = decoded;
            _start += semicolon + 1;
        }
        else
        {
            _pending = "&amp;";
        }
    }

    private static bool IsNumber(ReadOnlySpan<char> name)
    {
        var digits = name is ['#', 'x' or 'X', ..] ? name[2..] : name is ['#', ..] ? name[1..] : default;
        var isHex = name is ['#', 'x', ..];
        if (digits.IsEmpty || name is ['#', 'X', ..])
        {
            return false;
        }

        foreach (var digit in digits)
        {
            if (!(isHex ? char.IsAsciiHexDigit(digit) : char.IsAsciiDigit(digit)))
            {
                return false;
            }
        }

        return int.TryParse(digits, isHex ? System.Globalization.NumberStyles.HexNumber : System.Globalization.NumberStyles.None, null, out var scalar)
            && System.Text.Rune.IsValid(scalar);
    }

    /// <summary>Keeps the last characters before <see cref="_start"/>, for the ends of sections, and as many ahead as are wanted and there.</summary>
    private bool Fill(int wanted)
    {
        while (_end - _start < wanted)
        {
            if (_end == _buffer.Length)
            {
                var kept = Math.Max(0, _start - 3);
                _buffer.AsSpan(kept.._end).CopyTo(_buffer);
                _end -= kept;
                _start -= kept;
            }

            var read = source.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
            {
                break;
            }

            _end += read;
        }

        return _start < _end;
    }
}
