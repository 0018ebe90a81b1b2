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

    /// <summary>The delay is at least this many times what answers usually take.</summary>
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

    /// <summary>Asked for when the crawl has a delay.</summary>
    public PoliteRate? Rate { get; private set; }

    /// <summary>The shortest gap from an answer's end to the next request to the same host.</summary>
    public TimeSpan ShortestGap { get; private set; } = TimeSpan.MaxValue;

    public PoliteCheck Run(IReadOnlyList<LoggedRequest> log)
    {
        // Answers still under way have no end; a broken connection has one.
        var ordered = log.Where(request => request.Host >= 0).OrderBy(request => request.Arrived).ToList();
        foreach (var host in ordered.GroupBy(request => request.Host))
        {
            CheckHost(host.Key, [.. host]);
        }

        CheckGroups(ordered, "domain", DomainOf, before => GateOpens(before, asked.DomainDelay));
        CheckGroups(ordered, "address", host => host.Address.ToString(), before => GateOpens(before, asked.AddressDelay));
        Rate = asked.HostDelay > TimeSpan.Zero ? PoliteRate.Of(web, asked, ordered) : null;
        return this;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_violations.Count} politeness violations, shortest gap {(ShortestGap == TimeSpan.MaxValue ? 0 : ShortestGap.TotalMilliseconds):0.0} ms") + (Rate is null ? "" : $", {Rate}") +
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

        var pause = new HostPause(asked, rules);
        foreach (var (before, next) in requests.Zip(requests.Skip(1)))
        {
            var required = pause.Required(before);
            var gap = TimeSpan.FromTicks((next.Arrived - EndOf(before)) / 100);
            ShortestGap = gap < ShortestGap ? gap : ShortestGap;
            if (next.Arrived < EndOf(before))
            {
                Violation($"host {host} has two requests in flight", before, next);
            }
            else if (gap < required)
            {
                Violation(string.Create(CultureInfo.InvariantCulture, $"host {host} was asked {gap.TotalMilliseconds:0.0} ms after an answer, {required.TotalMilliseconds:0.0} are due"), before, next);
            }
        }
    }

    private void CheckGroups(List<LoggedRequest> ordered, string name, Func<SiteHost, string> groupOf, Func<LoggedRequest, long> opens)
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
        }
    }

    /// <summary>When a gate over several hosts opens after that request.</summary>
    internal static long GateOpens(LoggedRequest before, TimeSpan delay) => Math.Min(EndOf(before), before.Arrived + GateCeiling) + delay.Ticks * 100;

    internal static long EndOf(LoggedRequest request) => request.Sent == 0 ? request.Arrived : request.Sent;

    private void Violation(string what, LoggedRequest before, LoggedRequest next) => _violations.Add($"{what}:{Environment.NewLine}    {before}{Environment.NewLine}    {next}");

    // The names of the generated webs end in .test, a top-level domain of one label; an address is its own domain.
    internal static string DomainOf(SiteHost host) => host.Name[^1] is >= '0' and <= '9' ? host.Name : string.Join('.', host.Name.Split('.')[^2..]);
}
