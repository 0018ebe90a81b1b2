using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Archive;

namespace Madang.Tests.Unit.Crawler.Archive;

/// <summary>An archive from anywhere is read within bounds, and what is wrong with it is told.</summary>
public sealed class WarcReaderTests : IDisposable
{
    private const string Id = "WARC-Record-ID: <urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8>\r\nWARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: http://e/\r\n";

    private readonly Archived _archive = new();

    public void Dispose() => _archive.Dispose();

    [Theory]
    [InlineData("not a gzip file at all", WarcFaults.NotGzip)]
    [InlineData("short", WarcFaults.CutShort)]
    public void What_is_no_gzip_is_told(string content, string code)
    {
        File.WriteAllText(_archive.Path("x.warc.gz"), content);
        Assert.Equal(code, Assert.Throws<WarcException>(() => _archive.Read("x.warc.gz")).Code);
    }

    [Theory]
    [InlineData("x", WarcFaults.BadHead)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", WarcFaults.BadHead)]
    [InlineData("WARC/1.1\r\nno colon\r\n\r\n", WarcFaults.BadHead)]
    [InlineData("WARC/1.1\r\nWARC-Type: response\r\n\r\n", WarcFaults.MissingField)]
    [InlineData("WARC/1.1\r\nContent-Length: -1\r\n\r\n", WarcFaults.MissingField)]
    [InlineData("WARC/1.1\r\nContent-Length: 99999999999999\r\n\r\n", WarcFaults.TooLarge)]
    [InlineData("WARC/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n", WarcFaults.MissingField)]
    [InlineData("WARC/1.1\r\nContent-Length: 5\r\n\r\nabcd\r\n\r\n", WarcFaults.WrongLength)]
    [InlineData("WARC/1.1\r\nContent-Length: 3\r\n\r\nabcd\r\n\r\n", WarcFaults.WrongLength)]
    [InlineData("WARC/1.1\r\nContent-Length: 4\r\n\r\nabcd", WarcFaults.WrongLength)]
    [InlineData("WARC/1.1\r\nContent-Length: 20000000\r\n\r\nabcd\r\n\r\n", WarcFaults.WrongLength)]
    public void What_is_no_record_is_told(string record, string code)
    {
        Write(record);
        Assert.Equal(code, Assert.Throws<WarcException>(() => _archive.Read("x.warc.gz")).Code);
    }

    [Fact]
    public void A_head_without_end_and_a_block_beyond_the_limit_are_refused()
    {
        Write("WARC/1.1\r\nX: " + new string('a', 10_000_000));
        Assert.Equal(WarcFaults.TooLarge, Assert.Throws<WarcException>(() => _archive.Read("x.warc.gz")).Code);
        Write("WARC/1.1\r\nContent-Length: 2000\r\n\r\n" + new string('a', 2000) + "\r\n\r\n");
        using var reader = WarcReader.Open(_archive.Path("x.warc.gz"), maxBlock: 1999);
        Assert.Equal(WarcFaults.TooLarge, Assert.Throws<WarcException>(reader.Read).Code);
    }

    [Fact]
    public void Memory_follows_what_is_there_not_what_is_promised()
    {
        Write("WARC/1.1\r\nContent-Length: 60000000\r\n\r\nabcd\r\n\r\n");
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = Assert.Throws<WarcException>(() => _archive.Read("x.warc.gz"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Every_cut_of_a_file_reads_the_whole_records_before_it()
    {
        using var members = Archived.Visit("http://example.com/", new string('x', 300) + Guid.Empty);
        var bytes = members.Bytes.ToArray();
        var ends = _archive.Read(members).Select(r => (int)(r.Offset + r.Length)).ToList();
        for (var length = 1; length < bytes.Length; length++)
        {
            File.WriteAllBytes(_archive.Path("cut.warc.gz"), bytes.AsSpan(0, length));
            using var reader = WarcReader.Open(_archive.Path("cut.warc.gz"));
            for (var whole = ends.Count(e => e <= length); whole > 0; whole--)
            {
                Assert.NotNull(reader.Read());
            }

            if (!ends.Contains(length))
            {
                _ = Assert.Throws<WarcException>(reader.Read);
            }
        }
    }

    [Fact]
    public void No_damage_does_more_than_be_told() => Prop.ForAll<int, byte>((at, value) =>
    {
        using var members = Archived.Visit("http://example.com/", "<p>some text</p>", extras: false);
        var bytes = members.Bytes.ToArray();
        var place = (int)((uint)at % bytes.Length);
        bytes[place] ^= value;
        File.WriteAllBytes(_archive.Path("x.warc.gz"), bytes);
        // Some bits of a gzip head and of the padding between blocks mean nothing: then nothing is lost.
        return !WarcValidation.Check(_archive.Path("x.warc.gz"), CancellationToken.None).IsValid || "<p>some text</p>"u8.SequenceEqual(_archive.Read("x.warc.gz")[0].Payload.Span);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_wrong_digest_is_found_in_block_and_payload()
    {
        const string Http = "HTTP/1.1 200 OK\r\n\r\nbody";
        Write($"WARC/1.1\r\nWARC-Type: response\r\n{Id}WARC-Block-Digest: sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\nWARC-Payload-Digest: sha256:00\r\nContent-Length: {Http.Length}\r\n\r\n{Http}\r\n\r\n");
        Assert.Equal([WarcFaults.WrongBlockDigest, WarcFaults.WrongPayloadDigest], Faults());
    }

    [Fact]
    public void Ids_references_and_http_are_checked()
    {
        const string Record = $"WARC/1.1\r\nWARC-Type: metadata\r\n{Id}WARC-Concurrent-To: <urn:uuid:none>\r\nContent-Length: 0\r\n\r\n\r\n\r\n";
        Write(Record, Record, $"WARC/1.0\r\nWARC-Type: response\r\n{Id.Replace('6', '7')}Content-Length: 4\r\n\r\nbody\r\n\r\n", "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n\r\n\r\n");
        Assert.Equal([WarcFaults.RepeatedId, WarcFaults.BadHttp, WarcFaults.MissingField, WarcFaults.UnknownConcurrent, WarcFaults.UnknownConcurrent], Faults());
    }

    [Fact]
    public void The_checksum_is_that_of_gzip()
    {
        // The check value of CRC-32/ISO-HDLC.
        Assert.Equal(0xCBF43926, Crc32.Add(0, "123456789"u8));
        Assert.Equal(0xCBF43926, Crc32.Add(Crc32.Add(0, "12345"u8), "6789"u8));
        Assert.Equal(Crc32.Add(0, new byte[100]), Enumerable.Range(0, 100).Aggregate(0u, (crc, _) => Crc32.Add(crc, [0])));
    }

    private IEnumerable<string> Faults() => WarcValidation.Check(_archive.Path("x.warc.gz"), TestContext.Current.CancellationToken).Faults.Select(f => f.Code);

    private void Write(params string[] records)
    {
        using var file = File.Create(_archive.Path("x.warc.gz"));
        foreach (var record in records)
        {
            using var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(Encoding.UTF8.GetBytes(record));
        }
    }
}
