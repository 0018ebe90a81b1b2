using System.Net;
using System.Security.Cryptography;
using System.Text;
using Madang.Crawler.Archive;

namespace Madang.Tests.Unit.Crawler.Archive;

/// <summary>A folder of archives and visits to put into it.</summary>
internal sealed class Archived : IDisposable
{
    public static readonly DateTimeOffset Then = new(2026, 3, 1, 9, 30, 15, 123, 456, TimeSpan.Zero);

    public string Folder { get; } = Directory.CreateTempSubdirectory("madang-warc-").FullName;

    public FakeTime Time { get; } = new(Then);

    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    public WarcSettings Settings(long maxBytes = 1 << 30) =>
        new() { Folder = Folder, Crawl = "7", Node = "node:1", MaxBytes = maxBytes, Fields = [new("software", "Madang/0.1"), new("format", "WARC File Format 1.1")] };

    public WarcWriter Open(IReadOnlyDictionary<string, long>? lengths = null, long maxBytes = 1 << 30) =>
        WarcWriter.Open(Settings(maxBytes), lengths ?? new Dictionary<string, long>(), Time, out _);

    public static WarcMembers Visit(string url, string body, string head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n", WarcRevisit? revisit = null, bool extras = true) =>
        WarcRecords.Exchange(new WarcExchange
        {
            Url = Encoding.UTF8.GetBytes(url),
            At = Then,
            Address = IPAddress.Parse("192.0.2.7"),
            RequestLines = extras ? "User-Agent: Madang\r\n"u8 : default,
            Head = Encoding.Latin1.GetBytes(head),
            Body = Encoding.UTF8.GetBytes(body),
            BodyHash = SHA256.HashData(Encoding.UTF8.GetBytes(body)),
            Revisit = revisit,
            Metadata = extras ? "via: https://example.com/\r\n"u8 : default,
        });

    public List<WarcRecord> Read(string file)
    {
        using var reader = WarcReader.Open(Path(file));
        var records = new List<WarcRecord>();
        while (reader.Read() is { } record)
        {
            records.Add(record);
        }

        return records;
    }

    public List<WarcRecord> Read(WarcMembers members)
    {
        File.WriteAllBytes(Path("one.warc.gz"), members.Bytes);
        return Read("one.warc.gz");
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
