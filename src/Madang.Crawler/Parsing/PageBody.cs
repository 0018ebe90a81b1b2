using System.Buffers;
using System.Text.Unicode;

namespace Madang.Crawler.Parsing;

/// <summary>
/// A body as the tokeniser wants it: valid UTF-8 with line ends normalised (HTML §13.2.3.5). A page that is so already is handed through without a
/// copy; anything else is written once into a buffer that is kept for the next page.
/// </summary>
public sealed class PageBody : IDisposable
{
    /// <summary>A larger buffer is given back after its page.</summary>
    private const int Retained = 1 << 20;

    private byte[] _buffer = [];

    /// <summary>Broken sequences become U+FFFD as the Encoding Standard says (one for each maximal subpart).</summary>
    public ReadOnlySpan<byte> FromUtf8(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            return WithoutReturns(text);
        }

        var target = Rent(text.Length * 3); // at worst every byte is broken
        Span<char> chars = stackalloc char[2048];
        var used = 0;
        while (!text.IsEmpty)
        {
            _ = Utf8.ToUtf16(text, chars, out var read, out var made, replaceInvalidSequences: true);
            _ = Utf8.FromUtf16(chars[..made], target.AsSpan(used), out _, out var written);
            text = text[read..];
            used += written;
        }

        return Normalised(used);
    }

    /// <summary>Decodes: without the byte order mark, transcoded, line ends normalised.</summary>
    internal ReadOnlySpan<byte> From(Charset charset, ReadOnlySpan<byte> body)
    {
        if (ReferenceEquals(charset, Charset.Utf8))
        {
            return FromUtf8(body.StartsWith("\uFEFF"u8) ? body[3..] : body);
        }

        var marked = charset.Name.StartsWith("UTF-16", StringComparison.Ordinal) && body.Length > 1 && (body[0] ^ body[1]) == 1 && body[0] >= 0xFE;
        return Normalised(charset.Transcode(marked ? body[2..] : body, this));
    }

    /// <summary>A buffer of at least this size that is kept until the next page; what it held is lost.</summary>
    internal byte[] Rent(int size)
    {
        if (_buffer.Length < size)
        {
            Release();
            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }

        return _buffer;
    }

    /// <summary>As <see cref="Rent"/>, with the first bytes kept.</summary>
    internal byte[] Grow(int size, int used)
    {
        if (_buffer.Length < size)
        {
            var larger = ArrayPool<byte>.Shared.Rent(size);
            _buffer.AsSpan(0, used).CopyTo(larger);
            Release();
            _buffer = larger;
        }

        return _buffer;
    }

    /// <summary>Gives back what an unusually large page needed.</summary>
    public void Trim()
    {
        if (_buffer.Length > Retained)
        {
            Release();
        }
    }

    private ReadOnlySpan<byte> WithoutReturns(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\r'))
        {
            return text;
        }

        var target = Rent(text.Length);
        return target.AsSpan(0, CopyLines(text, target));
    }

    private Span<byte> Normalised(int used)
    {
        var text = _buffer.AsSpan(0, used);
        return text.Contains((byte)'\r') ? text[..CopyLines(text, text)] : text;
    }

    /// <summary>CR LF and CR become LF. Source and target may be the same: it never writes ahead of what it read.</summary>
    private static int CopyLines(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var used = 0;
        while (true)
        {
            var hit = text.IndexOf((byte)'\r');
            var line = hit < 0 ? text : text[..hit];
            line.CopyTo(target[used..]);
            used += line.Length;
            if (hit < 0)
            {
                return used;
            }

            target[used++] = (byte)'\n';
            text = text[(hit + (hit + 1 < text.Length && text[hit + 1] == '\n' ? 2 : 1))..];
        }
    }

    private void Release()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    public void Dispose() => Release();
}
