using System.Net;
using Madang.Crawler.Freshness;
using Madang.Crawler.Frontier;
using Madang.Crawler.Politeness;
using Madang.Crawler.Robots;
using Madang.Crawler.Traps;
using Madang.Outbound;

namespace Madang.Crawler.Running;

/// <summary>Makes the requests that the selector starts: robots.txt first, then pages. A request sets its host's clock before anything else is done with the answer.</summary>
internal sealed class Visits(CrawlParts parts, Bookkeeper books, VisitReading reading, Budgets budgets, Action<Exception> failed, CancellationToken over) : IVisits
{
    /// <summary>A host whose robots.txt cannot be reached is asked for it so often before its URLs are given up.</summary>
    private const int RobotsAttempts = 3;
    private const int RobotsRetryMs = 10_000;

    // One byte more than is read of a file tells the reader that it was cut, so that it leaves the last, broken line out.
    private static readonly OutboundRequest s_robots = new() { Url = "", MaxBytes = RobotsFile.MaxBytes + 1, MaxWireBytes = RobotsFile.MaxBytes + 1, CutsAtLimit = true, MaxRedirects = RobotsPolicy.MaxRedirects };

    private readonly List<KeyValuePair<string, string>> _headers =
    [
        new("User-Agent", UserAgent(parts.Settings)),
        new("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"),
    ];

    private Selector? _selector;

    // Of requests that start now; another one once these were broken off.
    private CancellationTokenSource _underWay = CancellationTokenSource.CreateLinkedTokenSource(over);

    public Selector Selector
    {
        private get => _selector ?? throw new InvalidOperationException("The selector comes before the first visit.");
        set => _selector = value;
    }

    public bool HasRoom => books.HasRoom;

    public bool IsShared => parts.Store.SharedGates is not null;

    public static string UserAgent(CrawlSettings settings) => $"{settings.Agent}/1.0 (+https://github.com/madang-server/madang; crawler)";

    public bool Prepare(HostSlot host, long now)
    {
        if (host.Robots.IsDue(now))
        {
            return host.Next.Count > 0;
        }

        while (host.Next.TryPeek(out var url))
        {
            if (url.Key.Hash == host.Admitted)
            {
                return true;
            }

            var reason = Refusal(host, url);
            if (reason == RefusalReason.None)
            {
                host.Admitted = url.Key.Hash;
                return true;
            }

            _ = host.Next.Dequeue();
            books.Add(new Outcome(host) { Move = RecrawlPolicy.Refuse(parts.Settings, url, reason, host.Robots.CheckAt, now) });
        }

        return false;
    }

    public bool Start(HostSlot host, long passage)
    {
        if (host.Robots.IsDue(parts.Clock.Now))
        {
            _ = FetchRobotsAsync(host, passage);
            return false;
        }

        _ = FetchPageAsync(host, host.Next.Dequeue(), passage);
        return true;
    }

    public async Task<string?> ResolveAsync(HostSlot host)
    {
        try
        {
            var (addresses, _) = await parts.Outbound.ResolveAsync(new Uri(host.Origin).Host, over);
            return addresses.Length == 0 ? null : addresses[0].ToString();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public Task<GateAnswer> ShutAsync(string gate, int holdMs) => Guarded(SharedGates.ShutAsync(gate, holdMs, CancellationToken.None));

    public void Open(string gate, long mark, int afterMs) => _ = Guarded(OpenAsync(gate, mark, afterMs));

    public async Task<IReadOnlyList<WaitingUrl>> QueueAsync(HostSlot host, int max) => await Guarded(parts.Store.QueueAsync(host.Id, max, CancellationToken.None)) ?? [];

    public async Task<IReadOnlyList<LeasedHost>> LeaseAsync(int max, long now) => await Guarded(LeaseAndOwnAsync(max, now)) ?? [];

    public void Release(HostSlot host)
    {
        budgets.Release(host);
        books.Release(host);
    }

    public void Abort()
    {
        var broken = Interlocked.Exchange(ref _underWay, CancellationTokenSource.CreateLinkedTokenSource(over));
        // Its callbacks end requests, and are not the selector's work.
        _ = broken.CancelAsync();
    }

    public void Drop(HostSlot host) => budgets.Release(host);

    private ISharedGates SharedGates => parts.Store.SharedGates ?? throw new InvalidOperationException("This crawl is not shared.");

    private async Task<bool> OpenAsync(string gate, long mark, int afterMs)
    {
        await SharedGates.OpenAsync(gate, mark, afterMs, CancellationToken.None);
        return true;
    }

    private async Task<IReadOnlyList<LeasedHost>> LeaseAndOwnAsync(int max, long now)
    {
        var leased = await parts.Store.LeaseAsync(max, parts.Region, now, CancellationToken.None);
        await budgets.OwnAsync(parts.Store, leased, CancellationToken.None);
        return leased;
    }

    /// <summary>Why a URL at the head of its host's queue is not fetched now; None when it may be.</summary>
    private RefusalReason Refusal(HostSlot host, WaitingUrl url)
    {
        if (host.Refusal != RefusalReason.None)
        {
            return host.Refusal;
        }

        if (!host.Robots.Allows(url.Path))
        {
            return host.Robots.Meaning == RobotsMeaning.DisallowAll ? RefusalReason.RobotsUnreachable : RefusalReason.Robots;
        }

        // A URL that was fetched before has shown what it is worth.
        return url.Last is null ? budgets.Check(host, url.Path) : RefusalReason.None;
    }

    private async Task FetchPageAsync(HostSlot host, WaitingUrl url, long passage)
    {
        try
        {
            using var response = await parts.Outbound.SendAsync(PageRequest(host, url, passage), _underWay.Token);
            var clock = Tick(host, response, null);
            Selector.Tell(new SelectorTurn(TurnKind.Ended, host, Number: passage));
            await books.RoomAsync(over);
            books.Add(await reading.ReadAsync(host, url, response, clock));
        }
        catch (OperationCanceledException)
        {
            // The crawl stops, or the host is lost: the URL stays where it is.
            Selector.Tell(new SelectorTurn(TurnKind.Aborted, host, url.Key, passage));
        }
        // A fault of ours, not of the page: the crawl breaks off rather than lose the URL.
        catch (Exception fault)
        {
            failed(fault);
        }
    }

    private async Task FetchRobotsAsync(HostSlot host, long passage)
    {
        try
        {
            using var response = await parts.Outbound.SendAsync(RobotsRequest(host, passage), _underWay.Token);
            var now = parts.Clock.Now;
            // A sixth redirect is handed back as such.
            var status = response.Fault is null ? response.Status : 0;
            var body = status is >= 200 and < 300 ? response.Body.ToArray() : null;
            var wait = RetryAfter.Parse(response.RetryAfter, now) is { } asked ? TimeSpan.FromMilliseconds(asked) : (TimeSpan?)null;
            host.Robots = host.Robots.After(status, response.Redirects, wait, body, now, parts.Settings.Agent);
            var clock = Tick(host, response, new RobotsAnswer(now, status, host.Robots.FailingSince, body));
            GiveUp(host, response);
            if (host.Robots.Meaning == RobotsMeaning.DisallowAll)
            {
                clock = Unreachable(host, clock, now, status);
            }
            else
            {
                host.RobotsAttempts = 0;
            }

            Selector.Tell(new SelectorTurn(TurnKind.Ended, host, Number: passage));
            books.Add(reading.ReadRobots(host, clock, response.Fault));
        }
        catch (OperationCanceledException)
        {
            Selector.Tell(new SelectorTurn(TurnKind.Aborted, host, Number: passage));
        }
        // As above.
        catch (Exception fault)
        {
            failed(fault);
        }
    }

    /// <summary>Nothing may be fetched until robots.txt answers: the host waits; after some attempts its URLs are refused, or come back with the next look at it (<see cref="RecrawlPolicy.Refuse"/>).</summary>
    private static HostClock Unreachable(HostSlot host, HostClock clock, long now, int status)
    {
        host.RobotsAttempts++;
        if (host.RobotsAttempts >= RobotsAttempts)
        {
            // Until the next look the rules forbid everything, and the waiting URLs are refused one by one.
            return clock;
        }

        var wait = status == 0 ? RobotsRetryMs * host.RobotsAttempts : 6 * RobotsRetryMs;
        host.Robots = host.Robots.Again();
        host.NextAt = Math.Max(host.NextAt, now + wait);
        host.Block ??= HostBlocks.RobotsUnreachable;
        return clock with { NextAt = host.NextAt, Block = host.Block };
    }

    /// <summary>A host that has no address, or one that may not be reached, is not asked again.</summary>
    private static void GiveUp(HostSlot host, OutboundResponse response)
    {
        if (response is { Redirects: 0, Fault: OutboundFaults.AddressRefused or OutboundFaults.PortRefused or OutboundFaults.InvalidRequest })
        {
            host.Refusal = RefusalReason.AddressRefused;
        }

        if (response.Redirects == 0 && (host.Refusal == RefusalReason.AddressRefused || response.Fault == OutboundFaults.NoSuchHost))
        {
            host.RobotsAttempts = RobotsAttempts;
        }
    }

    /// <summary>Sets the host's clock by what came.</summary>
    private HostClock Tick(HostSlot host, OutboundResponse response, RobotsAnswer? robots)
    {
        var now = parts.Clock.Now;
        var pause = HostDelay.Next(parts.Settings, new HostTurn
        {
            Now = now,
            LatencyMs = host.LatencyMs,
            Errors = host.Errors,
            CrawlDelay = host.Robots.Rules.CrawlDelay,
            Status = response.Fault is null ? response.Status : 0,
            HeadersMs = response.ToHeaders.TotalMilliseconds,
            RetryAfter = response.RetryAfter,
            Random = Random.Shared.NextDouble(),
        });
        // A pause ends one later, since the clock counts whole milliseconds and the one in which the answer ended is not over.
        (host.NextAt, host.Block, host.LatencyMs, host.Errors) = (pause.NextAt + Math.Sign(pause.NextAt - now), pause.Block, pause.LatencyMs, pause.Errors);
        host.Refusal = pause.Refusal;
        if (response.Address is { } address)
        {
            host.Address = Text(address);
        }

        return new HostClock(host.Id, host.NextAt, host.Block, (int)Math.Ceiling(host.LatencyMs), host.Errors, host.Address, ConnectMs(response), robots);
    }

    /// <summary>For locality; only a node that has a region measures.</summary>
    private int? ConnectMs(OutboundResponse response) =>
        parts.Region is not null && response.ConnectTime is { } took ? Math.Max(1, (int)took.TotalMilliseconds) : null;

    /// <summary>A process that stood still since it began the request may have lost the host meanwhile, and its selector may not have noticed yet.</summary>
    private bool Sends(HostSlot host)
    {
        var now = parts.Clock.Now;
        if (now >= Selector.HeldUntil)
        {
            Abort();
            return false;
        }

        host.SentAt = now;
        return true;
    }

    private OutboundRequest PageRequest(HostSlot host, WaitingUrl url, long passage)
    {
        IReadOnlyList<KeyValuePair<string, string>> headers = _headers;
        if (url.Last is { } last && (last.Etag is not null || last.LastModified is not null))
        {
            var more = new List<KeyValuePair<string, string>>(_headers);
            if (last.Etag is { } etag)
            {
                more.Add(new("If-None-Match", etag));
            }

            if (last.LastModified is { } modified)
            {
                more.Add(new("If-Modified-Since", modified));
            }

            headers = more;
        }

        return new OutboundRequest
        {
            Url = host.Origin + url.Path,
            Headers = headers,
            MaxWireBytes = parts.Settings.MaxPageBytes,
            MaxBytes = parts.Settings.MaxPageBytes,
            CutsAtLimit = true,
            Sends = () => Sends(host),
            Accepts = response =>
            {
                Selector.Tell(new SelectorTurn(TurnKind.Headers, host, Number: passage));
                return VisitReading.Wants(response);
            },
        };
    }

    private OutboundRequest RobotsRequest(HostSlot host, long passage) => new()
    {
        Url = host.Origin + "/robots.txt",
        Headers = _headers,
        MaxBytes = s_robots.MaxBytes,
        MaxWireBytes = s_robots.MaxWireBytes,
        CutsAtLimit = s_robots.CutsAtLimit,
        MaxRedirects = s_robots.MaxRedirects,
        Sends = () => Sends(host),
        Accepts = response =>
        {
            Selector.Tell(new SelectorTurn(TurnKind.Headers, host, Number: passage));
            return response.Status is >= 200 and < 300;
        },
    };

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    /// <summary>The selector cannot go on without the store: what breaks there ends the run.</summary>
    private async Task<T?> Guarded<T>(Task<T> read)
    {
        try
        {
            return await read;
        }
        catch (Exception fault)
        {
            failed(fault);
            return default;
        }
    }
}
