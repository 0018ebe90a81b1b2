using System.Net;
using System.Net.Sockets;
using Madang.Outbound;
using Madang.Outbound.Addresses;

namespace Madang.Tests.Unit.Crawler.Outbound;

/// <summary>Nothing but public addresses is reached, however they are written or hidden. A canary listens on the loopback addresses and must see nobody.</summary>
public sealed class AddressTests
{
    private static readonly string[] s_refused =
    [
        // IPv4: every special block, its first and last address, and the neighbours that metadata services sit at
        "0.0.0.0", "0.255.255.255", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.255.254",
        "169.254.0.1", "169.254.169.254", "169.254.170.2", "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1",
        "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255",
        // IPv6
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b:1::1", "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:db8::1",
        "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:127.0.0.1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254",
        "fe80::1", "fec0::1", "ff02::1", "4000::1", "1::1",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Refused => [.. s_refused];

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_special_address_is_refused(string address) => Assert.False(AddressPolicy.PublicOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.1")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450:4001::200e")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2002:808:808::1")]
    [InlineData("2001:200::1")]
    [InlineData("2606:4700::5efe:8.8.8.8")]
    public void A_public_address_is_not(string address) => Assert.True(AddressPolicy.PublicOnly.Allows(IPAddress.Parse(address)));

    [Fact]
    public void A_scope_makes_no_address_public() => Assert.False(AddressPolicy.PublicOnly.Allows(IPAddress.Parse("2606:4700::1111%2")));

    [Theory]
    [InlineData("10.0.0.0/8", "10.2.3.4", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.2.3.4", true)]
    [InlineData("10.0.0.0/8", "11.2.3.4", true)]
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("::1, fd00::/8", "fd12::1", true)]
    [InlineData("10.0.0.0/8", "64:ff9b::10.0.0.1", false)]
    public void The_allow_list_adds_networks_and_nothing_beside_them(string list, string address, bool isAllowed)
    {
        Assert.True(AddressPolicy.TryParse(list, out var policy));
        Assert.Equal(isAllowed, policy.Allows(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("intranet")]
    public void An_allow_list_that_cannot_be_read_is_refused(string list) => Assert.False(AddressPolicy.TryParse(list, out _));

    /// <summary>Forms of this machine's address that some resolver or parser takes for it.</summary>
    public static TheoryData<string> Literals =>
    [
        "127.0.0.1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F000001", "2130706433", "017700000001", "127.0.0.1.",
        "127.0.0.2", "0.0.0.0", "0", "0x0", "00000000000", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3", "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021", "127.0.0.1%00.example.org", "[::1%25lo]", "[fe80::1%25lo]", "127.0.0.1\t", "4294967296", "127.0.0.256", "0x100000000", "1.2.3.4.5", "09.0.0.1",
        "user@127.0.0.1", "example.org@127.0.0.1", "example.org\\@127.0.0.1", "127.0.0.1\\.example.org", "a..b", "-", "%31%32%37.0.0.1",
    ];

    [Theory]
    [MemberData(nameof(Literals))]
    public async Task No_way_to_write_this_machine_reaches_it(string host)
    {
        using var canary = new Canary();
        using var client = Clients.Local(new TableOfNames(("localhost", ["127.0.0.1", "::1"]), ("a.localhost", ["127.0.0.1"])), allow: "");
        foreach (var url in new[] { $"http://{host}:{canary.Port}/", $"HTTP://{host}:{canary.Port}", $"http://{host}:{canary.Port}?x" })
        {
            using var response = await client.SendAsync(new OutboundRequest { Url = url, ConnectTimeout = TimeSpan.FromSeconds(2) }, Stop);
            Assert.Contains(response.Fault, new[] { OutboundFaults.AddressRefused, OutboundFaults.InvalidRequest, OutboundFaults.NoSuchHost });
            Assert.Equal(0, response.Status);
        }

        Assert.Equal(0, canary.Connections);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("here.example")]
    public async Task The_canary_sings_when_it_is_allowed(string host)
    {
        using var canary = new Canary();
        using var client = Clients.Local(new TableOfNames(("here.example", ["127.0.0.1"])));
        using var response = await client.SendAsync(new OutboundRequest { Url = $"http://{host}:{canary.Port}/", HeaderTimeout = TimeSpan.FromMilliseconds(50) }, Stop);
        Assert.Equal(OutboundFaults.HeaderTimeout, response.Fault);
        Assert.Equal(1, canary.Connections);
    }

    [Theory]
    [InlineData("93.184.216.34", "127.0.0.1")]
    [InlineData("127.0.0.1", "93.184.216.34")]
    [InlineData("93.184.216.34", "::1")]
    [InlineData("93.184.216.34", "::ffff:127.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task A_name_with_one_address_that_is_not_public_is_refused_whole(params string[] addresses)
    {
        using var canary = new Canary();
        using var client = Clients.Local(new TableOfNames(("rebind.example", addresses)), allow: "");
        using var response = await client.SendAsync(new OutboundRequest { Url = $"http://rebind.example:{canary.Port}/" }, Stop);
        Assert.Equal(OutboundFaults.AddressRefused, response.Fault);
        Assert.Equal(0, canary.Connections);

        var (none, fault) = await client.ResolveAsync("rebind.example", Stop);
        Assert.Empty(none);
        Assert.Equal(OutboundFaults.AddressRefused, fault);
        using var plain = await client.ConnectAsync("rebind.example", canary.Port, TimeSpan.FromSeconds(1), Stop);
        Assert.Equal(OutboundFaults.AddressRefused, plain.Fault);
        Assert.Equal(0, canary.Connections);
    }

    [Fact]
    public async Task A_connection_goes_to_an_address_that_was_checked_and_asks_once()
    {
        await using var site = new RawSite(RawSite.Whole("x"u8.ToArray()));
        var names = new TableOfNames(("site.example", ["127.0.0.1"]));
        using var client = Clients.Local(names);
        using var response = await client.SendAsync(new OutboundRequest { Url = $"http://site.example:{site.Port}/" }, Stop);
        Assert.Null(response.Fault);
        Assert.Equal(1, names.Asked("site.example"));
        Assert.Contains("Host: site.example", Assert.Single(site.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_checked_like_the_first_address(int status)
    {
        using var canary = new Canary(IPAddress.Parse("127.0.0.9"));
        foreach (var to in new[] { "http://127.0.0.9:{0}/", "//127.0.0.9:{0}/", "http://inside.example:{0}/", "http://[::ffff:127.0.0.9]:{0}/", "HTTP://0x7f.9:{0}" })
        {
            var location = string.Format(System.Globalization.CultureInfo.InvariantCulture, to, canary.Port);
            await using var site = new RawSite($"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
            using var client = Clients.Local(new TableOfNames(("inside.example", ["127.0.0.9"])), allow: "127.0.0.1");
            using var response = await client.SendAsync(new OutboundRequest { Url = site.Url, MaxRedirects = 5 }, Stop);
            Assert.Equal(OutboundFaults.AddressRefused, response.Fault);
            Assert.Equal(1, site.Connections);
        }

        Assert.Equal(0, canary.Connections);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/")]
    [InlineData("gopher://127.0.0.1:70/_x")]
    [InlineData("http:///")]
    [InlineData("http:example.org")]
    [InlineData("/relative")]
    [InlineData("")]
    [InlineData("http://a\r\nHost: b/")]
    [InlineData("http://example.org/a b")]
    [InlineData("http://example.org/a\r\nX: y")]
    [InlineData("http://example.org:99999/")]
    public async Task A_url_that_cannot_be_asked_for_is_refused_before_anything_is_looked_up(string url)
    {
        var names = new TableOfNames(("example.org", ["127.0.0.1"]));
        using var client = Clients.Local(names);
        using var response = await client.SendAsync(new OutboundRequest { Url = url }, Stop);
        Assert.Equal(OutboundFaults.InvalidRequest, response.Fault);
        Assert.Equal(0, names.Asked("example.org"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(22)]
    [InlineData(25)]
    [InlineData(587)]
    [InlineData(6000)]
    [InlineData(6667)]
    public async Task A_port_of_another_protocol_is_refused(int port)
    {
        using var client = Clients.Local();
        using var response = await client.SendAsync(new OutboundRequest { Url = $"http://127.0.0.1:{port}/" }, Stop);
        Assert.Equal(OutboundFaults.PortRefused, response.Fault);
    }

    [Fact]
    public async Task A_connection_opened_under_a_wider_list_is_not_used_under_a_narrower_one()
    {
        await using var site = new RawSite(RawSite.Whole("x"u8.ToArray()));
        using var client = Clients.Local(allow: "");
        Assert.True(AddressPolicy.TryParse("127.0.0.0/8", out var more));
        using (var wider = client.Allowing(more))
        {
            using var first = await wider.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
            Assert.Null(first.Fault);
            using var second = await client.SendAsync(new OutboundRequest { Url = site.Url }, Stop);
            Assert.Equal(OutboundFaults.AddressRefused, second.Fault);
        }

        Assert.Equal(1, site.Connections);
    }

    [Fact]
    public async Task A_proxy_in_the_environment_changes_nothing()
    {
        using var canary = new Canary();
        var before = Environment.GetEnvironmentVariable("http_proxy");
        Environment.SetEnvironmentVariable("http_proxy", $"http://127.0.0.1:{canary.Port}");
        try
        {
            using var client = Clients.Local(new TableOfNames(("inside.example", ["10.0.0.1"])), allow: "");
            using var response = await client.SendAsync(new OutboundRequest { Url = "http://inside.example/" }, Stop);
            Assert.Equal(OutboundFaults.AddressRefused, response.Fault);
            Assert.Equal(0, canary.Connections);
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", before);
        }
    }

    /// <summary>Counts whoever connects, and says nothing.</summary>
    private sealed class Canary : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public Canary(IPAddress? address = null)
        {
            _socket.Bind(new IPEndPoint(address ?? IPAddress.Any, 0));
            _socket.Listen();
            _socket.Blocking = false;
        }

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        /// <summary>Those who wait in the kernel's row, and those who were counted before.</summary>
        public int Connections
        {
            get
            {
                while (_socket.Poll(0, SelectMode.SelectRead))
                {
                    _socket.Accept().Dispose();
                    field++;
                }

                return field;
            }
        }

        public void Dispose() => _socket.Dispose();
    }
}
