using Madang.Crawler.Robots;

namespace Madang.Crawler.Frontier;

/// <summary>Where an active host stands with the selector.</summary>
internal enum HostPlace
{
    /// <summary>Nothing to do until URLs come.</summary>
    Idle,

    /// <summary>In the wheel, for its own clock or a gate's.</summary>
    Timed,

    /// <summary>In the wheel without URLs: it is given back when none come until then.</summary>
    Resting,

    Ready,

    AtGate,

    /// <summary>Its address is being looked up, or the store asked for its gate.</summary>
    Asking,

    InFlight,
}

/// <summary>
/// A host that this node has leased: its clock, its robots.txt and the next URLs of its queue. While a request is under way it belongs to that request, and to the selector's loop
/// otherwise.
/// </summary>
internal sealed class HostSlot(HostRow row, string agent)
{
    private long _sentAt;

    public long Id { get; } = row.Id;

    public string Origin { get; } = row.Origin;

    public string Domain { get; } = row.Domain;

    public HostPlace Place { get; set; }

    /// <summary>Not before this, Unix milliseconds.</summary>
    public long NextAt { get; set; } = row.NextAt;

    public string? Block { get; set; } = row.Block;

    /// <summary><see cref="HostRow.LatencyMs"/>, not rounded.</summary>
    public double LatencyMs { get; set; } = row.LatencyMs;

    public int Errors { get; set; } = row.Errors;

    /// <summary>Set when its Crawl-delay is longer than the crawl will wait: none of its URLs is fetched.</summary>
    public RefusalReason Refusal { get; set; }

    /// <summary>The hash of the URL at the head that was let through already: a budget is asked once.</summary>
    public long? Admitted { get; set; }

    /// <summary>Requests for robots.txt that brought no answer.</summary>
    public int RobotsAttempts { get; set; }

    public string? Address { get; set; } = row.Address;

    /// <summary>When <see cref="Address"/> was looked up last.</summary>
    public long AddressAt { get; set; }

    public HostRobots Robots { get; set; } = HostRobots.Of(row, agent);

    public Gate? DomainGate { get; set; }

    public Gate? AddressGate { get; set; }

    /// <summary>Whether the domain's gate is held already while the address's is waited for.</summary>
    public bool HoldsDomain { get; set; }

    public bool HoldsAddress { get; set; }

    /// <summary>By what the store shut its address's gate for it; 0 when it did not.</summary>
    public long GateMark { get; set; }

    /// <summary>Until when a request may start that <see cref="GateMark"/> covers.</summary>
    public long GrantedUntil { get; set; }

    /// <summary>Of the request whose gates are shut; 0 when they are open.</summary>
    public long Passage { get; set; }

    /// <summary>When the request under way went out; 0 before. Written by the request.</summary>
    public long SentAt
    {
        get => Volatile.Read(ref _sentAt);
        set => Volatile.Write(ref _sentAt, value);
    }

    /// <summary>When its lease was heard of last.</summary>
    public long LeasedAt { get; set; }

    /// <summary>This node does not hold it any more: what is under way ends, and it is forgotten.</summary>
    public bool IsLost { get; set; }

    /// <summary>Other nodes are to have it: nothing more is started, and it is given back when everything is in the books.</summary>
    public bool IsSurplus { get; set; }

    /// <summary>Next URLs, in order.</summary>
    public Queue<WaitingUrl> Next { get; } = [];

    /// <summary>Taken from the queue and not yet committed: what a refill must not hand out again.</summary>
    public HashSet<long> Taken { get; } = [];

    /// <summary>Committed while a refill was reading: they leave <see cref="Taken"/> after it.</summary>
    public List<long> Committed { get; } = [];

    public bool Refilling { get; set; }

    /// <summary>The store has no waiting URL beyond <see cref="Taken"/>.</summary>
    public bool Exhausted { get; set; }

    /// <summary>URLs were added while it was refilling: look again.</summary>
    public bool Stale { get; set; }

    /// <summary>When it ran out of URLs; it is given back a little later.</summary>
    public long IdleSince { get; set; }

    // The wheel's links.
    public long Due { get; set; }

    public int Slot { get; set; }

    public HostSlot? Previous { get; set; }

    public HostSlot? Following { get; set; }
}
