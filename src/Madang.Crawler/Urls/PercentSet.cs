using System.Buffers;

namespace Madang.Crawler.Urls;

/// <summary>
/// A percent-encode set of the URL standard (url.spec.whatwg.org §1.3): the bytes of a part that are written as <c>%XX</c>. Every set holds the C0 controls, DEL and what
/// is not ASCII.
/// </summary>
internal sealed class PercentSet
{
    public static readonly PercentSet Control = new("");
    public static readonly PercentSet Fragment = new(" \"<>`");
    public static readonly PercentSet Query = new(" \"#<>");
    public static readonly PercentSet SpecialQuery = new(" \"#<>'");
    public static readonly PercentSet Path = new(" \"#<>?^`{}");
    public static readonly PercentSet UserInfo = new(" \"#<>?^`{}/:;=@[\\]|");

    private static ReadOnlySpan<byte> Hex => "0123456789ABCDEF"u8;

    private readonly SearchValues<byte> _encoded;

    private PercentSet(string more)
    {
        var bytes = Enumerable.Range(0, 256).Where(value => value < 0x20 || value > 0x7E || more.Contains((char)value, StringComparison.Ordinal));
        _encoded = SearchValues.Create([.. bytes.Select(value => (byte)value)]);
    }

    /// <summary>Writes the bytes of <paramref name="from"/>, encoded, and returns how many were written. <paramref name="to"/> must have room for three times as many.</summary>
    public int Encode(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var written = 0;
        while (true)
        {
            var plain = from.IndexOfAny(_encoded);
            if (plain < 0)
            {
                from.CopyTo(to[written..]);
                return written + from.Length;
            }

            from[..plain].CopyTo(to[written..]);
            written += plain;
            to[written] = (byte)'%';
            to[written + 1] = Hex[from[plain] >> 4];
            to[written + 2] = Hex[from[plain] & 15];
            written += 3;
            from = from[(plain + 1)..];
        }
    }

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int Digit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => -1,
    };

    /// <summary>The byte that the escape at the start of <paramref name="text"/> stands for, or -1 when there is none.</summary>
    public static int Escaped(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && text[0] == '%' && Digit(text[1]) is >= 0 and var high && Digit(text[2]) is >= 0 and var low ? (high << 4) | low : -1;

    /// <summary>Percent-decodes (§1.3); an escape that is none stays as it is. <paramref name="to"/> may be the same memory.</summary>
    public static int Decode(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var written = 0;
        for (var at = 0; at < from.Length; at++)
        {
            var value = Escaped(from[at..]);
            to[written++] = value < 0 ? from[at] : (byte)value;
            at += value < 0 ? 0 : 2;
        }

        return written;
    }
}
