namespace Madang.Crawler.Frontier;

/// <summary>What one process takes on at a time.</summary>
internal sealed record SelectorBounds
{
    /// <summary>Hosts in memory.</summary>
    public int Hosts { get; init; } = 4_096;

    /// <summary>Between two looks for hosts.</summary>
    public int LeasePauseMs { get; init; } = 50;

    /// <summary>The same where other nodes look too: each of them gets a turn.</summary>
    public int SharedLeasePauseMs { get; init; } = 100;

    /// <summary>A gate whose request has no headers yet counts from here, after the request went out: it has long arrived, or never will.</summary>
    public int GatePatienceMs { get; init; } = 2_000;

    /// <summary>A shared gate that was granted is passed within this or asked for anew.</summary>
    public int GrantMs { get; init; } = 1_000;

    /// <summary>A request has gone out within this after its start, or ends.</summary>
    public int ConnectMs { get; init; } = 5_000;

    /// <summary>An address is looked up again after this.</summary>
    public int AddressMs { get; init; } = 300_000;

    /// <summary>No host and no gate is passed before this moment (Unix milliseconds): one delay after the start of a crawl that goes on.</summary>
    public long NotBefore { get; init; }

    /// <summary>Pages of earlier runs, which count for <see cref="CrawlSettings.MaxPages"/>.</summary>
    public long Started { get; init; }
}

/// <summary>What the selector needs done: all of it is quick or runs elsewhere and comes back as a <see cref="SelectorTurn"/>.</summary>
internal interface IVisits
{
    /// <summary>Whether the books keep up; false stops new requests.</summary>
    bool HasRoom { get; }

    /// <summary>Drops from the head of the host's URLs what robots.txt forbids or a budget parks. True when a request can be made now: a page, or robots.txt itself.</summary>
    bool Prepare(HostSlot host, long now);

    /// <summary>Starts the host's next request. True when it is a page, false when it is robots.txt. Tells Headers and Ended with the number of the passage.</summary>
    bool Start(HostSlot host, long passage);

    /// <summary>Breaks off what is under way: other processes may ask those hosts from now on. Tells Aborted for each.</summary>
    void Abort();

    /// <summary>The address that the host's gate is named by; null when it has none.</summary>
    Task<string?> ResolveAsync(HostSlot host);

    /// <summary>Whether other processes work on this crawl, so that address gates are shut in the store.</summary>
    bool IsShared { get; }

    /// <summary>Asks the store to shut a gate for this node.</summary>
    Task<GateAnswer> ShutAsync(string gate, int holdMs);

    /// <summary>Lets a gate that the store holds shut by this mark open.</summary>
    void Open(string gate, long mark, int afterMs);

    Task<IReadOnlyList<WaitingUrl>> QueueAsync(HostSlot host, int max);

    Task<IReadOnlyList<LeasedHost>> LeaseAsync(int max, long now);

    /// <summary>The host is given back with the next batch.</summary>
    void Release(HostSlot host);

    /// <summary>The host is another node's, or nobody's: nothing is said to the store.</summary>
    void Drop(HostSlot host);
}
