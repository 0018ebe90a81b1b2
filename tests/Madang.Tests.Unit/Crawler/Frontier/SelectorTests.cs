using Madang.Crawler;
using Madang.Crawler.Frontier;

namespace Madang.Tests.Unit.Crawler.Frontier;

/// <summary>The selector against a simulated web on a clock that the test moves: what a server would see of it.</summary>
public sealed class SelectorTests
{
    [Fact]
    public void A_host_sees_one_request_at_a_time_and_its_delay_between_them()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 200, DomainDelayMs = 0, AddressDelayMs = 0 }, seed: 1);
        for (var i = 0; i < 20; i++)
        {
            web.AddHost($"h{i}.example", $"d{i}.example", $"192.0.2.{i}", urls: 30);
        }

        web.Run();

        foreach (var requests in web.Requests.GroupBy(request => request.Host))
        {
            Assert.Equal(30, requests.Count());
            foreach (var (before, after) in requests.Zip(requests.Skip(1)))
            {
                Assert.True(after.Start >= before.End + 200, $"{after.Host}: {after.Start} after {before.End}");
            }
        }
    }

    [Fact]
    public void A_registrable_domain_and_an_address_keep_their_intervals_between_hosts()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 400, DomainDelayMs = 100, AddressDelayMs = 50 }, seed: 2);
        for (var i = 0; i < 40; i++)
        {
            web.AddHost($"h{i}.example", $"d{i % 5}.example", $"192.0.2.{i % 3}", urls: 12);
        }

        web.Run();

        Assert.Equal(40 * 12, web.Requests.Count);
        AssertApart(web.Requests.GroupBy(request => request.Domain), 100);
        AssertApart(web.Requests.GroupBy(request => request.Address), 50);
    }

    [Fact]
    public void Hosts_that_were_lost_come_back_and_nothing_is_fetched_twice_or_too_soon()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 200, DomainDelayMs = 100, AddressDelayMs = 50 }, seed: 7) { LosesAtMs = [150, 900, 910, 2_000] };
        for (var i = 0; i < 12; i++)
        {
            web.AddHost($"h{i}.example", $"d{i % 4}.example", $"192.0.2.{i % 2}", urls: 15);
        }

        web.Run();

        Assert.Equal(12 * 15, web.Requests.Count);
        Assert.Equal(12 * 15, web.Requests.Select(request => request.Url).Distinct().Count());
        foreach (var requests in web.Requests.GroupBy(request => request.Host))
        {
            Assert.All(requests.Zip(requests.Skip(1)), pair => Assert.True(pair.Second.Start >= pair.First.End + 200, $"{pair.Second} after {pair.First}"));
        }

        AssertApart(web.Requests.GroupBy(request => request.Domain), 100);
        AssertApart(web.Requests.GroupBy(request => request.Address), 50);
    }

    [Fact]
    public void Nothing_starts_after_the_lease_has_run_out_until_it_is_renewed()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 50, DomainDelayMs = 0, AddressDelayMs = 0 }, seed: 8) { IsAwayMs = (1_000, 9_000) };
        web.AddHost("h.example", "h.example", "192.0.2.1", urls: 60);

        web.Run();

        Assert.Equal(60, web.Requests.Count);
        Assert.DoesNotContain(web.Requests, request => request.Start - web.Began is >= 1_000 and < 9_000);
        Assert.Contains(web.Requests, request => request.Start - web.Began >= 9_000);
    }

    [Fact]
    public void A_node_with_more_than_its_share_gives_whole_domains_back_and_asks_them_nothing_more()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 200, DomainDelayMs = 100, AddressDelayMs = 50 }, seed: 9) { Shares = [(500, 5), (4_000, 5), (8_000, null)] };
        for (var i = 0; i < 12; i++)
        {
            web.AddHost($"h{i}.example", $"d{i % 4}.example", $"192.0.2.{i % 2}", urls: 40);
        }

        web.Run();

        Assert.Equal(12 * 40, web.Requests.Select(request => request.Url).Distinct().Count());
        Assert.Equal(12 * 40, web.Requests.Count);
        Assert.Equal(4, web.Requests.Where(request => request.Start - web.Began < 500).Select(request => request.Domain).Distinct().Count());
        Assert.Equal(2, web.Requests.Where(request => request.Start - web.Began is > 520 and < 4_000).Select(request => request.Domain).Distinct().Count());
        foreach (var requests in web.Requests.GroupBy(request => request.Host))
        {
            Assert.All(requests.Zip(requests.Skip(1)), pair => Assert.True(pair.Second.Start >= pair.First.End + 200, $"{pair.Second} after {pair.First}"));
        }

        AssertApart(web.Requests.GroupBy(request => request.Domain), 100);
        AssertApart(web.Requests.GroupBy(request => request.Address), 50);
    }

    [Fact]
    public void A_gate_reaches_its_rate_within_five_percent()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 1_000, DomainDelayMs = 100, AddressDelayMs = 0 }, seed: 3) { Headers = (1, 3), Body = (1, 3) };
        for (var i = 0; i < 30; i++)
        {
            web.AddHost($"h{i}.example", "one.example", $"192.0.2.{i}", urls: 40);
        }

        web.Run();

        var took = web.Requests.Max(request => request.Start) - web.Requests.Min(request => request.Start);
        Assert.InRange(took, (30 * 40 - 1) * 100, (30 * 40 - 1) * 105);
    }

    [Fact]
    public void A_host_whose_headers_never_come_holds_its_gate_for_two_seconds_only()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 100, DomainDelayMs = 50, AddressDelayMs = 0 }, seed: 4);
        web.AddHost("slow.example", "one.example", "192.0.2.1", urls: 1, headersMs: 30_000);
        web.AddHost("quick.example", "one.example", "192.0.2.2", urls: 10);

        web.Run();

        var quick = web.Requests.Where(request => request.Host == "quick.example").ToList();
        Assert.Equal(10, quick.Count);
        Assert.True(quick.Max(request => request.Start) - web.Requests.Min(request => request.Start) < 5_000);
        AssertApart(web.Requests.GroupBy(request => request.Domain), 50);
    }

    [Fact]
    public void Every_url_of_a_changing_web_is_fetched_once()
    {
        for (var seed = 10; seed < 30; seed++)
        {
            var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = seed % 2 * 20, Concurrency = 1 + (seed * 3) }, seed) { GrowsTo = 3_000, CommitMs = 50 + seed };
            web.AddHost("a.example", "a.example", "192.0.2.1", urls: 3);
            web.AddHost("b.example", "a.example", "192.0.2.2", urls: 1);

            web.Run();

            Assert.Equal(web.Known, web.Requests.Count);
            Assert.Equal(web.Known, web.Requests.Select(request => request.Url).Distinct().Count());
        }
    }

    [Fact]
    public void A_host_that_rests_goes_on_as_soon_as_it_has_urls_again()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 100, DomainDelayMs = 0, AddressDelayMs = 0 }, seed: 7) { CommitMs = 10 };
        web.AddHost("a.example", "a.example", "192.0.2.1", urls: 1);
        web.Find("a.example", afterMs: 700);

        web.Run();

        Assert.Equal(2, web.Requests.Count);
        Assert.InRange(web.Requests[1].Start - web.Began, 700, 800);
    }

    [Fact]
    public void Nothing_starts_before_the_moment_that_a_resumed_crawl_waits_for()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 100 }, seed: 5, notBeforeMs: 5_000);
        web.AddHost("a.example", "a.example", "192.0.2.1", urls: 3);

        web.Run();

        Assert.True(web.Requests.Min(request => request.Start) >= web.Began + 5_000);
    }

    [Fact]
    public void No_more_pages_are_started_than_the_crawl_may_have()
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 0, MaxPages = 17 }, seed: 6);
        web.AddHost("a.example", "a.example", "192.0.2.1", urls: 100);

        web.Run();

        Assert.Equal(17, web.Requests.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    public void A_request_keeps_its_slot_until_its_page_is_committed(int concurrency)
    {
        var web = new SimulatedWeb(new CrawlSettings { Seeds = [], DelayMs = 0, Concurrency = concurrency }, seed: 7) { Headers = (1, 5), Body = (0, 5), CommitMs = 200 };
        for (var i = 0; i < 40; i++)
        {
            web.AddHost($"h{i}.example", $"d{i}.example", $"192.0.2.{i}", urls: 10);
        }

        web.Run();

        Assert.Equal(40 * 10, web.Requests.Count);
        Assert.Equal(concurrency, web.MostOpen);
    }

    private static void AssertApart(IEnumerable<IGrouping<string, SimulatedRequest>> groups, int interval)
    {
        foreach (var group in groups)
        {
            var arrivals = group.Select(request => request.Arrival).Order().ToList();
            foreach (var (before, after) in arrivals.Zip(arrivals.Skip(1)))
            {
                Assert.True(after >= before + interval, $"{group.Key}: {after - before} ms apart");
            }
        }
    }
}
