using System.Runtime.InteropServices;

namespace Madang.Crawler.Frontier;

/// <summary>What a batch changes about the counts that the stores keep exact: URLs by state, of each host and of the crawl.</summary>
internal sealed class BatchTally
{
    private static readonly int StateCount = Enum.GetValues<UrlState>().Length;
    private readonly Dictionary<long, HostTally> _hosts = [];
    private readonly long[] _states = new long[StateCount];

    public IReadOnlyDictionary<long, HostTally> Hosts => _hosts;

    /// <summary>The counts that changed, by name.</summary>
    public IEnumerable<(string Name, long Change)> States
    {
        get
        {
            for (var state = 0; state < StateCount; state++)
            {
                if (_states[state] != 0)
                {
                    yield return (((UrlState)state).Count(), _states[state]);
                }
            }
        }
    }

    public void Enter(long host, UrlState state) => Count(host, state, 1);

    public void Leave(long host, UrlState state) => Count(host, state, -1);

    /// <summary>The first visit to a URL of this host.</summary>
    public void Visit(long host) => Of(host).Fetched++;

    /// <summary>The host's changes, none so far if it is new here.</summary>
    public HostTally Of(long host)
    {
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_hosts, host, out _);
        return tally ??= new HostTally();
    }

    private void Count(long host, UrlState state, int by)
    {
        _states[(int)state] += by;
        var tally = Of(host);
        if (state == UrlState.Waiting)
        {
            tally.Waiting += by;
        }
        else if (state == UrlState.Parked)
        {
            tally.Parked += by;
        }
    }
}

/// <summary>Changes of one host's counts, and its clock when that moved too.</summary>
internal sealed class HostTally
{
    public long Waiting { get; set; }

    public long Fetched { get; set; }

    public long Parked { get; set; }

    public HostClock? Clock { get; set; }
}
