using FsCheck;
using FsCheck.Fluent;
using Madang.Outbound.Names;

namespace Madang.Tests.Unit.Crawler.Outbound;

/// <summary>The stub resolver against a name server that speaks the real protocol, and lies when told to.</summary>
public sealed class DnsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Addresses_come_with_the_shortest_ttl_IPv4_first()
    {
        using var server = new NameServer(query => query.Answer(
            query.Type == 28 ? query.Aaaa("2606:4700::1", 120) : [.. query.A("93.184.216.34", 300), .. query.A("93.184.216.35", 200)], query.Type == 28 ? 1 : 2));
        var answer = await Ask(server, "site.example");
        Assert.Equal(DnsVerdict.Found, answer.Verdict);
        Assert.Equal(["93.184.216.34", "93.184.216.35", "2606:4700::1"], answer.Addresses.Select(address => address.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(120), answer.Ttl);
    }

    [Fact]
    public async Task Aliases_are_followed_to_their_end_in_any_order()
    {
        using var server = new NameServer(query => query.Type == 28 ? query.Answer([], 0) : query.Answer(
            [.. query.Record("c.example", 1, 900, [1, 2, 3, 4]), .. query.Record("b.example", 5, 50, NameServer.Name("c.example")), .. query.Record("other.example", 1, 10, [9, 9, 9, 9]), .. query.Record("www.example", 5, 600, NameServer.Name("b.example"))], 4));
        var answer = await Ask(server, "www.example");
        Assert.Equal(["1.2.3.4"], answer.Addresses.Select(address => address.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(50), answer.Ttl);
    }

    [Fact]
    public async Task Aliases_that_go_round_have_no_address()
    {
        using var server = new NameServer(query => query.Answer([.. query.Record("a.example", 5, 60, NameServer.Name("b.example")), .. query.Record("b.example", 5, 60, NameServer.Name("a.example"))], 2));
        Assert.Equal(DnsVerdict.NoSuchHost, (await Ask(server, "a.example")).Verdict);
    }

    [Fact]
    public async Task No_is_believed_for_as_long_as_the_zone_says()
    {
        using var server = new NameServer(query => query.Answer(query.Soa("example", 3600, 25), 0, authorities: 1, code: 3));
        var answer = await Ask(server, "nobody.example");
        Assert.Equal(DnsVerdict.NoSuchHost, answer.Verdict);
        Assert.Equal(TimeSpan.FromSeconds(25), answer.Ttl);
    }

    [Fact]
    public async Task An_answer_that_is_cut_is_asked_for_over_tcp()
    {
        using var server = new NameServer(query => query.Type == 28 ? query.Answer([], 0) : query.IsTcp ? query.Answer([.. Enumerable.Range(1, 20).SelectMany(i => query.A($"1.1.1.{i}", 60))], 20) : query.Answer([], 0, isCut: true));
        var answer = await Ask(server, "big.example");
        Assert.Equal(20, answer.Addresses.Length);
        Assert.Equal(1, server.TcpQueries);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("question")]
    [InlineData("type")]
    [InlineData("not a response")]
    [InlineData("short")]
    public async Task A_packet_that_answers_something_else_is_not_listened_to(string lie)
    {
        using var server = new NameServer(query =>
        {
            var truth = query.Type == 28 ? query.Answer([], 0) : query.Answer(query.A("1.2.3.4", 60), 1);
            var lied = query.Answer(query.Type == 28 ? query.Aaaa("::1", 60) : query.A("6.6.6.6", 60), 1);
            switch (lie)
            {
                case "id":
                    lied[0] ^= 1;
                    break;
                case "question":
                    lied[14] ^= 1;
                    break;
                case "type":
                    lied[12 + NameServer.Name(query.Asked).Length + 1] ^= 16;
                    break;
                case "not a response":
                    lied[2] &= 0x7F;
                    break;
                default:
                    lied = lied[..7];
                    break;
            }

            query.Send(lied);
            return truth;
        });
        var answer = await Ask(server, "site.example");
        Assert.Equal(["1.2.3.4"], answer.Addresses.Select(address => address.ToString()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task A_server_that_fails_is_followed_by_the_next(int code)
    {
        using var failing = new NameServer(query => query.Answer([], 0, code: code));
        using var working = new NameServer(query => query.Type == 28 ? query.Answer([], 0) : query.Answer(query.A("1.2.3.4", 60), 1));
        var answer = await new StubResolver([failing.End, working.End], TimeProvider.System).LookUpAsync("site.example", Stop);
        Assert.Equal(DnsVerdict.Found, answer.Verdict);
        Assert.True(failing.Queries > 0);

        Assert.Equal(DnsVerdict.Failed, (await Ask(failing, "site.example")).Verdict);
    }

    [Fact]
    public async Task A_server_that_is_silent_is_left_after_two_seconds()
    {
        var time = new FakeTime();
        using var silent = new NameServer(_ => null);
        using var working = new NameServer(query => query.Type == 28 ? query.Answer([], 0) : query.Answer(query.A("1.2.3.4", 60), 1));
        var asking = new StubResolver([silent.End, working.End], time).LookUpAsync("site.example", Stop);
        await silent.Until(2);
        time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(DnsVerdict.Found, (await asking).Verdict);
    }

    [Theory]
    [InlineData("0c")] // the name points at itself
    [InlineData("20")] // and forwards
    public async Task Pointers_that_never_end_are_an_answer_that_does_not_count(string to)
    {
        using var server = new NameServer(query =>
        {
            var at = 12 + NameServer.Name(query.Asked).Length + 4;
            var pointer = to == "0c" ? at : at + 40;
            return query.Answer([(byte)(0xC0 | (pointer >> 8)), (byte)pointer, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4], 1);
        });
        Assert.Equal(DnsVerdict.Failed, (await Ask(server, "site.example")).Verdict);
    }

    [Fact]
    public void No_message_breaks_the_reader() => Prop.ForAll<byte[]>(noise =>
    {
        byte[] message = [0, 7, 0x80, 0, 0, 1, 0, 3, 0, 1, 0, 0, .. NameServer.Name("a.example"), 0, 1, 0, 1, .. noise];
        return DnsMessage.Answers(message, 7, "a.example", 1) && DnsMessage.Read(message, "a.example", 1).Addresses.Length <= 32;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Hosts_of_the_machine_come_before_its_name_servers()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "# people's own\n10.1.2.3 Wiki.Intra wiki # the wiki\n::5 wiki.intra\nnonsense\n", Stop);
            using var server = new NameServer(query => query.Type == 28 ? query.Answer([], 0) : query.Answer(query.A("1.2.3.4", 60), 1));
            var names = new MachineNames(new StubResolver([server.End], TimeProvider.System), file, TimeProvider.System);
            Assert.Equal(["10.1.2.3", "::5"], (await names.LookUpAsync("wiki.intra", Stop)).Addresses.Select(address => address.ToString()));
            Assert.Equal(["10.1.2.3"], (await names.LookUpAsync("wiki", Stop)).Addresses.Select(address => address.ToString()));
            Assert.Equal(["127.0.0.1", "::1"], (await names.LookUpAsync("any.localhost", Stop)).Addresses.Select(address => address.ToString()));
            Assert.Equal(0, server.Queries);
            Assert.Equal(["1.2.3.4"], (await names.LookUpAsync("site.example", Stop)).Addresses.Select(address => address.ToString()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_servers_of_resolv_conf_are_the_first_three()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, "search a.example\n# nameserver 9.9.9.9\nnameserver 10.0.0.53\nnameserver ::53\nnameserver what\noptions ndots:2\nnameserver 10.0.0.54\nnameserver 10.0.0.55\n", Stop);
            Assert.Equal(["10.0.0.53:53", "[::53]:53", "10.0.0.54:53"], MachineNames.ReadServers(file).Select(server => server.ToString()));
            Assert.Empty(MachineNames.ReadServers(file + ".none"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Task<DnsAnswer> Ask(NameServer server, string name) => new StubResolver([server.End], TimeProvider.System).LookUpAsync(name, Stop);
}
