using System.Net;
using System.Net.Http;
using System.Text;
using Madang.Outbound;

namespace Madang.Tests.Unit.Crawler.Outbound;

public sealed class OutboundClientTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_comes_with_its_head_its_body_its_address_and_its_times()
    {
        await using var site = new RawSite("HTTP/1.1 203 Fine\r\nContent-Type: text/html; charset=x\r\nX-Twice: a\r\nX-Twice: b\r\nETag: \"caf\u00e9\"\r\nContent-Length: 5\r\n\r\nhello");
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url + "a%2Fb/../c?q=%41#frag" }, Stop);

        Assert.Null(response.Fault);
        Assert.Equal(203, response.Status);
        Assert.Equal("hello", response.Text());
        Assert.Equal("hello", Encoding.ASCII.GetString(response.WireBody.Span));
        Assert.Equal("text/html; charset=x", response.ContentType);
        Assert.Equal("\"caf\u00e9\"", response.ETag);
        Assert.Equal(["a", "b"], response.HeaderValues("x-twice"));
        Assert.Equal(IPAddress.Loopback, response.Address);
        Assert.True(response.ToHeaders > TimeSpan.Zero && response.Total >= response.ToHeaders);
        Assert.StartsWith("HTTP/1.1 203 Fine\r\n", Encoding.Latin1.GetString(response.Head.Span), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", Encoding.Latin1.GetString(response.Head.Span), StringComparison.Ordinal);
        Assert.StartsWith("GET /a%2Fb/../c?q=%41 HTTP/1.1\r\n", Assert.Single(site.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_is_used_again_and_its_address_known_each_time()
    {
        await using var site = new RawSite(RawSite.Whole("x"u8.ToArray()));
        using var client = Clients.Local();
        for (var i = 0; i < 5; i++)
        {
            using var response = await client.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
            Assert.Equal(IPAddress.Loopback, response.Address);
            Assert.Equal("x", response.Text());
        }

        Assert.Equal(1, site.Connections);
    }
}
