using System.Globalization;

namespace Madang.Crawler.Urls;

/// <summary>IPv6 addresses without their brackets (url.spec.whatwg.org §3.5), as eight pieces of 16 bits.</summary>
internal static class Ipv6Text
{
    /// <summary>The IPv6 parser. <paramref name="pieces"/> has room for eight.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, Span<ushort> pieces)
    {
        pieces.Clear();
        var piece = 0;
        var compress = -1;
        var at = 0;
        if (text is [(byte)':', ..])
        {
            if (text is not [_, (byte)':', ..])
            {
                return false;
            }

            at = 2;
            compress = 0;
        }

        while (at < text.Length)
        {
            if (piece == 8)
            {
                return false;
            }

            if (text[at] == ':')
            {
                if (compress >= 0)
                {
                    return false;
                }

                at++;
                compress = piece;
                continue;
            }

            var start = at;
            var value = 0;
            while (at < text.Length && at - start < 4 && PercentSet.Digit(text[at]) is >= 0 and var digit)
            {
                value = (value << 4) | digit;
                at++;
            }

            if (at < text.Length && text[at] == '.')
            {
                if (at == start || piece > 6 || !TryDotted(text[start..], pieces[piece..]))
                {
                    return false;
                }

                piece += 2;
                break;
            }

            if (at < text.Length && (text[at] != ':' || ++at == text.Length))
            {
                return false;
            }

            pieces[piece++] = (ushort)value;
        }

        return Spread(pieces, piece, compress);
    }

    /// <summary>Writes the shortest form (§3.6): the first longest run of two or more zeros is left out. At most 39 bytes.</summary>
    public static int Write(ReadOnlySpan<ushort> pieces, Span<byte> to)
    {
        var (compress, zeros) = LongestZeros(pieces);
        var written = 0;
        for (var piece = 0; piece < 8; piece++)
        {
            if (piece == compress)
            {
                (piece == 0 ? "::"u8 : ":"u8).CopyTo(to[written..]);
                written += piece == 0 ? 2 : 1;
                piece += zeros - 1;
                continue;
            }

            _ = pieces[piece].TryFormat(to[written..], out var length, "x", CultureInfo.InvariantCulture);
            written += length;
            if (piece < 7)
            {
                to[written++] = (byte)':';
            }
        }

        return written;
    }

    /// <summary>Four decimal numbers without leading zeros, to the end.</summary>
    private static bool TryDotted(ReadOnlySpan<byte> text, Span<ushort> pieces)
    {
        for (var number = 0; number < 4; number++)
        {
            var dot = number < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (dot is < 1 or > 3 || text[..dot].ContainsAnyExceptInRange((byte)'0', (byte)'9') || (dot > 1 && text[0] == '0'))
            {
                return false;
            }

            var value = 0;
            foreach (var digit in text[..dot])
            {
                value = (value * 10) + digit - '0';
            }

            if (value > 255)
            {
                return false;
            }

            pieces[number / 2] = (ushort)((pieces[number / 2] << 8) | value);
            text = number < 3 ? text[(dot + 1)..] : text;
        }

        return true;
    }

    private static bool Spread(Span<ushort> pieces, int count, int compress)
    {
        if (compress < 0)
        {
            return count == 8;
        }

        if (count < 8)
        {
            var tail = count - compress;
            pieces[compress..count].CopyTo(pieces[(8 - tail)..]);
            pieces[compress..(8 - tail)].Clear();
        }

        return true;
    }

    private static (int Start, int Length) LongestZeros(ReadOnlySpan<ushort> pieces)
    {
        var (best, longest) = (-1, 1);
        for (var piece = 0; piece < 8; piece++)
        {
            var end = piece;
            while (end < 8 && pieces[end] == 0)
            {
                end++;
            }

            if (end - piece > longest)
            {
                (best, longest) = (piece, end - piece);
            }

            piece = Math.Max(piece, end);
        }

        return (best, longest);
    }
}
