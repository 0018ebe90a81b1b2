using System.Globalization;
using Madang.Bench.Sites;

namespace Madang.Bench.Crawling;

/// <summary>What the crawler was asked to keep; each host's own rules come on top.</summary>
internal sealed record Politeness
{
    /// <summary>From the end of an answer to the next request to the same host.</summary>
    public TimeSpan HostDelay { get; init; }

    /// <summary>From the answer's head to the next request within the same registrable domain.</summary>
    public TimeSpan DomainDelay { get; init; }

    /// <summary>The same for hosts on one address.</summary>
    public TimeSpan AddressDelay { get; init; }

    /// <summary>Nodes that share an address reserve moments to start at: the delay counts from start to start, and this much jitter on the way is nobody's fault.</summary>
    public TimeSpan? AddressJitter { get; init; }

    /// <summary>The delay is at least this many times what the last answer took.</summary>
    public double LatencyFactor { get; init; }

    /// <summary>A host has to be asked for its robots.txt before anything else.</summary>
    public bool Robots { get; init; } = true;
}

/// <summary>
/// Politeness as the server saw it. A gap at the server is never shorter than the gap that the crawler kept (the answer is still to be sent when
/// the server's clock starts, the request has travelled when it stops), so a violation seen here is one.
/// </summary>
internal sealed class PoliteCheck(IWeb web, Politeness asked)
{
    // A gate over several hosts opens this long after a request even when its answer has not begun.
    private static readonly long GateCeiling = 2_000_000_000;

    private readonly List<string> _violations = [];

    /// <summary>Each with the two lines of the log that show it.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Of the busiest tenth of the hosts: the rate achieved over the highest that the rules allow; 1 is perfect.</summary>
    public double Achieved { get; private set; }

    /// <summary>The shortest gap from an answer's end to the next request to the same host.</summary>
    public TimeSpan ShortestGap { get; private set; } = TimeSpan.MaxValue;

    public PoliteCheck Run(IReadOnlyList<LoggedRequest> log)
    {
        // Answers still under way have no end; a broken connection has one.
        var ordered = log.Where(request => request.Host >= 0).OrderBy(request => request.Arrived).ToList();
        var ratios = new Dictionary<int, (int Requests, double Ratio)>();
        foreach (var host in ordered.GroupBy(request => request.Host))
        {
            var requests = host.ToList();
            CheckHost(host.Key, requests);
            ratios[host.Key] = (requests.Count, Ratio(requests, (a, _) => NextAfter(a, RulesOf(a)) - a.Arrived));
        }

        CheckGroups(ordered, ratios, "domain", host => DomainOf(host.Name), before => GateOpens(before, asked.DomainDelay));
        CheckGroups(ordered, ratios, "address", host => host.Address.ToString(), before => asked.AddressJitter is { } jitter
            ? before.Arrived + (asked.AddressDelay - jitter).Ticks * 100
            : GateOpens(before, asked.AddressDelay));
        var busiest = ratios.Values.Where(ratio => ratio.Requests > 2).OrderByDescending(ratio => ratio.Requests).Take(Math.Max(1, ratios.Count / 10)).ToList();
        Achieved = busiest.Count == 0 ? 0 : busiest.Average(ratio => ratio.Ratio);
        return this;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_violations.Count} politeness violations, shortest gap {(ShortestGap == TimeSpan.MaxValue ? 0 : ShortestGap.TotalMilliseconds):0.0} ms, {Achieved:P1} of the allowed rate") +
        string.Concat(_violations.Take(10).Select(violation => Environment.NewLine + "  " + violation));

    private void CheckHost(int host, List<LoggedRequest> requests)
    {
        var rules = web.RulesOf(host);
        if (asked.Robots && requests[0].Target != "/robots.txt")
        {
            _violations.Add($"host {host} was asked for something before its robots.txt: {requests[0]}");
        }

        foreach (var request in requests.Where(request => rules.Forbids(request.Target)))
        {
            _violations.Add($"robots.txt of host {host} forbids: {request}");
        }

        foreach (var (before, next) in requests.Zip(requests.Skip(1)))
        {
            var gap = TimeSpan.FromTicks((next.Arrived - EndOf(before)) / 100);
            ShortestGap = gap < ShortestGap ? gap : ShortestGap;
            if (next.Arrived < EndOf(before))
            {
                Violation($"host {host} has two requests in flight", before, next);
            }
            else if (next.Arrived < NextAfter(before, rules))
            {
                Violation(string.Create(CultureInfo.InvariantCulture, $"host {host} was asked {gap.TotalMilliseconds:0.0} ms after an answer, {Required(before, rules).TotalMilliseconds:0.0} are due"), before, next);
            }
        }
    }

    private void CheckGroups(
        List<LoggedRequest> ordered, Dictionary<int, (int Requests, double Ratio)> ratios, string name, Func<SiteHost, string> groupOf, Func<LoggedRequest, long> opens)
    {
        foreach (var group in ordered.GroupBy(request => groupOf(web.Hosts[request.Host])))
        {
            var requests = group.ToList();
            if (requests.All(request => request.Host == requests[0].Host))
            {
                continue;
            }

            foreach (var (before, next) in requests.Zip(requests.Skip(1)).Where(pair => pair.First.Host != pair.Second.Host))
            {
                if (next.Arrived < opens(before))
                {
                    Violation($"{name} {group.Key} was asked again too soon", before, next);
                }
            }

            var ratio = Ratio(requests, (a, _) => opens(a) - a.Arrived);
            foreach (var host in requests.Select(request => request.Host).Distinct())
            {
                ratios[host] = ratios[host] with { Ratio = Math.Max(ratios[host].Ratio, ratio) };
            }
        }
    }

    private HostRules RulesOf(LoggedRequest request) => web.RulesOf(request.Host);

    private TimeSpan Required(LoggedRequest before, HostRules rules)
    {
        var latency = TimeSpan.FromTicks((EndOf(before) - before.Arrived) / 100) * asked.LatencyFactor;
        return new[] { asked.HostDelay, rules.CrawlDelay, TimeSpan.FromMilliseconds(before.RetryAfter), latency }.Max();
    }

    private long NextAfter(LoggedRequest before, HostRules rules) => EndOf(before) + Required(before, rules).Ticks * 100;

    private static long GateOpens(LoggedRequest before, TimeSpan delay) => Math.Min(EndOf(before), before.Arrived + GateCeiling) + delay.Ticks * 100;

    private static long EndOf(LoggedRequest request) => request.Sent == 0 ? request.Arrived : request.Sent;

    /// <summary>What the requests had to take, over what they took.</summary>
    private static double Ratio(List<LoggedRequest> requests, Func<LoggedRequest, LoggedRequest, long> least)
    {
        var took = requests[^1].Arrived - requests[0].Arrived;
        return took <= 0 ? 1 : requests.Zip(requests.Skip(1)).Sum(pair => (double)least(pair.First, pair.Second)) / took;
    }

    private void Violation(string what, LoggedRequest before, LoggedRequest next) => _violations.Add($"{what}:{Environment.NewLine}    {before}{Environment.NewLine}    {next}");

    // The names of the generated webs end in .test, a top-level domain of one label; an address is its own domain.
    private static string DomainOf(string name) => name[^1] is >= '0' and <= '9' ? name : string.Join('.', name.Split('.')[^2..]);
}
