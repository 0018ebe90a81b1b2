using System.Text;

namespace Madang.Crawler.Sitemaps;

/// <summary>The encoding of an XML document: by its byte order mark, else by its declaration, else UTF-8 (XML 1.0, appendix F). Broken sequences become U+FFFD.</summary>
internal static class DocumentEncoding
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Encoding Of(ReadOnlySpan<byte> body, out int markBytes)
    {
        markBytes = body is [0xEF, 0xBB, 0xBF, ..] ? 3 : body is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] ? 2 : 0;
        return body switch
        {
            [0xFF, 0xFE, ..] or [(byte)'<', 0, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] or [0, (byte)'<', ..] => Encoding.BigEndianUnicode,
            _ => markBytes == 3 ? Utf8 : Declared(body),
        };
    }

    private static Encoding Declared(ReadOnlySpan<byte> body)
    {
        var head = Encoding.Latin1.GetString(body[..Math.Min(body.Length, 256)]).TrimStart();
        var end = head.IndexOf("?>", StringComparison.Ordinal);
        var at = head.IndexOf("encoding", StringComparison.Ordinal);
        if (!head.StartsWith("<?xml", StringComparison.Ordinal) || at < 0 || at > end)
        {
            return Utf8;
        }

        var name = head[(at + "encoding".Length)..end].Trim(' ', '\t', '\r', '\n', '=').Split('"', '\'') is [_, var quoted, ..] ? quoted : "";
        try
        {
            // A declaration that was read in single bytes cannot mean UTF-16.
            return name.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? Utf8 : Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Utf8;
        }
    }
}
