using Madang.Bench.Crawling;
using Madang.Bench.Sites;

namespace Madang.Tests.Integration.Crawler;

/// <summary>The judge of politeness sees each kind of rudeness in a log, and none where there is none.</summary>
public sealed class PoliteCheckTests
{
    private const long Millisecond = 1_000_000;

    private static readonly IWeb Web = new Stage();

    private static readonly Politeness Asked = new()
    {
        HostDelay = TimeSpan.FromMilliseconds(100),
        DomainDelay = TimeSpan.FromMilliseconds(20),
        AddressDelay = TimeSpan.FromMilliseconds(10),
        LatencyFactor = 2,
    };

    [Fact]
    public void A_crawl_that_keeps_every_rule_has_no_violation_and_the_full_rate()
    {
        var check = Judge(At(0, 10, 0, "/robots.txt"), At(110, 10, 0, "/a"), At(220, 10, 0, "/b"));
        Assert.Empty(check.Violations);
        Assert.Equal(1, check.Rate!.Achieved, 3);
        Assert.Equal(1, check.Rate.Hard, 3);
        Assert.Equal(0, check.Rate.Late[^1]);
        Assert.Equal(100, check.ShortestGap.TotalMilliseconds);
    }

    [Fact]
    public void Time_that_a_crawl_lets_pass_lowers_its_rate()
    {
        var check = Judge(At(0, 10, 0, "/robots.txt"), At(110, 10, 0, "/a"), At(275, 10, 0, "/b"));
        Assert.Equal(220 / 275.0, check.Rate!.Achieved, 3);
        Assert.Equal(220 / 275.0, check.Rate.Hard, 3);
        Assert.Equal(55, check.Rate.Late[^1], 3);
    }

    [Fact]
    public void A_rate_counts_what_hosts_of_one_group_must_wait_for_each_other()
    {
        // Two hosts on one address and two in one domain: the second robots.txt may come after 15 ms, the third after 25; the first page 110 ms after its own.
        var check = Judge(At(0, 5, 0, "/robots.txt"), At(15, 5, 1, "/robots.txt"), At(25, 5, 2, "/robots.txt"), At(105, 5, 0, "/a"), At(130, 5, 2, "/a"));
        Assert.Empty(check.Violations);
        Assert.Equal(1, check.Rate!.Achieved, 3);
    }

    [Fact]
    public void Two_requests_in_flight_at_one_host_are_seen() =>
        Violates("in flight", At(0, 50, 0, "/robots.txt"), At(40, 10, 0, "/a"));

    [Fact]
    public void A_request_before_the_delay_is_over_is_seen() =>
        Violates("100.0 are due", At(0, 10, 0, "/robots.txt"), At(109, 10, 0, "/a"));

    [Fact]
    public void A_slow_host_is_given_longer_pauses() =>
        Violates("400.0 are due", At(0, 200, 0, "/robots.txt"), At(599, 10, 0, "/a"));

    [Fact]
    public void Retry_After_counts_from_the_answer() =>
        Violates("3000.0 are due", At(0, 10, 0, "/robots.txt"), At(200, 10, 0, "/a") with { Status = 503, RetryAfter = 3000 }, At(3209, 10, 0, "/b"));

    [Fact]
    public void A_crawl_delay_of_robots_txt_counts() =>
        Violates("1000.0 are due", At(0, 10, 1, "/robots.txt"), At(900, 10, 1, "/a"));

    [Fact]
    public void Hosts_of_one_domain_share_its_gate() =>
        Violates("domain a.test", At(0, 5, 0, "/robots.txt"), At(24, 5, 2, "/robots.txt"));

    [Fact]
    public void Hosts_on_one_address_share_its_gate() =>
        Violates("address 127.1.0.1", At(0, 5, 0, "/robots.txt"), At(14, 5, 1, "/robots.txt"));

    [Fact]
    public void A_page_before_robots_txt_is_seen() => Violates("before its robots.txt", At(0, 5, 0, "/a"));

    [Fact]
    public void A_forbidden_page_is_seen() => Violates("forbids", At(0, 5, 0, "/robots.txt"), At(500, 5, 0, "/no/a"));

    private static PoliteCheck Judge(params LoggedRequest[] log) => new PoliteCheck(Web, Asked).Run(log);

    private static void Violates(string how, params LoggedRequest[] log)
    {
        var violation = Assert.Single(Judge(log).Violations);
        Assert.Contains(how, violation, StringComparison.Ordinal);
        Assert.Contains(log[^1].ToString(), violation, StringComparison.Ordinal);
    }

    private static LoggedRequest At(long milliseconds, long takes, int host, string target) =>
        new(1 + milliseconds * Millisecond, 1 + (milliseconds + takes) * Millisecond, 1, host, target, 200, 100, 0);

    /// <summary>Three hosts: two on one address, two in one domain.</summary>
    private sealed class Stage : IWeb
    {
        public IReadOnlyList<SiteHost> Hosts { get; } =
        [
            new(0, "www.a.test", new System.Net.IPAddress([127, 1, 0, 1]), 80),
            new(1, "www.b.test", new System.Net.IPAddress([127, 1, 0, 1]), 80),
            new(2, "news.a.test", new System.Net.IPAddress([127, 1, 0, 2]), 80),
        ];

        public IReadOnlyList<string> Seeds => [];

        public void Answer(SiteRequest request, Reply reply) => throw new NotSupportedException();

        public IEnumerable<Promised> Promises() => [];

        public HostRules RulesOf(int host) => host == 1 ? new HostRules(TimeSpan.FromSeconds(1), []) : new HostRules(TimeSpan.Zero, ["/no/"]);
    }
}
