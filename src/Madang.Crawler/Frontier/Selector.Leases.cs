using Madang.Crawler.Politeness;

namespace Madang.Crawler.Frontier;

/// <summary>How hosts come to this node and leave it.</summary>
internal sealed partial class Selector
{
    /// <summary>Hosts at a time.</summary>
    private const int MostLeased = 512;
    private const int FewLeased = 4;

    /// <summary>Hosts in memory: fewer than the bounds allow while others are to have what was given back.</summary>
    private int _mostHosts = bounds.Hosts;
    private int _leaseHosts = visits.IsShared ? FewLeased : MostLeased;
    private Task _lastAsked = Task.CompletedTask;

    /// <summary>Beats. When it came too late all hosts are let go of, and others are leased; when this node has far more than its share, others get the rest.</summary>
    /// <param name="beat">What the store says, and until when the hosts of this node are its own then.</param>
    public Task RenewAsync(Func<Task<(Heartbeat Beat, long Until)>> beat)
    {
        return InOrderAsync(async () =>
        {
            var (told, until) = await beat();
            if (told.IsHeld)
            {
                HeldUntil = until;
                Tell(new SelectorTurn(TurnKind.Shared, Number: told.Share ?? bounds.Hosts));
            }
            else
            {
                // Not before the hosts are gone.
                Tell(new SelectorTurn(TurnKind.Lost, Number: until));
            }
        });
    }

    /// <summary>Another node has the host: what is under way ends, nothing more is started.</summary>
    private void Lose(HostSlot host)
    {
        host.IsLost = true;
        host.Exhausted = true;
        LeaveQueue(host);
    }

    /// <summary>
    /// Whoever comes to a crawl late finds its hosts taken. A node that holds a quarter more than its share gives whole domains back, since no other node may have a part of one, and
    /// leases no more than its share until the next heartbeat, so that the others come first.
    /// </summary>
    private void Share(int share)
    {
        var held = _hosts.Values.Where(static host => host is { IsLost: false, IsSurplus: false }).ToLookup(static host => host.Domain, StringComparer.Ordinal);
        var excess = held.Sum(static domain => domain.Count()) - share;
        _mostHosts = bounds.Hosts;
        if (excess <= 1 + (share / 4))
        {
            return;
        }

        _mostHosts = share;
        foreach (var domain in held)
        {
            var hosts = domain.Count();
            if (hosts > excess)
            {
                continue;
            }

            excess -= hosts;
            foreach (var host in domain)
            {
                host.IsSurplus = true;
                LeaveQueue(host);
            }
        }
    }

    /// <summary>Nothing more of it is started. What is under way or on its way into the books stays taken.</summary>
    private void LeaveQueue(HostSlot host)
    {
        while (host.Next.TryDequeue(out var url))
        {
            _ = host.Taken.Remove(url.Key.Hash);
        }

        switch (host.Place)
        {
            case HostPlace.Timed or HostPlace.Resting:
                _wheel.Remove(host);
                Schedule(host, 0);
                break;
            case HostPlace.Idle:
                Schedule(host, 0);
                break;
        }
    }

    /// <summary>Its pause is over; once everything that was asked of it is in the books, whoever leases it next goes on from there.</summary>
    private void GiveBackIfDone(HostSlot host)
    {
        _gates.GiveUp(host, Schedule);
        if (host.Taken.Count == 0 && !host.Refilling)
        {
            GiveBack(host);
        }
    }

    private void GiveBack(HostSlot host)
    {
        _ = _hosts.Remove(host.Id);
        visits.Release(host);
        Gates.Leave(host);
        _moreHosts = true;
    }

    /// <summary>Its clock was not set by an answer: a whole delay counts from here.</summary>
    private void Aborted(HostSlot host, UrlKey? url)
    {
        host.NextAt = Math.Max(host.NextAt, clock.Now + HostDelay.Delay(settings, host.Robots.Rules.CrawlDelay, host.LatencyMs));
        if (url is { } back)
        {
            _started--;
            _ = host.Taken.Remove(back.Hash);
            host.Stale = host.Refilling;
            host.Exhausted = false;
        }

        Schedule(host, host.IsLost ? 0 : host.NextAt);
    }

    private void Drop(HostSlot host)
    {
        _gates.GiveUp(host, Schedule);
        Gates.Leave(host);
        // A late answer may bring it here again, when the host was leased anew.
        if (_hosts.GetValueOrDefault(host.Id) == host)
        {
            _ = _hosts.Remove(host.Id);
            visits.Drop(host);
        }
    }

    private void LeaseIfDue(long now)
    {
        var due = _moreHosts ? _notBeforeLease : _lastLease + ((visits.IsShared ? 1 : 4) * LeaseEveryMs);
        if (_leasing || _paused || now < due || _hosts.Count >= _mostHosts)
        {
            return;
        }

        _leasing = true;
        _moreHosts = false;
        _lastLease = now;
        _notBeforeLease = now + (visits.IsShared ? bounds.SharedLeasePauseMs : bounds.LeasePauseMs);
        _ = LeaseAsync(Math.Min(_mostHosts - _hosts.Count, _leaseHosts), now);
    }

    private Task LeaseAsync(int max, long now) => InOrderAsync(async () => Tell(new SelectorTurn(TurnKind.Leased, null, await visits.LeaseAsync(max, now), max)));

    /// <summary>A lease and a heartbeat that fails are told in the order in which the store heard them.</summary>
    private async Task InOrderAsync(Func<Task> ask)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Interlocked.Exchange(ref _lastAsked, done.Task);
        try
        {
            await ask();
        }
        finally
        {
            done.SetResult();
        }
    }

    private void Leased(IReadOnlyList<LeasedHost> hosts, int asked)
    {
        _leasing = false;
        // Few hosts are shared out among nodes, many are soon taken.
        _leaseHosts = visits.IsShared ? hosts.Count == asked ? Math.Min(2 * asked, MostLeased) : FewLeased : MostLeased;
        foreach (var leased in hosts)
        {
            _moreHosts = true;
            var isKnown = _hosts.TryGetValue(leased.Host.Id, out var host);
            host ??= new HostSlot(leased.Host, settings.Agent);
            // Whoever was killed may have asked it until now: a whole delay counts once more.
            var since = leased.WasAbandoned ? clock.Now + HostDelay.Delay(settings, host.Robots.Rules.CrawlDelay, host.LatencyMs) : 0;
            host.LeasedAt = clock.Now;
            if (isKnown)
            {
                // Lost meanwhile, and ours again before its last request ended.
                Regain(host, Math.Max(leased.Host.NextAt, since), Math.Max(leased.DomainGate, since));
                continue;
            }

            host.NextAt = Math.Max(host.NextAt, Math.Max(bounds.NotBefore, since));
            _hosts.Add(host.Id, host);
            _gates.Enter(host, Math.Max(leased.DomainGate, since));
            RefillIfLow(host);
        }
    }

    private void Regain(HostSlot host, long nextAt, long domainAt)
    {
        host.NextAt = Math.Max(host.NextAt, nextAt);
        if (host.DomainGate is { } gate)
        {
            gate.NextAt = Math.Max(gate.NextAt, domainAt);
        }

        host.IsLost = false;
        host.Exhausted = false;
        host.IdleSince = 0;
        host.Stale = host.Refilling;
        RefillIfLow(host);
    }
}
