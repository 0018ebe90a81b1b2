using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Madang.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

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
        Assert.Null(response.Header("x-none"));
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

    [Fact]
    public async Task A_redirect_is_followed_as_often_as_the_request_says_and_no_secret_goes_to_strangers()
    {
        await using var last = new RawSite(RawSite.Whole("there"u8.ToArray()));
        await using var first = new RawSite((_, stream, request) => stream.WriteAsync(Encoding.ASCII.GetBytes(
            request.StartsWith("POST /a ", StringComparison.Ordinal) ? "HTTP/1.1 303 See\r\nLocation: b?%2F\r\nContent-Length: 3\r\n\r\nabc"
            : $"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:{last.Port}/z\r\nContent-Length: 0\r\n\r\n")).AsTask());
        using var client = Clients.Local();
        var request = new OutboundRequest
        {
            Url = first.Url + "a",
            Method = HttpMethod.Post,
            Body = "secret=1"u8.ToArray(),
            BodyType = "application/x-www-form-urlencoded",
            Headers = [new("Authorization", "Bearer x"), new("X-Mine", "y")],
            MaxRedirects = 2,
        };
        // The second server listens on 127.0.0.1 alone; its name is another host than the first one's.
        using var refused = await client.SendAsync(request, Stop);
        Assert.Equal(OutboundFaults.ConnectFailed, refused.Fault);
        Assert.Equal(2, first.Requests.Count);
        Assert.Contains("secret=1", first.Requests.First(), StringComparison.Ordinal);
        Assert.StartsWith("GET /b?%2F ", first.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer x", first.Requests.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain("Content-", first.Requests.Last(), StringComparison.Ordinal);

        await using var start = new RawSite($"HTTP/1.1 307 Go\r\nLocation: {last.Url}z\r\nContent-Length: 0\r\n\r\n");
        using var response = await client.SendAsync(new OutboundRequest { Url = start.Url, Headers = request.Headers, MaxRedirects = 1 }, Stop);
        Assert.Null(response.Fault);
        Assert.Equal("there", response.Text());
        Assert.Equal(last.Url + "z", response.Url);
        Assert.Equal(1, response.Redirects);
        var arrived = Assert.Single(last.Requests);
        Assert.DoesNotContain("Bearer", arrived, StringComparison.Ordinal);
        Assert.Contains("X-Mine: y", arrived, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_handed_back_when_none_is_to_be_followed_and_a_fault_when_there_are_too_many()
    {
        await using var site = new RawSite("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 4\r\n\r\nhere");
        using var client = Clients.Local();
        using var back = await client.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
        Assert.Null(back.Fault);
        Assert.True(back.IsRedirect);
        Assert.Equal("/again", back.Location);
        Assert.Equal("here", back.Text());

        using var many = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxRedirects = 3 }, Stop);
        Assert.Equal(OutboundFaults.BadRedirect, many.Fault);
        Assert.Equal(5, site.Requests.Count);

        await using var nowhere = new RawSite("HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\nContent-Length: 0\r\n\r\n");
        using var bad = await client.SendAsync(new OutboundRequest { Url = nowhere.Url, MaxRedirects = 3 }, Stop);
        Assert.Equal(OutboundFaults.BadRedirect, bad.Fault);
    }

    [Fact]
    public async Task What_is_not_wanted_is_not_read()
    {
        await using var site = new RawSite((_, stream, _) => stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 5000000000\r\n\r\n"u8.ToArray()).AsTask());
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url, Accepts = head => head.ContentType == "text/html" && head.Body.IsEmpty }, Stop);
        Assert.Null(response.Fault);
        Assert.True(response.IsSkipped);
        Assert.Equal("video/mp4", response.ContentType);
        Assert.True(response.Body.IsEmpty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_a_fault_whether_announced_or_not(bool isAnnounced)
    {
        await using var site = new RawSite(isAnnounced
            ? RawSite.Whole(new byte[1001])
            : [.. "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n"u8, .. new byte[1001], .. "\r\n0\r\n\r\n"u8]);
        using var client = Clients.Local();
        using var over = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxWireBytes = 1000 }, Stop);
        Assert.Equal(OutboundFaults.TooLarge, over.Fault);
        Assert.Equal(200, over.Status);
        Assert.True(over.Body.IsEmpty);

        using var cut = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxWireBytes = 1000, CutsAtLimit = true }, Stop);
        Assert.Null(cut.Fault);
        Assert.True(cut.IsCut);
        Assert.Equal(1000, cut.Body.Length);

        foreach (var limit in new[] { 1001, int.MaxValue })
        {
            using var whole = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxWireBytes = limit, CutsAtLimit = true }, Stop);
            Assert.Null(whole.Fault);
            Assert.False(whole.IsCut);
            Assert.Equal(1001, whole.Body.Length);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", OutboundFaults.Reset)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", OutboundFaults.Reset)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", OutboundFaults.ProtocolError)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", OutboundFaults.ProtocolError)]
    [InlineData("HTTP/1.1 2x0 OK\r\n\r\n", OutboundFaults.ProtocolError)]
    [InlineData("", OutboundFaults.Reset)]
    public async Task An_answer_that_breaks_off_or_breaks_http_is_a_fault(string answer, string fault)
    {
        await using var site = new RawSite(async (_, stream, _) =>
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        });
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
        Assert.Equal(fault, response.Fault);
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        await using var site = new RawSite(async (_, stream, _) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            var line = Encoding.ASCII.GetBytes("X-Pad: " + new string('a', 1000) + "\r\n");
            for (var i = 0; i < 10_000; i++)
            {
                await stream.WriteAsync(line);
            }
        });

        // Its clock stands still: on a busy machine the time for the headers would end before they are too many.
        using var client = Clients.Local(time: new FakeTime());
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
        Assert.Equal(OutboundFaults.TooLarge, response.Fault);
    }

    [Theory]
    [InlineData("X-A", "b\r\nX-C: d")]
    [InlineData("X-A", "b\nX-C: d")]
    [InlineData("X-A", "b\0c")]
    [InlineData("X-A", "\u4e2d")]
    [InlineData("X A", "b")]
    [InlineData("X-A\r\nB", "c")]
    [InlineData("Host", "other.example")]
    [InlineData("Transfer-Encoding", "chunked")]
    public async Task A_header_that_could_say_more_than_one_thing_is_refused(string name, string value)
    {
        await using var site = new RawSite(RawSite.Whole([]));
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url, Headers = [new(name, value)] }, Stop);
        Assert.Equal(OutboundFaults.InvalidRequest, response.Fault);
        Assert.Equal(0, site.Connections);
    }

    [Fact]
    public async Task A_closed_port_and_a_name_without_address_are_told_apart()
    {
        var site = new RawSite(RawSite.Whole([]));
        var url = site.Url;
        await site.DisposeAsync();
        using var client = Clients.Local();
        using var closed = await client.SendAsync(new OutboundRequest { Url = url }, Stop);
        using var unknown = await client.SendAsync(new OutboundRequest { Url = "http://nobody.example/" }, Stop);
        Assert.Equal(OutboundFaults.ConnectFailed, closed.Fault);
        Assert.Equal(OutboundFaults.NoSuchHost, unknown.Fault);
        Assert.Equal(0, closed.Status);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_an_exception_and_not_an_answer()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using var site = new RawSite((_, _, _) => giveUp.CancelAsync());
        using var client = Clients.Local();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(new OutboundRequest { Url = site.Url }, giveUp.Token));
    }

    [Fact]
    public async Task What_is_kept_back_at_the_last_moment_never_arrives()
    {
        await using var site = new RawSite(RawSite.Whole("x"u8.ToArray()));
        using var client = Clients.Local();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(
            new OutboundRequest
            {
                Url = site.Url + "late",
                Sends = () =>
                {
                    over.Cancel();
                    return false;
                },
            },
            over.Token));

        using var response = await client.SendAsync(new OutboundRequest { Url = site.Url + "next", Sends = () => true }, Stop);
        Assert.StartsWith("GET /next ", Assert.Single(site.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_idle_connection_makes_room_for_a_new_host()
    {
        await using var site = new RawSite(RawSite.Whole("x"u8.ToArray()));
        using var client = Clients.Local(new TableOfNames([.. Enumerable.Range(0, 60).Select(i => ($"h{i}.example", new[] { "127.0.0.1" }))]), maxConnections: 16);
        for (var i = 0; i < 60; i++)
        {
            using var response = await client.SendAsync(new OutboundRequest { Url = $"http://h{i}.example:{site.Port}/" }, Stop);
            Assert.Null(response.Fault);
        }

        // The last one is still open; the first one was closed and is opened again.
        foreach (var (host, opened) in new[] { ("h59", 60), ("h0", 61) })
        {
            using var again = await client.SendAsync(new OutboundRequest { Url = $"http://{host}.example:{site.Port}/" }, Stop);
            Assert.Null(again.Fault);
            Assert.Equal(opened, site.Connections);
        }
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_a_fault()
    {
        using var certificate = SelfSigned();
        await using var site = new RawSite(async (_, _, _) => await Task.CompletedTask, certificate);
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = $"https://127.0.0.1:{site.Port}/" }, Stop);
        Assert.Equal(OutboundFaults.TlsFailed, response.Fault);
        Assert.Empty(site.Requests);
    }

    [Fact]
    public async Task A_trusted_one_is_asked_through_tls()
    {
        using var certificate = SelfSigned();
        await using var site = new RawSite((_, stream, _) => stream.WriteAsync(RawSite.Whole("safe"u8.ToArray())).AsTask(), certificate);
        using var client = Clients.Local(trust: (_, given, _, _) => given?.GetCertHashString() == certificate.GetCertHashString());
        using var response = await client.SendAsync(new OutboundRequest { Url = $"https://127.0.0.1:{site.Port}/" }, Stop);
        Assert.Null(response.Fault);
        Assert.Equal("safe", response.Text());
        Assert.Equal(IPAddress.Loopback, response.Address);
    }

    [Fact]
    public async Task Where_tls_agrees_on_it_many_requests_share_one_connection_of_http_2()
    {
        using var certificate = SelfSigned();
        var connections = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var server = builder.Build();
        server.Run(async context =>
        {
            connections.TryAdd(context.Connection.Id, true);
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(context.Request.Protocol + context.Request.Path);
        });
        await server.StartAsync(Stop);
        using var client = Clients.Local(trust: (_, _, _, _) => true);
        var url = server.Urls.Single();
        foreach (var responses in new[] { 1, 20 })
        {
            await Task.WhenAll(Enumerable.Range(0, responses).Select(async i =>
            {
                using var response = await client.SendAsync(new OutboundRequest { Url = $"{url}/{i}" }, Stop);
                Assert.Null(response.Fault);
                Assert.Equal(HttpVersion.Version20, response.Version);
                Assert.Equal($"HTTP/2/{i}", response.Text());
                Assert.Equal("text/plain", response.ContentType);
                Assert.StartsWith("HTTP/1.1 200", Encoding.Latin1.GetString(response.Head.Span), StringComparison.Ordinal);
            }));
        }

        Assert.Single(connections);
    }

    [Fact]
    public async Task A_plain_connection_goes_to_a_checked_address_too()
    {
        await using var site = new RawSite(RawSite.Whole("x"u8.ToArray()));
        using var client = Clients.Local(new TableOfNames(("mail.example", ["127.0.0.1"])));
        using var plain = await client.ConnectAsync("mail.example", site.Port, TimeSpan.FromSeconds(5), Stop);
        Assert.Null(plain.Fault);
        Assert.Equal(IPAddress.Loopback, plain.Address);
        await plain.Stream!.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Stop);
        var line = new byte[12];
        await plain.Stream.ReadExactlyAsync(line, Stop);
        Assert.Equal("HTTP/1.1 200", Encoding.ASCII.GetString(line));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2080, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
