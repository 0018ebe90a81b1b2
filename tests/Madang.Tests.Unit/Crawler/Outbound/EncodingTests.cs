using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Madang.Outbound;
using Madang.Outbound.Transfer;

namespace Madang.Tests.Unit.Crawler.Outbound;

public sealed class EncodingTests
{
    private static readonly byte[] s_page = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2000).Select(i => $"<p>{i * 7919 % 1013} \ub9c8\ub2f9</p>")));
    private static readonly DecodeLimits s_limits = new(10_000_000, 200, Cuts: false);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Encodings => ["gzip", "x-gzip", "GZIP", "deflate", "deflate-raw", "br"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task An_encoded_body_comes_as_sent_and_as_meant(string encoding)
    {
        var wire = Encode(encoding, s_page);
        await using var site = new RawSite(RawSite.Whole(wire, "Content-Encoding: " + encoding.Replace("-raw", "", StringComparison.Ordinal)));
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
        Assert.Null(response.Fault);
        Assert.Equal(s_page, response.Body.ToArray());
        Assert.Equal(wire, response.WireBody.ToArray());
        Assert.Equal(wire.Length, response.WireBytes);
        Assert.Contains("Accept-Encoding: gzip, deflate, br\r\n", Assert.Single(site.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Half_a_stream_is_no_answer_unless_it_was_cut_on_purpose(string encoding)
    {
        var wire = Encode(encoding, s_page);
        var name = encoding.Replace("-raw", "", StringComparison.Ordinal);
        foreach (var length in new[] { 1, wire.Length / 2, wire.Length - 1 })
        {
            var (none, fault, _) = BodyDecoder.Decode(wire.AsMemory(0, length), name, s_limits, isPart: false);
            Assert.Equal(OutboundFaults.BadEncoding, fault);
            Assert.Null(none);
        }

        var (half, _, _) = BodyDecoder.Decode(wire.AsMemory(0, wire.Length / 2), name, s_limits, isPart: true);
        Assert.NotNull(half);
        Assert.True(half.Length > 0 && s_page.AsSpan().StartsWith(half.Span));
        half.Dispose();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public void What_is_not_in_the_encoding_that_it_claims_is_a_fault(string encoding)
    {
        var (_, fault, _) = BodyDecoder.Decode("<html>plain</html>"u8.ToArray(), encoding, s_limits, isPart: false);
        Assert.Equal(OutboundFaults.BadEncoding, fault);
        var broken = Encode(encoding, s_page);
        for (var i = broken.Length / 3; i < broken.Length / 3 * 2; i++)
        {
            broken[i] ^= 0x5A;
        }

        (_, fault, _) = BodyDecoder.Decode(broken, encoding, s_limits, isPart: false);
        Assert.Equal(OutboundFaults.BadEncoding, fault);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("gzip, gzip, gzip")]
    [InlineData("\u00e4")]
    public void An_encoding_that_was_not_offered_is_a_fault(string encoding)
    {
        var (_, fault, _) = BodyDecoder.Decode(Encode("gzip", s_page), encoding, s_limits, isPart: false);
        Assert.Equal(OutboundFaults.BadEncoding, fault);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("identity")]
    [InlineData("")]
    public void No_encoding_is_no_work(string? encoding)
    {
        var (decoded, fault, isCut) = BodyDecoder.Decode(s_page, encoding, s_limits, isPart: false);
        Assert.Null(decoded);
        Assert.Null(fault);
        Assert.False(isCut);
    }

    [Fact]
    public void Two_layers_are_taken_off_in_turn()
    {
        var (decoded, fault, _) = BodyDecoder.Decode(Encode("gzip", Encode("br", s_page)), "br, gzip", s_limits, isPart: false);
        Assert.Null(fault);
        Assert.Equal(s_page, decoded!.Span.ToArray());
        decoded.Dispose();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_bomb_ends_at_the_limits_with_little_memory(string encoding)
    {
        var bomb = Encode(encoding, new byte[60_000_000]);
        await using var site = new RawSite(RawSite.Whole(bomb, "Content-Encoding: " + encoding));
        using var client = Clients.Local();
        using var byRatio = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxBytes = int.MaxValue }, Stop);
        Assert.Equal(OutboundFaults.TooCompressed, byRatio.Fault);
        using var bySize = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxRatio = int.MaxValue, MaxBytes = 5_000_000 }, Stop);
        Assert.Equal(OutboundFaults.TooLarge, bySize.Fault);
        using var cut = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxRatio = int.MaxValue, MaxBytes = 5_000_000, CutsAtLimit = true }, Stop);
        Assert.Null(cut.Fault);
        Assert.True(cut.IsCut);
        Assert.Equal(5_000_000, cut.Body.Length);
    }

    [Fact]
    public void A_bomb_within_a_bomb_ends_by_the_ratio_to_what_came_over_the_wire()
    {
        var inner = Encode("gzip", new byte[60_000_000]);
        var (decoded, fault, _) = BodyDecoder.Decode(Encode("gzip", inner), "gzip, gzip", s_limits with { MaxBytes = int.MaxValue }, isPart: false);
        Assert.Null(decoded);
        Assert.Equal(OutboundFaults.TooCompressed, fault);
    }

    [Fact]
    public void Whatever_is_encoded_comes_back() => Prop.ForAll<byte[], byte>((body, choice) =>
    {
        var encoding = new[] { "gzip", "deflate", "deflate-raw", "br" }[choice % 4];
        var (decoded, fault, _) = BodyDecoder.Decode(Encode(encoding, body), encoding.Replace("-raw", "", StringComparison.Ordinal), s_limits, isPart: false);
        using (decoded)
        {
            return fault is null && (decoded is null ? body.Length == 0 : decoded.Span.SequenceEqual(body));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_claims_to_be_encoded_is_decoded_or_refused() => Prop.ForAll<byte[], byte>((body, choice) =>
    {
        var (decoded, fault, _) = BodyDecoder.Decode(body, new[] { "gzip", "deflate", "br" }[choice % 3], s_limits, isPart: false);
        decoded?.Dispose();
        return fault is null or OutboundFaults.BadEncoding;
    }).QuickCheckThrowOnFailure();

    private static byte[] Encode(string encoding, byte[] body)
    {
        using var result = new MemoryStream();
        using (Stream encoder = encoding.ToLowerInvariant() switch
        {
            "deflate" => new ZLibStream(result, CompressionLevel.Optimal, leaveOpen: true),
            "deflate-raw" => new DeflateStream(result, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(result, CompressionLevel.Optimal, leaveOpen: true),
            _ => new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true),
        })
        {
            encoder.Write(body);
        }

        return result.ToArray();
    }
}
