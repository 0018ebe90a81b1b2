using System.Buffers.Text;
using System.Globalization;

namespace Madang.Crawler.Archive;

/// <summary>
/// A line of a CDXJ index as pywb reads it: <c>SURT 20260102030405 {"url":…,"mime":…,"status":…,"digest":…,"length":…,"offset":…,"filename":…}</c>. The worker writes all but the
/// last two fields, which are known when the record has its place.
/// </summary>
internal static class CdxjLine
{
    /// <param name="digest">Of the payload; empty where the record tells none.</param>
    /// <param name="length">Of the gzip member.</param>
    public static void Begin(
        PooledOutput output, ReadOnlySpan<byte> url, DateTimeOffset at, ReadOnlySpan<byte> mime, int status, ReadOnlySpan<byte> digest, int length)
    {
        Surt.Write(url, output);
        _ = at.UtcDateTime.TryFormat(output.Room(32), out var written, "' 'yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write(" {\"url\":\""u8);
        Escaped(output, url);
        output.Write("\",\"mime\":\""u8);
        Escaped(output, mime.IsEmpty ? "unk"u8 : mime);
        output.Write("\",\"status\":\""u8);
        Number(output, status);
        if (!digest.IsEmpty)
        {
            output.Write("\",\"digest\":\""u8);
            Escaped(output, digest);
        }

        output.Write("\",\"length\":\""u8);
        Number(output, length);
    }

    public static void End(PooledOutput output, long offset, ReadOnlySpan<byte> file)
    {
        output.Write("\",\"offset\":\""u8);
        Number(output, offset);
        output.Write("\",\"filename\":\""u8);
        Escaped(output, file);
        output.Write("\"}\n"u8);
    }

    private static void Number(PooledOutput output, long number)
    {
        _ = Utf8Formatter.TryFormat(number, output.Room(20), out var written);
        output.Advance(written);
    }

    /// <summary>Within a JSON string (RFC 8259 §7). Bytes beyond ASCII, which a server may send in any encoding, are told as U+FFFD.</summary>
    private static void Escaped(PooledOutput output, ReadOnlySpan<byte> text)
    {
        foreach (var letter in text)
        {
            switch (letter)
            {
                case (byte)'"' or (byte)'\\':
                    output.WriteByte((byte)'\\');
                    output.WriteByte(letter);
                    break;
                case < 0x20 or 0x7F:
                    output.WriteByte((byte)' ');
                    break;
                case > 0x7F:
                    output.Write("\\ufffd"u8);
                    break;
                default:
                    output.WriteByte(letter);
                    break;
            }
        }
    }
}
