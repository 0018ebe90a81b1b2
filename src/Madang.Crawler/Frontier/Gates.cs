namespace Madang.Crawler.Frontier;

/// <summary>What a gate says to a host that is ready.</summary>
internal abstract record Passage
{
    /// <summary>Go.</summary>
    internal sealed record Open : Passage;

    /// <summary>The gate is the host's; its interval ends then.</summary>
    internal sealed record Wait(long Until) : Passage;

    /// <summary>Others come first: the gate calls.</summary>
    internal sealed record Queue : Passage;

    /// <summary>Nodes share the gate: the store is asked to shut it for this host.</summary>
    internal sealed record Ask(string Gate, int HoldMs) : Passage;
}

/// <summary>
/// The gates of the hosts in memory: host ⊂ registrable domain ⊂ address. A host takes its domain's gate first and the address's second, always in that order, so that none waits for
/// another in a circle. Where nodes share addresses, the host that holds the address's gate here has the store shut it for this node too. Used by the selector's loop alone.
/// </summary>
/// <param name="openShared">Lets a gate that the store holds shut open: its key, the mark it was shut by, and after how many milliseconds. Null where nothing is shared.</param>
internal sealed class Gates(CrawlSettings settings, SelectorBounds bounds, Action<string, long, int>? openShared)
{
    private const int SweepFrom = 8_192;

    /// <summary>A gate that another node holds is asked for again within this.</summary>
    private const int MostPollMs = 250;

    private static readonly Passage.Open Open_ = new();
    private static readonly Passage.Queue Queue_ = new();

    private readonly int _domainMs = settings.DomainDelayMs ?? settings.DelayMs / 2;
    private readonly int _addressMs = settings.AddressDelayMs ?? settings.DelayMs / 4;
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(HostSlot Host, long Passage), long> _shut = new();
    private long _passages;
    private int _sweepAt = SweepFrom;

    /// <summary>When the next gate loses patience with a request that has no headers.</summary>
    public long? NextLate => _shut.TryPeek(out _, out var until) ? until : null;

    public void Enter(HostSlot host, long domainAt)
    {
        if (_domainMs > 0)
        {
            host.DomainGate = Get("d:" + host.Domain, _domainMs, Math.Max(domainAt, bounds.NotBefore));
        }
    }

    public static void Leave(HostSlot host)
    {
        Forget(host.DomainGate);
        Forget(host.AddressGate);
        host.DomainGate = host.AddressGate = null;
    }

    /// <summary>Whether the host's address must be looked up before its gate is known.</summary>
    public bool NeedsAddress(HostSlot host, long now) =>
        _addressMs > 0 && !host.HoldsAddress && (host.AddressAt == 0 || now - host.AddressAt > bounds.AddressMs);

    public Passage TryPass(HostSlot host, long now)
    {
        if (host.DomainGate is { } domain && !host.HoldsDomain)
        {
            if (domain.Holder is not null)
            {
                domain.Waiters.Enqueue(host);
                return Queue_;
            }

            domain.Holder = host;
            host.HoldsDomain = true;
        }

        if (host.DomainGate is { } mine && now < mine.NextAt)
        {
            return new Passage.Wait(mine.NextAt);
        }

        return _addressMs > 0 && host.Address is not null ? PassAddress(host, now) : Open_;
    }

    /// <summary>The request starts: its gates are shut until <see cref="Open"/>. The number of the passage.</summary>
    public long Pass(HostSlot host, long now)
    {
        var passage = ++_passages;
        if (host.HoldsDomain || host.HoldsAddress)
        {
            host.SentAt = 0;
            host.Passage = passage;
            _shut.Enqueue((host, passage), now + bounds.GatePatienceMs);
            Mark(host.DomainGate, host, passage);
            Mark(host.AddressGate, host, passage);
        }

        return passage;
    }

    /// <summary>The headers of that passage came, or its request ended without any.</summary>
    public void Open(HostSlot host, long passage, long now, Action<HostSlot, long> schedule)
    {
        if (host.Passage != passage)
        {
            return;
        }

        host.Passage = 0;
        OpenShared(host, _addressMs);
        OpenGate(host.DomainGate, host, passage, now, schedule);
        OpenGate(host.AddressGate, host, passage, now, schedule);
    }

    /// <summary>The host has nothing to fetch after all: the next one's turn.</summary>
    public void GiveUp(HostSlot host, Action<HostSlot, long> schedule)
    {
        OpenShared(host, 0);
        if (host is { HoldsDomain: true, DomainGate: { } domain })
        {
            CallNext(domain, host, schedule);
        }

        if (host is { HoldsAddress: true, AddressGate: { } address })
        {
            CallNext(address, host, schedule);
        }
    }

    public void OpenLate(long now, Action<HostSlot, long> schedule)
    {
        while (_shut.TryPeek(out var first, out var until) && until <= now)
        {
            _ = _shut.Dequeue();
            var (host, passage) = first;
            // What has not gone out has not arrived: patience begins when it has. A request that never goes out ends, and opens its gates by that.
            var late = (host.SentAt == 0 ? now : host.SentAt) + bounds.GatePatienceMs;
            if (host.Passage == passage && late > now)
            {
                _shut.Enqueue(first, late);
                continue;
            }

            Open(host, passage, now, schedule);
        }

        if (_gates.Count > _sweepAt)
        {
            Sweep(now);
        }
    }

    /// <summary>Gates whose hosts have left and whose time is past.</summary>
    private void Sweep(long now)
    {
        foreach (var (key, gate) in _gates)
        {
            if (gate.Hosts == 0 && gate.Holder is null && gate.NextAt <= now)
            {
                _gates.Remove(key);
            }
        }

        _sweepAt = Math.Max(SweepFrom, 2 * _gates.Count);
    }

    /// <summary>The store's answer for a host that asked at that moment. When the host is to look again.</summary>
    public long Answered(HostSlot host, GateAnswer answer, long asked, long now)
    {
        if (answer.Mark != 0)
        {
            (host.GateMark, host.GrantedUntil) = (answer.Mark, asked + bounds.GrantMs);
            return 0;
        }

        // Longer than the interval: another node has a request under way, and opens the gate when its headers came.
        return now + (answer.WaitMs > _addressMs ? Math.Clamp(_addressMs / 2, 1, MostPollMs) : Math.Max(answer.WaitMs, 1));
    }

    private Passage PassAddress(HostSlot host, long now)
    {
        var gate = host.AddressGate;
        if (gate is null || gate.Key.AsSpan(2) is var key && !key.SequenceEqual(host.Address))
        {
            Forget(gate);
            gate = host.AddressGate = Get("a:" + host.Address, _addressMs, bounds.NotBefore);
        }

        if (!host.HoldsAddress)
        {
            if (gate.Holder is not null)
            {
                gate.Waiters.Enqueue(host);
                return Queue_;
            }

            gate.Holder = host;
            host.HoldsAddress = true;
        }

        return now < gate.NextAt ? new Passage.Wait(gate.NextAt) : openShared is null ? Open_ : PassShared(host, gate, now);
    }

    /// <summary>What was granted long ago is not used: the store may let the next one pass before this request arrived.</summary>
    private Passage PassShared(HostSlot host, Gate gate, long now)
    {
        if (host.GateMark != 0 && now <= host.GrantedUntil)
        {
            return Open_;
        }

        OpenShared(host, 0);
        return new Passage.Ask(gate.Key, bounds.GrantMs + bounds.ConnectMs + bounds.GatePatienceMs + gate.IntervalMs);
    }

    private void OpenShared(HostSlot host, int afterMs)
    {
        if (host is { GateMark: not 0, AddressGate: { } gate })
        {
            openShared!(gate.Key, host.GateMark, afterMs);
            host.GateMark = 0;
        }
    }

    private static void Mark(Gate? gate, HostSlot host, long passage)
    {
        if (gate is not null && gate.Holder == host)
        {
            gate.Passed = passage;
        }
    }

    private static void OpenGate(Gate? gate, HostSlot host, long passage, long now, Action<HostSlot, long> schedule)
    {
        if (gate is not null && gate.Passed == passage && gate.Holder == host)
        {
            gate.Passed = 0;
            // One more, since the clock counts whole milliseconds and this one is not over.
            gate.NextAt = now + gate.IntervalMs + Math.Sign(gate.IntervalMs);
            CallNext(gate, host, schedule);
        }
    }

    private static void CallNext(Gate gate, HostSlot leaving, Action<HostSlot, long> schedule)
    {
        Hold(gate, leaving, false);
        gate.Holder = null;
        if (gate.Waiters.TryDequeue(out var next))
        {
            gate.Holder = next;
            Hold(gate, next, true);
            schedule(next, gate.NextAt);
        }
    }

    private static void Hold(Gate gate, HostSlot host, bool holds)
    {
        if (gate == host.DomainGate)
        {
            host.HoldsDomain = holds;
        }
        else
        {
            host.HoldsAddress = holds;
        }
    }

    private Gate Get(string key, int intervalMs, long notBefore)
    {
        if (!_gates.TryGetValue(key, out var gate))
        {
            _gates[key] = gate = new Gate(key, intervalMs);
        }

        gate.NextAt = Math.Max(gate.NextAt, notBefore);
        gate.Hosts++;
        return gate;
    }

    private static void Forget(Gate? gate)
    {
        if (gate is not null)
        {
            gate.Hosts--;
        }
    }
}
