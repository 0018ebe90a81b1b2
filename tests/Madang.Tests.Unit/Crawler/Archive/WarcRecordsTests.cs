using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Crawler.Archive;

namespace Madang.Tests.Unit.Crawler.Archive;

/// <summary>What is written is WARC 1.1: the right fields, nothing that a server says can break out of its place, and it reads back.</summary>
public sealed class WarcRecordsTests : IDisposable
{
    private readonly Archived _archive = new();

    public void Dispose() => _archive.Dispose();

    [Fact]
    public void A_visit_is_a_response_its_request_and_its_metadata_each_a_member()
    {
        using var members = Archived.Visit("https://example.com/a?b=1", "<p>안녕</p>");
        var records = _archive.Read(members);
        Assert.Equal(["response", "request", "metadata"], records.Select(r => r.Type));
        Assert.Equal((0, members.FirstLength), (records[0].Offset, records[0].Length));
        Assert.All(records, r => Assert.Equal(("https://example.com/a?b=1", Archived.Then), (r.Url!, r.Date!.Value)));
        Assert.All(records.Skip(1), r => Assert.Equal(records[0].Id, r.ConcurrentTo));
        Assert.Equal(3, records.Select(r => r.Id).Distinct().Count());
        Assert.Equal("2026-03-01T09:30:15.123456Z", records[0].Field("WARC-Date"));
        Assert.Equal("192.0.2.7", records[0].Field("WARC-IP-Address"));
        Assert.Equal("<p>안녕</p>", Encoding.UTF8.GetString(records[0].Payload.Span));
        Assert.Equal("GET /a?b=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Madang\r\n\r\n", Encoding.UTF8.GetString(records[1].Block.Span));
        Assert.Equal("via: https://example.com/\r\n", Encoding.UTF8.GetString(records[2].Block.Span));
    }

    [Fact]
    public void Digests_are_of_the_payload_and_of_the_block()
    {
        using var members = Archived.Visit("http://example.com/", "abc", extras: false);
        var record = Assert.Single(_archive.Read(members));
        // SHA-256("abc") of FIPS 180-2, in Base32.
        Assert.Equal("sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ", record.Field("WARC-Payload-Digest"));
        Assert.True(WarcValidation.Check(_archive.Path("one.warc.gz"), TestContext.Current.CancellationToken).IsValid);
    }

    [Fact]
    public void A_head_is_kept_but_for_what_is_no_longer_true()
    {
        using var members = Archived.Visit(
            "http://example.com/", "x", "HTTP/2 200 OK\r\nServer: a\r\nTRANSFER-Encoding: chunked\r\nX: transfer-encoding: no\r\n\r\n", extras: false);
        var record = Assert.Single(_archive.Read(members));
        Assert.Equal(
            "HTTP/1.1 200 OK\r\nServer: a\r\nX-Archive-Orig-TRANSFER-Encoding: chunked\r\nX: transfer-encoding: no\r\n\r\nx", Encoding.ASCII.GetString(record.Block.Span));
        Assert.Equal("h2", record.Field("WARC-Protocol"));
    }

    [Fact]
    public void A_revisit_names_what_it_repeats_and_holds_no_body()
    {
        using var members = Archived.Visit("http://example.com/b", "same", revisit: new WarcRevisit(false, "http://example.com/a", Archived.Then.AddDays(-1)), extras: false);
        var record = Assert.Single(_archive.Read(members));
        Assert.Equal("revisit", record.Type);
        Assert.Equal("http://netpreserve.org/warc/1.1/revisit/identical-payload-digest", record.Field("WARC-Profile"));
        Assert.Equal("http://example.com/a", record.Field("WARC-Refers-To-Target-URI"));
        Assert.Equal("2026-02-28T09:30:15.123456Z", record.Field("WARC-Refers-To-Date"));
        Assert.Equal(0, record.Payload.Length);
        Assert.NotNull(record.Field("WARC-Payload-Digest"));
    }

    [Fact]
    public void Not_modified_has_a_profile_of_its_own()
    {
        using var members = Archived.Visit("http://example.com/b", "", "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n", new WarcRevisit(true, "http://example.com/b", Archived.Then));
        var records = _archive.Read(members);
        Assert.Equal("http://netpreserve.org/warc/1.1/revisit/server-not-modified", records[0].Field("WARC-Profile"));
        Assert.Contains("\"status\":\"304\"", Encoding.UTF8.GetString(members.IndexLine), StringComparison.Ordinal);
        Assert.Contains("\"mime\":\"warc/revisit\"", Encoding.UTF8.GetString(members.IndexLine), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_body_says_so()
    {
        using var members = WarcRecords.Exchange(new WarcExchange
        {
            Url = "http://example.com/"u8,
            At = Archived.Then,
            Head = "HTTP/1.1 200 OK\r\n\r\n"u8,
            Body = "half"u8,
            Truncated = WarcTruncation.Length,
            IdentifiedType = "text/html\r\nWARC-Type: evil"u8,
        });
        var record = Assert.Single(_archive.Read(members));
        Assert.Equal("length", record.Field("WARC-Truncated"));
        Assert.Equal("text/html  WARC-Type: evil", record.Field("WARC-Identified-Payload-Type"));
        Assert.Equal("response", record.Type);
    }

    [Fact]
    public void Nothing_in_a_url_ends_its_line()
    {
        using var members = Archived.Visit("http://example.com/\r\nWARC-Type: evil\r\n", "x", extras: false);
        Assert.Equal("http://example.com/%0D%0AWARC-Type:%20evil%0D%0A", Assert.Single(_archive.Read(members)).Url);
        Assert.Equal(-1, members.IndexLine.IndexOf((byte)'\n'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("HTTP/1.1 2\r\n")]
    [InlineData("HTTP/1.1 99999999999 OK\r\nContent-Type:\r\n")]
    [InlineData("nonsense")]
    public void A_head_of_any_shape_is_archived_and_reads_back(string head)
    {
        using var members = Archived.Visit("http://example.com/", "body", head);
        Assert.Equal(3, _archive.Read(members).Count);
    }

    [Fact]
    public void Large_bodies_that_are_compressed_already_are_stored_and_others_compressed()
    {
        var noise = string.Concat(Enumerable.Repeat(RandomNumberGenerator.GetHexString(10_000), 10));
        using var text = Archived.Visit("http://example.com/", noise);
        using var image = Archived.Visit("http://example.com/", noise, "HTTP/1.1 200 OK\r\nContent-Type: image/webp\r\n\r\n");
        using var encoded = Archived.Visit("http://example.com/", noise, "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n");
        Assert.True(text.FirstLength < 80_000);
        Assert.True(image.FirstLength > 100_000);
        Assert.True(encoded.FirstLength > 100_000);
        Assert.Equal(noise, Encoding.UTF8.GetString(_archive.Read(encoded)[0].Payload.Span));
    }

    [Fact]
    public void Any_body_reads_back_from_any_place_of_a_file() => Prop.ForAll<byte[][]>(bodies =>
    {
        var file = File.Create(_archive.Path("many.warc.gz"));
        foreach (var body in bodies.Select(b => b ?? []))
        {
            using var members = WarcRecords.Exchange(new WarcExchange { Url = "http://e/"u8, At = Archived.Then, Head = "HTTP/1.1 200 OK\r\n\r\n"u8, Body = body, RequestLines = "A: b\r\n"u8 });
            file.Write(members.Bytes);
        }

        file.Dispose();
        var read = _archive.Read("many.warc.gz").Where(r => r.Type == "response").Select(r => r.Payload.ToArray());
        return read.Select(Convert.ToHexString).SequenceEqual(bodies.Select(b => Convert.ToHexString(b ?? [])));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Base32_is_that_of_the_standard()
    {
        // RFC 4648 §10, without padding.
        foreach (var (text, expected) in new[] { ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI") })
        {
            using var output = new PooledOutput(16);
            RecordHead.Base32(output, Encoding.ASCII.GetBytes(text));
            Assert.Equal(expected, Encoding.ASCII.GetString(output.Written));
        }
    }

    [Fact]
    public void Members_go_back_to_the_pool_once()
    {
        var members = Archived.Visit("http://example.com/", "x");
        members.Dispose();
        members.Dispose();
        Assert.Throws<ObjectDisposedException>(() => members.Bytes.Length);
    }
}
