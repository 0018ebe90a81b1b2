using System.Buffers;
using System.Text;

namespace Madang.Crawler.Parsing;

/// <summary>The prescan of HTML §13.2.3.2: looks for a meta that names the encoding before anything is decoded.</summary>
internal static class MetaPrescan
{
    private static readonly SearchValues<byte> EndsTag = SearchValues.Create("\t\n\f\r >"u8);
    private static readonly SearchValues<byte> EndsLabel = SearchValues.Create("\t\n\f\r ;"u8);

    public static Charset? Find(ReadOnlySpan<byte> head)
    {
        for (var at = 0; at < head.Length; at++)
        {
            var hit = head[at..].IndexOf((byte)'<');
            if (hit < 0)
            {
                return null;
            }

            at += hit;
            var rest = head[at..];
            if (rest.StartsWith("<!--"u8))
            {
                // The dashes of the start may be those of the end.
                var end = rest[2..].IndexOf("-->"u8);
                if (end < 0)
                {
                    return null;
                }

                at += end + 4;
            }
            else if (rest.Length > 5 && Ascii.EqualsIgnoreCase(rest[..5], "<meta"u8) && IsGap(rest[5]))
            {
                at += 5;
                if (Meta(head, ref at) is { } charset)
                {
                    return charset;
                }

                at--;
            }
            else if (rest.Length > 1 && (char.IsAsciiLetter((char)rest[1]) || (rest.Length > 2 && rest[1] == '/' && char.IsAsciiLetter((char)rest[2]))))
            {
                var gap = rest.IndexOfAny(EndsTag);
                if (gap < 0)
                {
                    return null;
                }

                at += gap;
                while (Attribute(head, ref at, out _, out _))
                {
                }
            }
            else if (rest.Length > 1 && rest[1] is (byte)'!' or (byte)'/' or (byte)'?')
            {
                var end = rest.IndexOf((byte)'>');
                if (end < 0)
                {
                    return null;
                }

                at += end;
            }
        }

        return null;
    }

    /// <summary>Extracts an encoding from a meta's content or a Content-Type (HTML §2.6.2).</summary>
    public static Charset? CharsetIn(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var hit = IndexOfCharset(text);
            if (hit < 0)
            {
                return null;
            }

            text = text[(hit + 7)..].TrimStart("\t\n\f\r "u8);
            if (text.IsEmpty || text[0] != '=')
            {
                continue;
            }

            text = text[1..].TrimStart("\t\n\f\r "u8);
            if (text.IsEmpty)
            {
                return null;
            }

            if (text[0] is (byte)'"' or (byte)'\'')
            {
                var close = text[1..].IndexOf(text[0]);
                return close < 0 ? null : Charset.Find(text.Slice(1, close));
            }

            var end = text.IndexOfAny(EndsLabel);
            return Charset.Find(end < 0 ? text : text[..end]);
        }
    }

    private static int IndexOfCharset(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i + 7 <= text.Length; i++)
        {
            if ((text[i] | 0x20) == 'c' && Ascii.EqualsIgnoreCase(text.Slice(i, 7), "charset"u8))
            {
                return i;
            }
        }

        return -1;
    }

    private static Charset? Meta(ReadOnlySpan<byte> head, ref int at)
    {
        Charset? charset = null;
        bool pragma = false, seenPragma = false, seenContent = false, seenCharset = false;
        bool? needsPragma = null;
        while (Attribute(head, ref at, out var name, out var value))
        {
            if (!seenPragma && Ascii.EqualsIgnoreCase(name, "http-equiv"u8))
            {
                seenPragma = true;
                pragma = Ascii.EqualsIgnoreCase(value, "content-type"u8);
            }
            else if (!seenContent && Ascii.EqualsIgnoreCase(name, "content"u8))
            {
                seenContent = true;
                if (charset is null && CharsetIn(value) is { } inContent)
                {
                    (charset, needsPragma) = (inContent, true);
                }
            }
            else if (!seenCharset && Ascii.EqualsIgnoreCase(name, "charset"u8))
            {
                seenCharset = true;
                (charset, needsPragma) = (Charset.Find(value), false);
            }
        }

        if (charset is null || needsPragma is null || (needsPragma.Value && !pragma))
        {
            return null;
        }

        // A meta that could be read is not UTF-16, and x-user-defined is the standard's odd exception.
        return charset.Name switch
        {
            "UTF-16LE" or "UTF-16BE" => Charset.Utf8,
            "x-user-defined" => Charset.Windows1252,
            _ => charset,
        };
    }

    /// <summary>The standard's "get an attribute". False at the end of the tag.</summary>
    private static bool Attribute(ReadOnlySpan<byte> head, ref int at, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        while (at < head.Length && IsGap(head[at]))
        {
            at++;
        }

        if (at >= head.Length || head[at] == '>')
        {
            return false;
        }

        var start = at++;
        while (at < head.Length && head[at] is not ((byte)'=' or (byte)'>') && !IsGap(head[at]))
        {
            at++;
        }

        name = head[start..at];
        var after = at;
        while (after < head.Length && IsSpace(head[after]))
        {
            after++;
        }

        if (after >= head.Length || head[after] != '=')
        {
            return at < head.Length;
        }

        at = after + 1;
        while (at < head.Length && IsSpace(head[at]))
        {
            at++;
        }

        if (at >= head.Length)
        {
            return false;
        }

        var quote = head[at];
        var rest = head[at..];
        if (quote is (byte)'"' or (byte)'\'')
        {
            var close = rest[1..].IndexOf(quote);
            at += close < 0 ? rest.Length : close + 2;
            value = close < 0 ? default : rest.Slice(1, close);
            return close >= 0;
        }

        var end = rest.IndexOfAny(EndsTag);
        value = end < 0 ? rest : rest[..end];
        at += value.Length;
        return end >= 0;
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\f' or (byte)'\r';

    private static bool IsGap(byte value) => IsSpace(value) || value == '/';
}
