using System.Buffers;

namespace Madang.Crawler.Urls;

/// <summary>RFC 3986 §6.2.2.1 and §6.2.2.2: hexadecimal digits in upper case, no escapes for unreserved characters.</summary>
internal static class Escapes
{
    private static readonly SearchValues<byte> Unreserved = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"u8);

    public static void Simplify(Url url)
    {
        var text = url.Buffer.AsSpan(url.PathStart..url.QueryEnd);
        var first = text.IndexOf((byte)'%');
        if (first < 0)
        {
            return;
        }

        // Two parts, because the query's offset moves when the path gets shorter.
        if (first < url.PathEnd - url.PathStart)
        {
            var path = url.Buffer.AsSpan(url.PathStart..url.PathEnd);
            Shorten(url, url.PathStart, path.Length, Simplify(path));
        }

        if (url.HasQuery)
        {
            var query = url.Buffer.AsSpan((url.QueryStart + 1)..url.QueryEnd);
            Shorten(url, url.QueryStart + 1, query.Length, Simplify(query));
        }
    }

    private static void Shorten(Url url, int start, int before, int after)
    {
        if (after < before)
        {
            url.Cut(start + after, before - after);
        }
    }

    /// <summary>Works in place and returns the new length.</summary>
    private static int Simplify(Span<byte> text)
    {
        var to = text.IndexOf((byte)'%');
        if (to < 0)
        {
            return text.Length;
        }

        for (var from = to; from < text.Length; from++)
        {
            var value = PercentSet.Escaped(text[from..]);
            if (value < 0)
            {
                text[to++] = text[from];
                continue;
            }

            if (Unreserved.Contains((byte)value) && !WouldBecomeEscape(text[..to], (byte)value))
            {
                text[to++] = (byte)value;
            }
            else
            {
                text[to] = (byte)'%';
                text[to + 1] = Upper(text[from + 1]);
                text[to + 2] = Upper(text[from + 2]);
                to += 3;
            }

            from += 2;
        }

        return to;
    }

    /// <summary>"%%34" and "%4%31" hold a lone percent sign: decoding the digit after it would make an escape that was not there.</summary>
    private static bool WouldBecomeEscape(ReadOnlySpan<byte> before, byte value) =>
        PercentSet.Digit(value) >= 0 && (before is [.., (byte)'%'] || (before is [.., (byte)'%', var digit] && PercentSet.Digit(digit) >= 0));

    private static byte Upper(byte digit) => digit >= 'a' ? (byte)(digit - 0x20) : digit;
}
