namespace Madang.Crawler.Frontier;

/// <summary>
/// What several hosts share: a registrable domain (<c>d:example.com</c>) or an address (<c>a:192.0.2.1</c>). One request passes at a time: the gate shuts when it starts and opens
/// an interval after its headers came, so that two requests never arrive closer together than that, however long a connection took. Used by the selector's loop alone;
/// <see cref="NextAt"/> is also read when a batch is written.
/// </summary>
internal sealed class Gate(string key, int intervalMs)
{
    private long _nextAt;

    public string Key { get; } = key;

    public int IntervalMs { get; } = intervalMs;

    public long NextAt
    {
        get => Volatile.Read(ref _nextAt);
        set => Volatile.Write(ref _nextAt, value);
    }

    /// <summary>The host that waits for the interval's end, or whose request is under way.</summary>
    public HostSlot? Holder { get; set; }

    /// <summary>Counts the requests that passed, so that a late answer opens nothing twice.</summary>
    public long Passed { get; set; }

    /// <summary>Who comes next, in the order of arrival.</summary>
    public Queue<HostSlot> Waiters { get; } = [];

    /// <summary>Active hosts behind it; at 0 the gate is forgotten once its time is past.</summary>
    public int Hosts { get; set; }
}
