using System.Globalization;
using Madang.Bench.Sites;

namespace Madang.Bench.Crawling;

/// <summary>
/// How much of the rate that politeness allows was reached, by the server's log alone. The same requests are played again by a crawler that needs no time for itself: each starts at
/// the first moment at which its host's pause, its domain's and its address's gate all allow it, and who has waited longest comes first. Answers take as long as they
/// took. Hosts that share a gate are played together; what that takes from first to last request, over what it really took, is the rate achieved. Robots.txt, the first page and the tail of slow hosts
/// are in it; not in it are the crawler's start, and refused pages that are tried again when their host has no other left: those wait for their own time, not for the host's.
/// </summary>
internal sealed class PoliteRate
{
    private PoliteRate(double achieved, double worst, double hard, IReadOnlyList<double> late)
    {
        (Achieved, Worst, Hard, Late) = (achieved, worst, hard, late);
    }

    /// <summary>Time needed over time taken, summed over all groups of hosts; 1 is perfect.</summary>
    public double Achieved { get; }

    /// <summary>The same of the group that did worst.</summary>
    public double Worst { get; }

    /// <summary>Over a bound that no order of requests can beat: a group needs at least what its busiest host, domain or address needs alone.</summary>
    public double Hard { get; }

    /// <summary>Milliseconds from the first moment that was allowed to the request's arrival, ascending; with the requests before it as they were.</summary>
    public IReadOnlyList<double> Late { get; }

    /// <param name="log">In order of arrival.</param>
    public static PoliteRate Of(IWeb web, Politeness asked, IReadOnlyList<LoggedRequest> log)
    {
        var (needed, hard, taken, worst, late) = (0.0, 0.0, 0.0, 1.0, new List<double>());
        foreach (var group in Steady(log).GroupBy(Linked(web, asked)))
        {
            var requests = group.ToList();
            if (requests.Count < 3)
            {
                continue;
            }

            var real = requests[^1].Arrived - requests[0].Arrived;
            var ideal = new Play(web, asked).Ideal(requests);
            (needed, taken, worst) = (needed + ideal, taken + real, Math.Min(worst, (double)ideal / real));
            hard += new Play(web, asked).Least(requests);
            late.AddRange(new Play(web, asked).Late(requests));
        }

        late.Sort();
        return taken == 0 ? new PoliteRate(1, 1, 1, late) : new PoliteRate(needed / taken, worst, hard / taken, late);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Achieved:P1} of the allowed rate (worst group {Worst:P1}; {Hard:P1} of the hard bound), late by {At(0.5):0.0} ms (median), {At(0.99):0.0} (99 %), {At(1):0.0} (most)");

    /// <summary>Up to each host's last page that was asked for the first time.</summary>
    private static IEnumerable<LoggedRequest> Steady(IReadOnlyList<LoggedRequest> log)
    {
        var seen = new HashSet<(int, string)>();
        var last = log.Where(request => seen.Add((request.Host, request.Target))).GroupBy(request => request.Host).ToDictionary(host => host.Key, host => host.Last().Arrived);
        return log.Where(request => request.Arrived <= last[request.Host]);
    }

    private double At(double part) => Late.Count == 0 ? 0 : Late[(int)Math.Min(Late.Count - 1, part * Late.Count)];

    /// <summary>The group of a request's host: hosts are in one when a domain or an address, or a chain of them, joins them.</summary>
    private static Func<LoggedRequest, int> Linked(IWeb web, Politeness asked)
    {
        var group = Enumerable.Range(0, web.Hosts.Count).ToArray();
        int Root(int host) => group[host] == host ? host : group[host] = Root(group[host]);
        void Join(IEnumerable<IGrouping<string, SiteHost>> gates)
        {
            foreach (var gate in gates)
            {
                foreach (var host in gate)
                {
                    group[Root(host.Index)] = Root(gate.First().Index);
                }
            }
        }

        if (asked.DomainDelay > TimeSpan.Zero)
        {
            Join(web.Hosts.GroupBy(PoliteCheck.DomainOf));
        }

        if (asked.AddressDelay > TimeSpan.Zero)
        {
            Join(web.Hosts.GroupBy(host => host.Address.ToString()));
        }

        return request => Root(request.Host);
    }

    /// <summary>Clocks and gates of one group of hosts, by the rules; nanoseconds.</summary>
    private sealed class Play(IWeb web, Politeness asked)
    {
        private readonly Dictionary<int, HostPause> _pauses = [];
        private readonly Dictionary<int, long> _hosts = [];
        private readonly Dictionary<string, long> _gates = [];

        public long Ideal(List<LoggedRequest> requests)
        {
            var queues = requests.GroupBy(request => request.Host).Select(host => new Queue<LoggedRequest>(host)).ToList();
            var last = 0L;
            while (queues.Count > 0)
            {
                var next = queues.MinBy(queue => (Allowed(queue.Peek()), _hosts.GetValueOrDefault(queue.Peek().Host)))!;
                var request = next.Dequeue();
                last = Allowed(request);
                Pass(request, last);
                if (next.Count == 0)
                {
                    _ = queues.Remove(next);
                }
            }

            return last;
        }

        public IEnumerable<double> Late(List<LoggedRequest> requests)
        {
            foreach (var request in requests)
            {
                if (_hosts.ContainsKey(request.Host))
                {
                    yield return (request.Arrived - Allowed(request)) / 1e6;
                }

                Pass(request, request.Arrived);
            }
        }

        public long Least(List<LoggedRequest> requests)
        {
            long Sum(Func<LoggedRequest, string> gate, TimeSpan delay) => delay == TimeSpan.Zero ? 0 :
                requests.GroupBy(gate).Max(all => all.SkipLast(1).Sum(request => PoliteCheck.GateOpens(request, delay) - request.Arrived));
            var hosts = requests.GroupBy(request => request.Host).Max(all => all.SkipLast(1).Sum(request => PauseOf(request.Host).After(request) - request.Arrived));
            return Math.Max(hosts, Math.Max(Sum(request => DomainOf(request), asked.DomainDelay), Sum(request => AddressOf(request), asked.AddressDelay)));
        }

        private long Allowed(LoggedRequest request) => Math.Max(
            _hosts.GetValueOrDefault(request.Host), Math.Max(_gates.GetValueOrDefault(DomainOf(request)), _gates.GetValueOrDefault(AddressOf(request))));

        private void Pass(LoggedRequest request, long at)
        {
            var moved = request with { Arrived = at, Sent = request.Sent == 0 ? 0 : at + request.Sent - request.Arrived };
            _hosts[request.Host] = PauseOf(request.Host).After(moved);
            _gates[DomainOf(request)] = PoliteCheck.GateOpens(moved, asked.DomainDelay);
            _gates[AddressOf(request)] = PoliteCheck.GateOpens(moved, asked.AddressDelay);
        }

        private HostPause PauseOf(int host) => _pauses.TryGetValue(host, out var known) ? known : _pauses[host] = new HostPause(asked, web.RulesOf(host));

        private string DomainOf(LoggedRequest request) => "d:" + PoliteCheck.DomainOf(web.Hosts[request.Host]);

        private string AddressOf(LoggedRequest request) => "a:" + web.Hosts[request.Host].Address;
    }
}

/// <summary>A host's pauses as its answers ask for them, one after another.</summary>
internal sealed class HostPause(Politeness asked, HostRules rules)
{
    // The crawler's own weight: the mean follows the last ten answers or so.
    private const double Weight = 5;

    private double _latency;

    /// <summary>The longest of the delay, the crawl delay, Retry-After and the usual latency times the factor.</summary>
    public TimeSpan Required(LoggedRequest request)
    {
        var took = Math.Max(PoliteCheck.EndOf(request) - request.Arrived, 0);
        _latency = _latency == 0 ? took : _latency + (took - _latency) / Weight;
        return new[] { asked.HostDelay, rules.CrawlDelay, TimeSpan.FromMilliseconds(request.RetryAfter), TimeSpan.FromTicks((long)(_latency * asked.LatencyFactor / 100)) }.Max();
    }

    /// <summary>When the next request may come; to be asked once for each, in order.</summary>
    public long After(LoggedRequest request) => PoliteCheck.EndOf(request) + Required(request).Ticks * 100;
}
