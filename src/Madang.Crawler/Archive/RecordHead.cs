using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace Madang.Crawler.Archive;

/// <summary>Writes the named fields of a WARC record (WARC 1.1 §4). Nothing that a value holds can end its line.</summary>
internal readonly ref struct RecordHead(PooledOutput output)
{
    private static readonly SearchValues<byte> Unsafe = SearchValues.Create([.. Enumerable.Range(0, 0x21).Select(b => (byte)b), .. Enumerable.Range(0x7F, 0x81).Select(b => (byte)b)]);

    public void Begin(ReadOnlySpan<byte> type, Guid id, DateTimeOffset at)
    {
        output.Write("WARC/1.1\r\nWARC-Type: "u8);
        output.Write(type);
        Id("\r\nWARC-Record-ID: "u8, id);
        Date("WARC-Date: "u8, at);
    }

    /// <param name="name">With what stands before it on the line, and the colon and space.</param>
    public void Id(ReadOnlySpan<byte> name, Guid id)
    {
        output.Write(name);
        output.Write("<urn:uuid:"u8);
        _ = id.TryFormat(output.Room(36), out var length);
        output.Advance(length);
        output.Write(">\r\n"u8);
    }

    /// <summary>Microseconds, as WARC 1.1 allows.</summary>
    public void Date(ReadOnlySpan<byte> name, DateTimeOffset at)
    {
        output.Write(name);
        _ = at.UtcDateTime.TryFormat(output.Room(32), out var length, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'\r\n", CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    /// <summary>A URL: what may not stand in one is percent-encoded.</summary>
    public void Uri(ReadOnlySpan<byte> name, ReadOnlySpan<byte> url)
    {
        output.Write(name);
        while (!url.IsEmpty)
        {
            var clean = url.IndexOfAny(Unsafe);
            output.Write(clean < 0 ? url : url[..clean]);
            if (clean < 0)
            {
                break;
            }

            output.WriteByte((byte)'%');
            _ = url[clean].TryFormat(output.Room(2), out var length, "X2", CultureInfo.InvariantCulture);
            output.Advance(length);
            url = url[(clean + 1)..];
        }

        output.Write("\r\n"u8);
    }

    public void Uri(ReadOnlySpan<byte> name, string url) => Uri(name, Encoding.UTF8.GetBytes(url));

    public void Address(IPAddress address)
    {
        output.Write("WARC-IP-Address: "u8);
        _ = address.TryFormat(output.Room(65), out var length);
        output.Advance(length);
        output.Write("\r\n"u8);
    }

    /// <param name="hash">A SHA-256; written in Base32 (RFC 4648), as archives write their digests.</param>
    public void Digest(ReadOnlySpan<byte> name, ReadOnlySpan<byte> hash)
    {
        output.Write(name);
        Digest(output, hash);
        output.Write("\r\n"u8);
    }

    /// <summary><c>sha256:</c> and the digest.</summary>
    public static void Digest(PooledOutput output, ReadOnlySpan<byte> hash)
    {
        output.Write("sha256:"u8);
        Base32(output, hash);
    }

    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        output.Write(name);
        foreach (var letter in value)
        {
            output.WriteByte(letter < 0x20 || letter == 0x7F ? (byte)' ' : letter);
        }

        output.Write("\r\n"u8);
    }

    /// <param name="contentType">The whole line.</param>
    public void End(ReadOnlySpan<byte> contentType, int length)
    {
        output.Write(contentType);
        output.Write("\r\nContent-Length: "u8);
        _ = length.TryFormat(output.Room(11), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("\r\n\r\n"u8);
    }

    /// <summary>RFC 4648 §6 without padding, which archives leave out.</summary>
    public static void Base32(PooledOutput output, ReadOnlySpan<byte> hash)
    {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"u8;
        var text = output.Room((hash.Length * 8 / 5) + 1);
        int bits = 0, held = 0, at = 0;
        foreach (var value in hash)
        {
            held = ((held << 8) | value) & 0xFFFF;
            for (bits += 8; bits >= 5;)
            {
                bits -= 5;
                text[at++] = alphabet[(held >> bits) & 31];
            }
        }

        if (bits > 0)
        {
            text[at++] = alphabet[(held << (5 - bits)) & 31];
        }

        output.Advance(at);
    }
}
