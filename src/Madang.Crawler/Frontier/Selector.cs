using System.Threading.Channels;
using Madang.Crawler.Running;

namespace Madang.Crawler.Frontier;

/// <summary>
/// Turns over the host queues and starts the next request of every host whose clock and gates allow it. One loop owns all of this state, so there is no lock; everything else reaches it
/// as a <see cref="SelectorTurn"/>. A request takes one of <see cref="CrawlSettings.Concurrency"/> slots and keeps it until what came of it is committed, so that a kill costs no more
/// requests than that.
/// </summary>
internal sealed partial class Selector(CrawlSettings settings, CrawlClock clock, SelectorBounds bounds, IVisits visits)
{
    /// <summary>How far beyond its need a host's queue is read; further when much of it is taken, since that is read over again until it is committed.</summary>
    private const int Refill = 64;
    private const int MostRefill = 2_048;
    private const int Low = 24;
    private const int IdleMs = 2_000;
    private const int LeaseEveryMs = 500;

    private readonly Channel<SelectorTurn> _turns = Channel.CreateUnbounded<SelectorTurn>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<long, HostSlot> _hosts = [];
    private readonly Gates _gates = new(settings, bounds, visits.IsShared ? visits.Open : null);
    private readonly TimingWheel _wheel = new(clock.Now);
    private readonly Queue<HostSlot> _ready = new();
    private long _started = bounds.Started;
    private long _lastLease = long.MinValue / 2;
    private long _notBeforeLease;
    private bool _leasing;
    private bool _moreHosts = true;
    private volatile bool _paused;
    private int _open;
    private int _underWay;
    private int _refills;
    private int _active;
    private bool _quiet;
    private long _heldUntil = long.MaxValue;

    /// <summary>Requests begun whose outcome is not committed: what a kill would let be made again.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Those of them that have no answer yet.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    public int ActiveHosts => Volatile.Read(ref _active);

    /// <summary>Nothing is open and no host in memory has anything left: finished, unless the store has more.</summary>
    public bool IsQuiet => Volatile.Read(ref _quiet);

    /// <summary>Told when nothing is open any more.</summary>
    public Action? Rested { get; init; }

    /// <summary>Whether the crawl may have no more pages.</summary>
    public bool IsFull => settings.MaxPages is { } most && Volatile.Read(ref _started) >= most;

    public void Tell(SelectorTurn turn) => _turns.Writer.TryWrite(turn);

    /// <summary>No request starts or goes out after this moment unless the heartbeat moves it: others may have the hosts by then. Unix milliseconds.</summary>
    public long HeldUntil
    {
        get => Volatile.Read(ref _heldUntil);
        set => Volatile.Write(ref _heldUntil, value);
    }

    /// <summary>Starts nothing more; what is under way ends.</summary>
    public void Pause() => _paused = true;

    internal bool HasTurns => _turns.Reader.TryPeek(out _);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = clock.Provider.CreateTimer(_ => Tell(new SelectorTurn(TurnKind.Look)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = Turn();
            if (_turns.Reader.TryPeek(out _))
            {
                continue;
            }

            Look();
            timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, next - clock.Now)), Timeout.InfiniteTimeSpan);
            if (!await _turns.Reader.WaitToReadAsync(cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Takes in what happened and starts what may start. When to look again at the latest, Unix milliseconds.</summary>
    internal long Turn()
    {
        while (_turns.Reader.TryRead(out var turn))
        {
            Take(turn);
        }

        var now = clock.Now;
        _wheel.Advance(now, _ready);
        _gates.OpenLate(now, Schedule);
        if (now >= HeldUntil && _underWay > 0)
        {
            visits.Abort();
        }

        while (CanStart && _ready.TryDequeue(out var host))
        {
            // The time is read anew for each: a host whose moment comes during this loop would be sent back and forth for ever by an old one.
            Step(host, clock.Now);
        }

        LeaseIfDue(now);
        Volatile.Write(ref _active, _hosts.Count);
        return Math.Min(Math.Min(_wheel.Next() ?? long.MaxValue, _gates.NextLate ?? long.MaxValue), now + LeaseEveryMs);
    }

    internal void Look()
    {
        var rests = _open == 0 && _refills == 0 && !_leasing;
        Volatile.Write(ref _quiet, rests && _hosts.Values.All(host => host.Next.Count == 0 && host.Taken.Count == 0 && host.Exhausted));
        if (rests)
        {
            Rested?.Invoke();
        }
    }

    private bool CanStart => !_paused && _open < settings.Concurrency && visits.HasRoom && !IsFull && clock.Now < HeldUntil;

    private void Take(SelectorTurn turn)
    {
        switch (turn.Kind)
        {
            case TurnKind.Headers:
                _gates.Open(turn.Host!, turn.Number, clock.Now, Schedule);
                break;
            case TurnKind.Ended:
                _underWay--;
                _gates.Open(turn.Host!, turn.Number, clock.Now, Schedule);
                Schedule(turn.Host!, turn.Host!.NextAt);
                break;
            case TurnKind.Aborted:
                (_open, _underWay) = (_open - 1, _underWay - 1);
                _gates.Open(turn.Host!, turn.Number, clock.Now, Schedule);
                Aborted(turn.Host!, turn.Payload as UrlKey?);
                break;
            case TurnKind.Refilled:
                Refilled(turn.Host!, (IReadOnlyList<WaitingUrl>)turn.Payload!, (int)turn.Number);
                break;
            case TurnKind.Leased:
                Leased((IReadOnlyList<LeasedHost>)turn.Payload!, (int)turn.Number);
                break;
            case TurnKind.Committed:
                Committed((CommittedBatch)turn.Payload!);
                break;
            case TurnKind.Woken:
                Woken();
                break;
            case TurnKind.Resolved:
                turn.Host!.Address = (string?)turn.Payload ?? turn.Host.Address;
                turn.Host.AddressAt = clock.Now;
                Schedule(turn.Host, 0);
                break;
            case TurnKind.Answered:
                Schedule(turn.Host!, _gates.Answered(turn.Host!, (GateAnswer)turn.Payload!, turn.Number, clock.Now));
                break;
            case TurnKind.Shared:
                Share((int)turn.Number);
                break;
            case TurnKind.Lost:
                visits.Abort();
                foreach (var host in _hosts.Values)
                {
                    Lose(host);
                }

                _moreHosts = true;
                HeldUntil = turn.Number;
                break;
        }
    }

    /// <summary>To the wheel, or to those that are ready.</summary>
    private void Schedule(HostSlot host, long at)
    {
        if (at <= clock.Now)
        {
            host.Place = HostPlace.Ready;
            _ready.Enqueue(host);
        }
        else
        {
            host.Place = HostPlace.Timed;
            _wheel.Add(host, at);
        }
    }

    /// <summary>One host's turn: wait for its clock, its URLs, its address, its gates, and go.</summary>
    private void Step(HostSlot host, long now)
    {
        host.Place = HostPlace.Idle;
        if (host.IsLost)
        {
            Drop(host);
            return;
        }

        if (now < host.NextAt)
        {
            Schedule(host, host.NextAt);
            return;
        }

        if (host.IsSurplus)
        {
            GiveBackIfDone(host);
            return;
        }

        if (!visits.Prepare(host, now))
        {
            _gates.GiveUp(host, Schedule);
            RefillIfLow(host);
            Rest(host, now);
            return;
        }

        RefillIfLow(host);
        if (_gates.NeedsAddress(host, now))
        {
            host.Place = HostPlace.Asking;
            _ = ResolveAsync(host);
            return;
        }

        switch (_gates.TryPass(host, now))
        {
            case Passage.Wait wait:
                Schedule(host, wait.Until);
                return;
            case Passage.Queue:
                host.Place = HostPlace.AtGate;
                return;
            case Passage.Ask ask:
                host.Place = HostPlace.Asking;
                _ = AskAsync(host, ask, now);
                return;
        }

        host.Place = HostPlace.InFlight;
        _open++;
        _underWay++;
        if (visits.Start(host, _gates.Pass(host, now)))
        {
            _started++;
        }
    }

    private async Task ResolveAsync(HostSlot host) => Tell(new SelectorTurn(TurnKind.Resolved, host, await visits.ResolveAsync(host)));

    private async Task AskAsync(HostSlot host, Passage.Ask ask, long now) =>
        Tell(new SelectorTurn(TurnKind.Answered, host, await visits.ShutAsync(ask.Gate, ask.HoldMs), now));

    /// <summary>Nothing to fetch: wait for URLs for a while, then give the host back.</summary>
    private void Rest(HostSlot host, long now)
    {
        if (host.Refilling || !host.Exhausted || host.Taken.Count > 0)
        {
            return;
        }

        if (host.IdleSince == 0)
        {
            host.IdleSince = now;
        }

        if (now - host.IdleSince < IdleMs)
        {
            Schedule(host, host.IdleSince + IdleMs);
            host.Place = HostPlace.Resting;
            return;
        }

        GiveBack(host);
    }

    private void RefillIfLow(HostSlot host)
    {
        if (host.Refilling || host.Exhausted || host.IsLost || host.IsSurplus || host.Next.Count > Low)
        {
            return;
        }

        host.Refilling = true;
        _refills++;
        _ = RefillAsync(host, Math.Clamp(host.Taken.Count, Refill, MostRefill) + host.Taken.Count);
    }

    private async Task RefillAsync(HostSlot host, int max)
    {
        var urls = await visits.QueueAsync(host, max);
        Tell(new SelectorTurn(TurnKind.Refilled, host, urls, max));
    }

    private void Refilled(HostSlot host, IReadOnlyList<WaitingUrl> urls, int max)
    {
        host.Refilling = false;
        _refills--;
        foreach (var url in host.IsLost || host.IsSurplus ? [] : urls)
        {
            if (host.Taken.Add(url.Key.Hash))
            {
                host.Next.Enqueue(url);
                host.IdleSince = 0;
            }
        }

        host.Exhausted = urls.Count < max && !host.Stale;
        host.Stale = false;
        foreach (var hash in host.Committed)
        {
            host.Taken.Remove(hash);
        }

        host.Committed.Clear();
        if (host is { Place: HostPlace.Resting, Next.Count: > 0 })
        {
            _wheel.Remove(host);
            host.Place = HostPlace.Idle;
        }

        if (host.Place == HostPlace.Idle)
        {
            Schedule(host, host.NextAt);
        }
    }

    private void Committed(CommittedBatch batch)
    {
        _open -= batch.Requests;
        foreach (var key in batch.Settled)
        {
            if (_hosts.TryGetValue(key.Host, out var host))
            {
                if (host.Refilling)
                {
                    host.Committed.Add(key.Hash);
                }
                else if (host.Taken.Remove(key.Hash) && host.Taken.Count == 0 && host.Place == HostPlace.Idle)
                {
                    Schedule(host, 0);
                }
            }
        }

        foreach (var id in batch.Lost)
        {
            if (_hosts.TryGetValue(id, out var host) && host.LeasedAt < batch.Began)
            {
                Lose(host);
            }
        }

        foreach (var id in batch.Grown)
        {
            if (_hosts.TryGetValue(id, out var host))
            {
                host.Stale = host.Refilling;
                host.Exhausted = false;
                host.IdleSince = 0;
                RefillIfLow(host);
            }
            else
            {
                _moreHosts = true;
            }
        }
    }

    /// <summary>URLs came back into the queues of whichever hosts.</summary>
    private void Woken()
    {
        _moreHosts = true;
        foreach (var host in _hosts.Values)
        {
            host.Stale = host.Refilling;
            host.Exhausted = false;
            RefillIfLow(host);
        }
    }
}
