using System.Text;
using System.Text.Unicode;

namespace Madang.Crawler.Parsing;

/// <summary>What the charset of a page was taken from, best first.</summary>
public enum CharsetSource
{
    ByteOrderMark,
    Header,
    Meta,

    /// <summary>Nobody said: the bytes are valid UTF-8.</summary>
    ValidUtf8,

    /// <summary>Nobody said: judged by which pairs of bytes occur.</summary>
    Statistics,
}

/// <summary>The encoding of a page (HTML §13.2.3.2): byte order mark, Content-Type, the meta prescan of 1,024 bytes, then what the bytes look like.</summary>
public static class CharsetDetection
{
    private const int PrescanBytes = 1024;

    /// <param name="body">As it came, decompressed.</param>
    /// <param name="contentType">The header's value, or null.</param>
    public static (Charset Charset, CharsetSource Source) Of(ReadOnlySpan<byte> body, string? contentType)
    {
        if (Mark(body) is { } marked)
        {
            return (marked, CharsetSource.ByteOrderMark);
        }

        if (FromHeader(contentType) is { } sent)
        {
            return (sent, CharsetSource.Header);
        }

        if (MetaPrescan.Find(body[..Math.Min(body.Length, PrescanBytes)]) is { } declared)
        {
            return (declared, CharsetSource.Meta);
        }

        if (Utf8.IsValid(body) || IsCutUtf8(body))
        {
            return (Charset.Utf8, CharsetSource.ValidUtf8);
        }

        return (CharsetStatistics.Guess(body), CharsetSource.Statistics);
    }

    private static Charset? Mark(ReadOnlySpan<byte> body) =>
        body.StartsWith("\uFEFF"u8) ? Charset.Utf8
        : body.StartsWith<byte>([0xFE, 0xFF]) ? Charset.Utf16Be
        : body.StartsWith<byte>([0xFF, 0xFE]) ? Charset.Utf16Le
        : null;

    /// <summary>The charset parameter of a Content-Type, or null.</summary>
    internal static Charset? FromHeader(string? contentType)
    {
        if (contentType is null || contentType.Length > 1024)
        {
            return null;
        }

        if (contentType.EndsWith("charset=utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return Charset.Utf8; // nearly all of them
        }

        Span<byte> bytes = stackalloc byte[1024];
        return Encoding.Latin1.TryGetBytes(contentType, bytes, out var length) ? MetaPrescan.CharsetIn(bytes[..length]) : null;
    }

    /// <summary>A body that was cut at its size limit ends inside a character.</summary>
    private static bool IsCutUtf8(ReadOnlySpan<byte> body)
    {
        for (var cut = 1; cut <= 3 && cut < body.Length; cut++)
        {
            if (body[^cut] >= 0xC0)
            {
                return Utf8.IsValid(body[..^cut]);
            }
        }

        return false;
    }
}
