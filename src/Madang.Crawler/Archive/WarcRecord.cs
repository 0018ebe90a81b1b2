using System.Globalization;
using System.Text;

namespace Madang.Crawler.Archive;

/// <summary>A record as it was read. The block belongs to it.</summary>
internal sealed class WarcRecord
{
    private static readonly string[] Dates =
        [.. Enumerable.Range(0, 8).Select(n => "yyyy-MM-dd'T'HH:mm:ss" + (n == 0 ? "" : "." + new string('f', n)) + "'Z'")];

    private readonly List<KeyValuePair<string, string>> _fields;

    /// <param name="offset">Of the gzip member.</param>
    /// <param name="length">Of the gzip member.</param>
    public WarcRecord(List<KeyValuePair<string, string>> fields, ReadOnlyMemory<byte> block, long offset, long length) =>
        (_fields, Block, Offset, Length) = (fields, block, offset, length);

    public long Offset { get; }

    public long Length { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields => _fields;

    public ReadOnlyMemory<byte> Block { get; }

    /// <summary><c>response</c>; empty when the field is missing.</summary>
    public string Type => Field("WARC-Type") ?? "";

    /// <summary><c>urn:uuid:…</c></summary>
    public string? Id => Field("WARC-Record-ID")?.Trim('<', '>');

    public string? ConcurrentTo => Field("WARC-Concurrent-To")?.Trim('<', '>');

    /// <summary>Angle brackets are of WARC 1.0.</summary>
    public string? Url => Field("WARC-Target-URI")?.Trim('<', '>');

    public DateTimeOffset? Date =>
        DateTimeOffset.TryParseExact(Field("WARC-Date"), Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    /// <summary>Of a response, revisit or request: start line and headers with the empty line; empty where there is none.</summary>
    public ReadOnlySpan<byte> HttpHead
    {
        get
        {
            var end = Block.Span.IndexOf("\r\n\r\n"u8);
            return end < 0 ? default : Block.Span[..(end + 4)];
        }
    }

    /// <summary>What follows the head.</summary>
    public ReadOnlyMemory<byte> Payload => Block[HttpHead.Length..];

    /// <summary>The first value of a named field.</summary>
    public string? Field(string name)
    {
        foreach (var (key, value) in _fields)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Begins its line of the index.</summary>
    public void Index(PooledOutput line)
    {
        using var copy = new PooledOutput(HttpHead.Length + 64);
        var http = Archive.HttpHead.Copy(HttpHead, copy);
        var url = Encoding.UTF8.GetBytes(Url ?? "");
        var digest = Encoding.UTF8.GetBytes(Field("WARC-Payload-Digest") ?? "");
        CdxjLine.Begin(line, url, Date ?? default, Type == "revisit" ? "warc/revisit"u8 : http.Type, http.Status, digest, (int)Math.Min(Length, int.MaxValue));
    }
}
