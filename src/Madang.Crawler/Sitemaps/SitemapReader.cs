using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Sitemaps;

/// <summary>
/// Reads what lists URLs: sitemaps (sitemaps.org 0.9 with the news, image, video and hreflang extensions), lists in plain text, RSS, Atom and JSON Feed. The content tells
/// what it is, not its name. Every document is taken for hostile: it is read as a stream, no entity of its own is expanded, nothing outside is loaded, and size, depth,
/// length and number are bounded. What comes before a fault is kept.
/// </summary>
public static class SitemapReader
{
    /// <summary>The protocol's limit on one sitemap; more entries are left out.</summary>
    public const int MaxEntries = 50_000;

    /// <summary>The protocol's limit on the bytes of one sitemap, unpacked; the rest is left out.</summary>
    public const int MaxBytes = 50 * 1024 * 1024;

    /// <summary>The longest text of one element, in characters; more is left out.</summary>
    public const int MaxText = 65_536;

    /// <summary>Images, videos and alternates of one page.</summary>
    internal const int MaxPerEntry = 1_000;

    static SitemapReader() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="body">Without Content-Encoding; that of a <c>.gz</c> file is unpacked here.</param>
    public static SitemapContent Read(ReadOnlyMemory<byte> body)
    {
        if (body.Span is not [0x1F, 0x8B, ..])
        {
            var isLong = body.Length > MaxBytes;
            var content = ReadPlain(isLong ? body[..MaxBytes] : body);
            return isLong ? content with { IsCut = true } : content;
        }

        var (unpacked, isCut) = Unpack(body);
        var inner = ReadPlain(unpacked);
        return isCut ? inner with { IsCut = true } : inner;
    }

    private static SitemapContent ReadPlain(ReadOnlyMemory<byte> body)
    {
        var encoding = DocumentEncoding.Of(body.Span, out var markBytes);
        body = body[markBytes..];
        var start = body.Span.IndexOfAnyExcept(" \t\r\n\0"u8);
        return start < 0 ? Nothing(SitemapKind.Unknown) : body.Span[start] switch
        {
            // In UTF-16 the first byte may be the zero before it.
            (byte)'<' => XmlDocument(body[(encoding is UnicodeEncoding ? 0 : start)..], encoding),
            (byte)'{' => JsonFeed.Read(body.Span[start..]),
            _ => TextList(body, encoding),
        };
    }

    private static SitemapContent XmlDocument(ReadOnlyMemory<byte> body, Encoding encoding)
    {
        using var stream = Stream(body);
        using var text = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false);
        using var lenient = new LenientXml(text);
        return XmlWalk.Read(lenient);
    }

    /// <summary>Text sitemaps: one URL a line, nothing else. What is no http or https URL is left out; a document without any is none.</summary>
    private static SitemapContent TextList(ReadOnlyMemory<byte> body, Encoding encoding)
    {
        var urls = new List<SitemapUrl>();
        var url = new Url();
        var rest = encoding is UTF8Encoding ? body.Span : Encoding.UTF8.GetBytes(encoding.GetString(body.Span));
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
            var line = (end < 0 ? rest : rest[..end]).Trim(" \t"u8);
            rest = end < 0 ? default : rest[(end + 1)..];
            if (line.IsEmpty)
            {
                continue;
            }

            if (urls.Count == MaxEntries)
            {
                return new(SitemapKind.Text, urls, [], [], null, IsCut: true);
            }

            if (Url.TryParse(line, null, url) && url.Kind.IsWeb() && !line.ContainsAny((byte)' ', (byte)'<'))
            {
                urls.Add(new SitemapUrl(Encoding.UTF8.GetString(line)));
            }
            else if (urls.Count == 0)
            {
                return Nothing(SitemapKind.Unknown);
            }
        }

        return urls.Count == 0 ? Nothing(SitemapKind.Unknown) : new(SitemapKind.Text, urls, [], [], null, IsCut: false);
    }

    /// <summary>Unpacks up to <see cref="MaxBytes"/>; a broken archive gives what came before.</summary>
    private static (ReadOnlyMemory<byte> Body, bool IsCut) Unpack(ReadOnlyMemory<byte> packed)
    {
        using var from = Stream(packed);
        using var gzip = new GZipStream(from, CompressionMode.Decompress);
        using var to = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                var room = (int)(MaxBytes - to.Length);
                to.Write(buffer, 0, Math.Min(read, room));
                if (read > room)
                {
                    return (to.GetBuffer().AsMemory(0, MaxBytes), true);
                }
            }
        }
        catch (InvalidDataException)
        {
            return (to.GetBuffer().AsMemory(0, (int)to.Length), true);
        }

        return (to.GetBuffer().AsMemory(0, (int)to.Length), false);
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false) : new MemoryStream(bytes.ToArray(), writable: false);

    internal static SitemapContent Nothing(SitemapKind kind) => new(kind, [], [], [], null, IsCut: false);
}
