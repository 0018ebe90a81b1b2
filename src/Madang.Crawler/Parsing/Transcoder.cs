using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Madang.Crawler.Parsing;

/// <summary>
/// Decodes one legacy encoding to UTF-8. ASCII runs are copied; the rest goes through a table made once from .NET's code page. Errors are the
/// Encoding Standard's: a lead byte before an ASCII byte that cannot be its trail is one U+FFFD and the ASCII byte stays, so a cut character never
/// swallows a tag.
/// </summary>
internal sealed class Transcoder
{
    private const char Bad = '\uFFFD';

    private readonly Charset _charset;
    private readonly Encoding? _encoding;

    /// <summary>Of a single-byte set: 128 entries. Of pairs: 128 leads × 256 trails; 0 is no character.</summary>
    private readonly char[] _table = [];

    /// <summary>EUC-JP: JIS X 0212 behind 0x8F.</summary>
    private readonly char[] _supplement = [];

    public Transcoder(Charset charset)
    {
        _charset = charset;
        if (charset.CodePage > 0)
        {
            _encoding = Encoding.GetEncoding(
                charset.Name == "gb18030" || charset.Name == "GBK" ? 54936 : charset.CodePage, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
        }

        if (charset.Kind == CharsetKind.SingleByte)
        {
            _table = Upper(charset.Upper);
        }
        else if (charset.Kind is CharsetKind.Pairs or CharsetKind.ShiftJis or CharsetKind.EucJp or CharsetKind.Gb18030)
        {
            _table = Pairs(_encoding!, mask: 0xFF);
            if (charset.Kind == CharsetKind.EucJp)
            {
                _supplement = Pairs(Encoding.GetEncoding(20932, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback), mask: 0x7F);
            }
        }
    }

    /// <summary>Writes UTF-8 into the body's buffer.</summary>
    /// <returns>How many bytes.</returns>
    public int Write(ReadOnlySpan<byte> source, PageBody body)
    {
        var target = new Target(body, source.Length);
        if (_charset.Kind == CharsetKind.Replacement)
        {
            target.Add(Bad);
            return target.Used;
        }

        if (_charset.Kind == CharsetKind.Stateful)
        {
            Stateful(source, ref target);
            return target.Used;
        }

        while (!source.IsEmpty)
        {
            var run = source.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (run < 0)
            {
                run = source.Length;
            }

            target.Add(source[..run]);
            source = source[run..];
            while (!source.IsEmpty && source[0] >= 0x80)
            {
                source = source[One(source, ref target)..];
            }
        }

        return target.Used;
    }

    /// <summary>One character that is not ASCII. Returns its bytes.</summary>
    private int One(ReadOnlySpan<byte> source, ref Target target)
    {
        var lead = source[0];
        switch (_charset.Kind)
        {
            case CharsetKind.SingleByte:
                target.Add(_table[lead - 0x80]);
                return 1;
            case CharsetKind.ShiftJis when lead is 0x80 or (>= 0xA1 and <= 0xDF):
                target.Add(lead == 0x80 ? '\u0080' : (char)(0xFF61 + lead - 0xA1));
                return 1;
            case CharsetKind.EucJp when source.Length > 1 && lead == 0x8E && source[1] is >= 0xA1 and <= 0xDF:
                target.Add((char)(0xFF61 + source[1] - 0xA1));
                return 2;
            case CharsetKind.EucJp when source.Length > 2 && lead == 0x8F && source[1] is >= 0xA1 and <= 0xFE && source[2] is >= 0xA1 and <= 0xFE:
                var supplement = _supplement[((source[1] - 0x80) << 8) | source[2]];
                target.Add(supplement == 0 ? Bad : supplement);
                return 3;
            case CharsetKind.Gb18030 when lead == 0x80:
                target.Add('€');
                return 1;
            case CharsetKind.Gb18030 when source.Length > 1 && source[1] is >= 0x30 and <= 0x39 && lead is >= 0x81 and <= 0xFE:
                return Four(source, ref target);
        }

        if (source.Length == 1)
        {
            target.Add(Bad);
            return 1;
        }

        var pair = _table[((lead - 0x80) << 8) | source[1]];
        target.Add(pair == 0 ? Bad : pair);
        return pair == 0 && source[1] < 0x80 ? 1 : 2;
    }

    private int Four(ReadOnlySpan<byte> source, ref Target target)
    {
        if (source.Length >= 4 && source[2] is >= 0x81 and <= 0xFE && source[3] is >= 0x30 and <= 0x39)
        {
            Span<char> chars = stackalloc char[8];
            target.Add(chars[.._encoding!.GetChars(source[..4], chars)]);
            return 4;
        }

        target.Add(Bad);
        return 1;
    }

    private void Stateful(ReadOnlySpan<byte> source, ref Target target)
    {
        var decoder = _encoding!.GetDecoder();
        Span<char> chars = stackalloc char[1024];
        var held = '\0';
        for (var done = false; !done || !source.IsEmpty;)
        {
            var from = 0;
            if (held != 0)
            {
                chars[from++] = held;
                held = '\0';
            }

            decoder.Convert(source, chars[from..], flush: true, out var taken, out var made, out done);
            source = source[taken..];
            made += from;
            if (!done && made > 0 && char.IsHighSurrogate(chars[made - 1]))
            {
                held = chars[--made];
            }

            target.Add(chars[..made]);
        }
    }

    private char[] Upper(string? own)
    {
        if (own is not null)
        {
            return own.ToCharArray();
        }

        var bytes = new byte[128];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(0x80 + i);
        }

        return _encoding!.GetChars(bytes);
    }

    private static char[] Pairs(Encoding encoding, byte mask)
    {
        var table = new char[128 * 256];
        Span<char> chars = stackalloc char[8];
        Span<byte> pair = stackalloc byte[2];
        for (var lead = 0x81; lead <= 0xFE; lead++)
        {
            for (var trail = 0x40; trail <= 0xFE; trail++)
            {
                (pair[0], pair[1]) = ((byte)lead, (byte)(trail & mask));
                var made = encoding.GetChars(pair, chars);
                if (made == 1 && chars[0] != Bad && !char.IsSurrogate(chars[0]))
                {
                    table[((lead - 0x80) << 8) | trail] = chars[0];
                }
            }
        }

        return table;
    }

    /// <summary>Appends UTF-8 to the body's buffer, which grows by doubling.</summary>
    private ref struct Target(PageBody body, int expected)
    {
        private byte[] _bytes = body.Rent(expected + (expected / 2) + 16);

        public int Used { get; private set; }

        public void Add(scoped ReadOnlySpan<byte> ascii)
        {
            Ensure(ascii.Length);
            ascii.CopyTo(_bytes.AsSpan(Used));
            Used += ascii.Length;
        }

        public void Add(char value)
        {
            Ensure(3);
            if (value >= 0x800)
            {
                _bytes[Used] = (byte)(0xE0 | (value >> 12));
                BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(Used + 1), (ushort)(0x8080 | ((value & 0xFC0) << 2) | (value & 0x3F)));
                Used += 3;
            }
            else if (value >= 0x80)
            {
                _bytes[Used++] = (byte)(0xC0 | (value >> 6));
                _bytes[Used++] = (byte)(0x80 | (value & 0x3F));
            }
            else
            {
                _bytes[Used++] = (byte)value;
            }
        }

        public void Add(scoped ReadOnlySpan<char> chars)
        {
            Ensure(chars.Length * 3);
            _ = Utf8.FromUtf16(chars, _bytes.AsSpan(Used), out _, out var made, replaceInvalidSequences: true);
            Used += made;
        }

        private void Ensure(int more)
        {
            if (Used + more > _bytes.Length)
            {
                _bytes = body.Grow(Math.Max(_bytes.Length * 2, Used + more), Used);
            }
        }
    }
}
