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

    /// <summary>Nodes share the gate: a moment is reserved in the store.</summary>
    internal sealed record Reserve(GateRequest Gate) : Passage;
}

/// <summary>
/// The gates of the hosts in memory: host ⊂ registrable domain ⊂ address. A host takes its domain's gate first and the address's second, always in that order, so that none waits for
/// another in a circle. Used by the selector's loop alone.
/// </summary>
internal sealed class Gates(CrawlSettings settings, SelectorBounds bounds, bool isShared)
{
    private const int SweepFrom = 8_192;

    /// <summary>Reserved moments lie further apart by so much, since a request may start late by so much.</summary>
    private const int SlackMs = 20;

    private static readonly Passage.Open Open_ = new();
    private static readonly Passage.Queue Queue_ = new();

    private readonly int _domainMs = settings.DomainDelayMs ?? settings.DelayMs / 2;
    private readonly int _addressMs = settings.AddressDelayMs ?? settings.DelayMs / 4;
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);
    private readonly Queue<(HostSlot Host, long Passage, long Until)> _shut = new();
    private long _passages;
    private int _sweepAt = SweepFrom;

    /// <summary>When the next gate loses patience with a request that has no headers.</summary>
    public long? NextLate => _shut.TryPeek(out var first) ? first.Until : null;

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
            _shut.Enqueue((host, passage, now + bounds.GatePatienceMs));
            Mark(host.DomainGate, host, passage);
            Mark(host.AddressGate, host, passage);
        }

        return passage;
    }

    /// <summary>The headers of that passage came, or its request ended without any.</summary>
    public void Open(HostSlot host, long passage, long now, Action<HostSlot, long> schedule)
    {
        if (isShared)
        {
            host.HoldsAddress = false;
        }

        OpenGate(host.DomainGate, host, passage, now, schedule);
        OpenGate(host.AddressGate, host, passage, now, schedule);
    }

    /// <summary>The host has nothing to fetch after all: the next one's turn.</summary>
    public static void GiveUp(HostSlot host, Action<HostSlot, long> schedule)
    {
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
        while (_shut.TryPeek(out var first) && first.Until <= now)
        {
            _ = _shut.Dequeue();
            Open(first.Host, first.Passage, now, schedule);
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

    private Passage PassAddress(HostSlot host, long now)
    {
        if (isShared)
        {
            // A moment that this node let pass is not used: the next node's request may be just about to start.
            return host.HoldsAddress && now <= host.ReservedAt + SlackMs ? Open_ : new Passage.Reserve(new GateRequest("a:" + host.Address, _addressMs + SlackMs));
        }

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

        return now < gate.NextAt ? new Passage.Wait(gate.NextAt) : Open_;
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
