using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Running;

namespace Madang.Tests.Unit.Crawler.Frontier;

internal sealed record SimulatedRequest(string Host, string Domain, string Address, long Url, long Start, long Arrival, long End);

/// <summary>
/// Hosts with queues, answers that take their time, and books that are written at intervals, all on virtual time: drives a <see cref="Selector"/> turn by turn until nothing is left.
/// </summary>
internal sealed class SimulatedWeb : IVisits
{
    private readonly FakeTime _time = new();
    private readonly CrawlClock _clock;
    private readonly Selector _selector;
    private readonly Random _random;
    private readonly SortedDictionary<(long At, int Order), Action> _events = [];
    private readonly Dictionary<long, Host> _hosts = [];
    private readonly Dictionary<string, long> _domainGates = [];
    private readonly List<UrlKey> _settled = [];
    private readonly HashSet<long> _grown = [];
    private int _order;
    private int _open;
    private long _nextUrl = 1;

    public SimulatedWeb(CrawlSettings settings, int seed, int notBeforeMs = 0)
    {
        _random = new Random(seed);
        _clock = new CrawlClock(_time);
        Began = _clock.Now;
        _selector = new Selector(settings, _clock, new SelectorBounds { NotBefore = notBeforeMs == 0 ? 0 : Began + notBeforeMs }, this);
        Settings = settings;
    }

    public CrawlSettings Settings { get; }

    public long Began { get; }

    public List<SimulatedRequest> Requests { get; } = [];

    public (int From, int To) Headers { get; init; } = (1, 120);

    public (int From, int To) Body { get; init; } = (0, 60);

    public int CommitMs { get; init; } = 100;

    /// <summary>Pages name new URLs, on any host, until so many are known.</summary>
    public int GrowsTo { get; init; }

    /// <summary>The most requests that a kill would have let be made again.</summary>
    public int MostOpen { get; private set; }

    public long Known => _nextUrl - 1;

    public bool HasRoom => true;

    public bool IsShared => false;

    public void AddHost(string name, string domain, string address, int urls, int? headersMs = null)
    {
        var host = new Host(name, domain, address, headersMs);
        _hosts.Add(host.Id, host);
        for (var i = 0; i < urls; i++)
        {
            host.Waiting.Add(_nextUrl++);
        }
    }

    /// <summary>The host gets one more URL some time after the start, as when a page is tried again.</summary>
    public void Find(string name, int afterMs)
    {
        var host = _hosts.Values.Single(host => host.Name == name);
        var url = _nextUrl++;
        At(Began + afterMs, () =>
        {
            host.Found.Add(url);
            _grown.Add(host.Id);
        });
    }

    public void Run()
    {
        At(_clock.Now + CommitMs, Commit);
        foreach (var ms in LosesAtMs)
        {
            At(Began + ms, () => _ = _selector.RenewAsync(() =>
            {
                foreach (var host in _hosts.Values)
                {
                    host.IsAbandoned = true;
                    host.Leased = false;
                }

                return Task.FromResult((new Heartbeat(false, null), long.MaxValue));
            }));
        }

        if (IsAwayMs is { } away)
        {
            _selector.HeldUntil = Began + away.From;
            At(Began + away.To, () => _ = _selector.RenewAsync(() => Task.FromResult((new Heartbeat(true, null), long.MaxValue))));
        }

        foreach (var (ms, share) in Shares)
        {
            At(Began + ms, () => _ = _selector.RenewAsync(() => Task.FromResult((new Heartbeat(true, share), long.MaxValue))));
        }

        while (true)
        {
            var look = _selector.Turn();
            while (_selector.HasTurns)
            {
                look = _selector.Turn();
            }

            _selector.Look();

            var done = _hosts.Values.All(host => host.Waiting.Count == 0) && _selector.IsQuiet && _settled.Count == 0 && Requests.Count == Known;
            if (done || (Settings.MaxPages is { } most && Requests.Count >= most && _selector.Open == 0) || _clock.Now - Began > 3_600_000)
            {
                return;
            }

            var next = Math.Min(look, _events.Count > 0 ? _events.First().Key.At : long.MaxValue);
            if (next > _clock.Now)
            {
                _time.Advance(TimeSpan.FromMilliseconds(next - _clock.Now));
            }

            while (_events.Count > 0 && _events.First() is var (key, action) && key.At <= _clock.Now)
            {
                _events.Remove(key);
                action();
            }
        }
    }

    public bool Prepare(HostSlot host, long now) => host.Next.Count > 0;

    public bool Start(HostSlot host, long passage)
    {
        var url = host.Next.Dequeue();
        var row = _hosts[host.Id];
        var start = _clock.Now;
        host.SentAt = start;
        var headers = row.HeadersMs ?? _random.Next(Headers.From, Headers.To);
        var end = start + headers + _random.Next(Body.From, Body.To);
        // It arrives some time after it was sent and before the headers come back.
        var arrival = start + (row.HeadersMs is null ? _random.Next(0, headers) : 0);
        _open++;
        MostOpen = Math.Max(MostOpen, _open);
        Requests.Add(new SimulatedRequest(row.Name, row.Domain, row.Address, url.Key.Hash, start, arrival, end));
        At(start + headers, () => _selector.Tell(new SelectorTurn(TurnKind.Headers, host, Number: passage)));
        At(end, () =>
        {
            host.NextAt = _clock.Now + Settings.DelayMs;
            _selector.Tell(new SelectorTurn(TurnKind.Ended, host, Number: passage));
            _settled.Add(url.Key);
            for (var i = 0; i < 3 && Known < GrowsTo; i++)
            {
                var target = _hosts.Values.ElementAt(_random.Next(_hosts.Count));
                target.Found.Add(_nextUrl++);
                _grown.Add(target.Id);
            }
        });
        return true;
    }

    public Task<string?> ResolveAsync(HostSlot host) => Task.FromResult<string?>(_hosts[host.Id].Address);

    public Task<GateAnswer> ShutAsync(string gate, int holdMs) => throw new InvalidOperationException("This crawl is not shared.");

    public void Open(string gate, long mark, int afterMs) => throw new InvalidOperationException("This crawl is not shared.");

    public void Abort()
    {
    }

    public void Drop(HostSlot host)
    {
    }

    /// <summary>The heartbeat came too late at these moments: all hosts are free.</summary>
    public IReadOnlyList<int> LosesAtMs { get; init; } = [];

    /// <summary>At these moments a heartbeat tells how many hosts are this node's share; null when it is the only node.</summary>
    public IReadOnlyList<(int AtMs, int? Share)> Shares { get; init; } = [];

    /// <summary>And nothing starts in between: from, to.</summary>
    public (int From, int To)? IsAwayMs { get; init; }

    public Task<IReadOnlyList<WaitingUrl>> QueueAsync(HostSlot host, int max)
    {
        var source = new TaskCompletionSource<IReadOnlyList<WaitingUrl>>();
        IReadOnlyList<WaitingUrl> rows =
            [.. _hosts[host.Id].Waiting.Order().Take(max).Select(url => new WaitingUrl(new UrlKey(host.Id, url), "/", 0, url, 0, 0, null))];
        // What was read may be old by the time it is heard.
        At(_clock.Now + _random.Next(0, 40), () => source.SetResult(rows));
        return source.Task;
    }

    public Task<IReadOnlyList<LeasedHost>> LeaseAsync(int max, long now) => Task.FromResult<IReadOnlyList<LeasedHost>>(
        [.. _hosts.Values.Where(host => !host.Leased && host.Waiting.Count > 0).Take(max).Select(host => host.Lease(_domainGates.GetValueOrDefault(host.Domain)))]);

    public void Release(HostSlot host)
    {
        var row = _hosts[host.Id];
        (row.Leased, row.NextAt) = (false, host.NextAt);
        _domainGates[host.Domain] = host.DomainGate?.NextAt ?? 0;
    }

    private void Commit()
    {
        foreach (var key in _settled)
        {
            _hosts[key.Host].Waiting.Remove(key.Hash);
        }

        foreach (var id in _grown)
        {
            _hosts[id].Waiting.AddRange(_hosts[id].Found);
            _hosts[id].Found.Clear();
        }

        _open -= _settled.Count;
        _selector.Tell(new SelectorTurn(TurnKind.Committed, Payload: new CommittedBatch(_settled.Count, [.. _settled], [.. _grown], [], _clock.Now)));
        _settled.Clear();
        _grown.Clear();
        At(_clock.Now + CommitMs, Commit);
    }

    private void At(long at, Action action) => _events.Add((at, _order++), action);

    private sealed class Host(string name, string domain, string address, int? headersMs)
    {
        public long Id { get; } = name.GetHashCode(StringComparison.Ordinal);

        public string Name { get; } = name;

        public string Domain { get; } = domain;

        public string Address { get; } = address;

        public int? HeadersMs { get; } = headersMs;

        public List<long> Waiting { get; } = [];

        public List<long> Found { get; } = [];

        public bool Leased { get; set; }

        public bool IsAbandoned { get; set; }

        public long NextAt { get; set; }

        public LeasedHost Lease(long domainGate)
        {
            Leased = true;
            return new LeasedHost(new HostRow { Id = Id, Origin = "http://" + Name, Domain = Domain, Waiting = Waiting.Count, NextAt = NextAt }, domainGate, IsAbandoned);
        }
    }
}
