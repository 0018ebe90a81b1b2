using System.Text;
using System.Threading.Channels;
using Madang.Crawler.Archive;
using Madang.Crawler.Dedupe;
using Madang.Crawler.Frontier;
using Madang.Crawler.Priority;
using Madang.Crawler.Traps;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Running;

/// <summary>
/// The one writer of a crawl's books. Outcomes come in; duplicates are judged, links become URLs, responses go to the archive; and one transaction makes all of it durable, after the
/// archive that it refers to. While one batch is written the next one fills, and is written next: when it holds a fair part of the crawl's slots, when few requests are under way, and
/// after 200 ms at the latest.
/// </summary>
internal sealed class Bookkeeper(CrawlParts parts, Fingerprints fingerprints, Budgets budgets, WarcWriter? archive, Action<Exception> failed)
{
    /// <summary>Outcomes that may wait for the books; beyond it no request is started. One with many links weighs as much as several.</summary>
    private const int Backlog = 2_048;
    private const int LinksPerWeight = 64;

    /// <summary>What is known of a link is somewhere in 16 MB, and asked for while the ones before it are entered.</summary>
    private const int LinksAhead = 6;

    /// <summary>The usual weight is that of the last so many pages or so. None counts for more than this, so that a few huge pages do not make the others wait for slow hosts.</summary>
    private const int UsualPages = 16;
    private const int MostUsual = Backlog / 32;
    private const int MostPages = 1_024;

    /// <summary>New URLs of a batch: pages of thousands of links would make it hold millions.</summary>
    private const int MostUrls = 16_384;
    private const int MostAgeMs = 200;

    /// <summary>A batch that holds this part of the slots is worth its transaction; a smaller one costs more of the processor for each page.</summary>
    private const int Part = 4;

    /// <summary>When little is under way, slots and the URLs that were found are wanted sooner.</summary>
    private const int StarvedAgeMs = 10;
    private const int TickMs = 10;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(TickMs);
    private static readonly Outcome s_tick = new(new HostSlot(new HostRow { Id = 0, Origin = "", Domain = "" }, ""));

    private readonly Channel<Outcome> _outcomes = Channel.CreateUnbounded<Outcome>(new UnboundedChannelOptions { SingleReader = true });
    private readonly UrlMemory _memory = new();
    private readonly KnownHosts _hosts = new();
    private CrawlBatch _filling = new();
    private CrawlBatch _spare = new();
    private List<UrlKey> _settled = [];
    private Dictionary<long, HostClock> _clocks = [];
    private Task _writing = Task.CompletedTask;
    private long _began;
    private int _requests;
    private int _waiting;
    private int _atTheDoor;
    private float _usual = 1;
    private TaskCompletionSource _roomed = NewSignal();
    private volatile bool _isTicking;

    /// <summary>Told after each commit.</summary>
    public required Action<CommittedBatch> Committed { get; init; }

    /// <summary>Requests without an answer: few of them make a batch short.</summary>
    public required Func<int> UnderWay { get; init; }

    /// <summary>Whether one more request would find room with what it brings, if that is what pages bring as a rule.</summary>
    public bool HasRoom => Volatile.Read(ref _waiting) + ((UnderWay() + Volatile.Read(ref _atTheDoor)) * Volatile.Read(ref _usual)) < Backlog;

    private bool IsBehind => Volatile.Read(ref _waiting) >= Backlog;

    /// <summary>Ends when the books keep up. What an answer holds while it waits for that is its body, which is less than what is made of it.</summary>
    public async ValueTask RoomAsync(CancellationToken cancellationToken)
    {
        while (IsBehind)
        {
            var roomed = Volatile.Read(ref _roomed).Task;
            _ = Interlocked.Increment(ref _atTheDoor);
            if (IsBehind)
            {
                await roomed.WaitAsync(cancellationToken);
            }

            _ = Interlocked.Decrement(ref _atTheDoor);
        }
    }

    /// <summary>Nothing waits, and everything that came is durable.</summary>
    public bool IsQuiet => Volatile.Read(ref _waiting) == 0 && Volatile.Read(ref _unwritten) == 0 && !_isWriting;

    private bool IsFull => _filling.Pages.Count >= MostPages || _filling.Urls.Count >= MostUrls;

    private int _unwritten;
    private volatile bool _isWriting;

    public void Add(Outcome outcome)
    {
        _ = Interlocked.Add(ref _waiting, Weight(outcome));
        _ = _outcomes.Writer.TryWrite(outcome);
    }

    /// <summary>The host's lease ends with the next batch.</summary>
    public void Release(HostSlot host) => Add(new Outcome(host) { IsRelease = true, Gate = host.DomainGate });

    /// <summary>Runs until <see cref="Close"/>; the last batch is durable when it ends.</summary>
    public async Task RunAsync()
    {
        using var ticker = parts.Clock.Provider.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (await _outcomes.Reader.WaitToReadAsync())
            {
                while (!IsFull && _outcomes.Reader.TryRead(out var outcome))
                {
                    if (!ReferenceEquals(outcome, s_tick))
                    {
                        var weight = Weight(outcome);
                        Enter(outcome);
                        Leave(outcome, weight);
                    }
                }

                await WriteIfDueAsync();
                if (_unwritten > 0 && !_isTicking)
                {
                    _isTicking = true;
                    _ = ticker.Change(s_look, Timeout.InfiniteTimeSpan);
                }
            }

            await _writing;
            StartWriting();
            await _writing;
        }
        // The end of the crawl in this process: its owner decides what follows.
        catch (Exception fault)
        {
            // The archive is closed next, and a batch under way may still need it.
            await _writing.ContinueWith(static _ => { }, TaskScheduler.Default);
            failed(fault);
        }
    }

    /// <summary>No more outcomes come.</summary>
    public void Close() => _outcomes.Writer.TryComplete();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Tick()
    {
        _isTicking = false;
        _ = _outcomes.Writer.TryWrite(s_tick);
    }

    private void Leave(Outcome outcome, int weight)
    {
        if (outcome.Page is not null)
        {
            Volatile.Write(ref _usual, _usual + ((Math.Min(weight, MostUsual) - _usual) / UsualPages));
        }

        var left = Interlocked.Add(ref _waiting, -weight);
        if (left < Backlog && left + weight >= Backlog)
        {
            Interlocked.Exchange(ref _roomed, NewSignal()).SetResult();
        }
    }

    /// <summary>Looks again when a batch is written, or could not be: what came meanwhile may be due.</summary>
    private async Task LookAfterAsync(Task writing)
    {
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ = _outcomes.Writer.TryWrite(s_tick);
    }

    private static int Weight(Outcome outcome) => 1 + ((outcome.Links?.Count ?? 0) / LinksPerWeight);

    private async Task WriteIfDueAsync()
    {
        if (_writing.IsFaulted)
        {
            // With all slots held nothing more would come that could tell it.
            await _writing;
        }

        if (_unwritten == 0)
        {
            return;
        }

        var age = parts.Clock.Now - _began;
        var isFull = IsFull;
        if (isFull)
        {
            await _writing;
        }

        if (_writing.IsCompleted && (isFull || _requests * Part >= parts.Settings.Concurrency || age >= MostAgeMs || (age >= StarvedAgeMs && UnderWay() * Part < parts.Settings.Concurrency)))
        {
            await _writing;
            StartWriting();
        }
    }

    private void StartWriting()
    {
        if (_unwritten == 0)
        {
            return;
        }

        var batch = _filling;
        batch.Now = parts.Clock.Now;
        batch.Clocks.AddRange(_clocks.Values);
        budgets.Drain(batch);
        var (settled, requests) = (_settled, _requests);
        var grown = batch.Urls.Where(url => url.State == UrlState.Waiting).Select(url => url.Key.Host).ToHashSet();
        _clocks = [];
        _settled = [];
        _requests = 0;
        (_filling, _spare) = (_spare, batch);
        _isWriting = true;
        Volatile.Write(ref _unwritten, 0);
        _writing = WriteAsync(batch, requests, settled, grown);
        _ = LookAfterAsync(_writing);
    }

    private async Task WriteAsync(CrawlBatch batch, int requests, List<UrlKey> settled, HashSet<long> grown)
    {
        if (archive is not null)
        {
            await archive.SyncAsync(batch.WarcLengths);
        }

        var outcome = await parts.Store.CommitAsync(batch, CancellationToken.None);
        var began = batch.Now;
        batch.Clear();
        Committed(new CommittedBatch(requests, settled, grown, outcome.Lost, began));
        _isWriting = false;
    }

    private void Enter(Outcome outcome)
    {
        if (_unwritten++ == 0)
        {
            _began = parts.Clock.Now;
        }

        if (outcome.IsRelease)
        {
            _filling.Released.Add(outcome.Host.Id);
            Keep(outcome.Gate);
        }

        if (outcome.Clock is { } clock)
        {
            _requests++;
            _clocks[clock.Id] = clock.Robots is null && _clocks.GetValueOrDefault(clock.Id)?.Robots is { } robots ? clock with { Robots = robots } : clock;
            Keep(outcome.Host.DomainGate);
            // One that nodes share is kept by the store.
            Keep(parts.Store.SharedGates is null ? outcome.Host.AddressGate : null);
        }

        if (outcome.Fault is { } fault)
        {
            Count(CrawlCounts.Fault(fault));
        }

        if (outcome.Move is { } move)
        {
            _filling.Moves.Add(move);
            _settled.Add(move.Key);
            _memory.Rest(move.Key);
            Count(CrawlCounts.Refused(move.Reason.Code()));
        }

        if (outcome.Page is { } page)
        {
            EnterPage(outcome, page);
        }
        else if (outcome.Links is { } links)
        {
            EnterLinks(links, outcome.Host, default, 0, Importance.SeedCash);
        }

        outcome.Links?.Return();
    }

    private void EnterPage(Outcome outcome, PageRow page)
    {
        var importance = _memory.Visit(page.Key);
        if (outcome.Last is { } last && (last.BodyHash != page.BodyHash || page.Next == UrlState.Gone))
        {
            fingerprints.Forget(page.Key, last.BodyHash, last.SimHash);
        }

        if (outcome.IsComparable)
        {
            page = Judge(page);
        }

        if (outcome.Members is { } members && archive is not null)
        {
            var place = archive.Append(members);
            members.Dispose();
            page = page with { WarcFile = place.File, WarcOffset = place.Offset, WarcLength = place.Length };
        }

        var isTargetKnown = page.Original != default && _memory.Standing(page.Original) != UrlStanding.Unknown;
        budgets.Fetched(outcome.Host, outcome.Path!, page, isTargetKnown);
        var list = page.Links;
        if (outcome.Links is { } links)
        {
            EnterLinks(links, outcome.Host, page.Key, outcome.Depth, parts.Settings.FollowImportance ? Importance.Share(importance, links.Count) : 0);
            list = links.Keys();
        }

        _filling.Moves.AddRange(outcome.Moves ?? []);
        _filling.Pages.Add(page with { Importance = importance, Links = list });
        _settled.Add(page.Key);
        CountPage(outcome, page);
    }

    /// <summary>The last two layers: the same bytes, nearly the same text. What is found here is the earlier page, whatever order they were fetched in.</summary>
    private PageRow Judge(PageRow page)
    {
        if (page.Duplicate == DuplicateKind.None)
        {
            if (fingerprints.FindBody(page.BodyHash, page.Key) is { } same)
            {
                return page with { Duplicate = DuplicateKind.Body, Original = same };
            }

            if (fingerprints.FindNear(page.SimHash, page.Key) is { } near)
            {
                page = page with { Duplicate = DuplicateKind.Near, Original = near };
            }
        }

        fingerprints.Add(page.Key, page.BodyHash, page.Duplicate == DuplicateKind.None ? page.SimHash : 0);
        return page;
    }

    private void EnterLinks(LinkTable links, HostSlot from, UrlKey referrer, int depth, float share)
    {
        Span<byte> domain = stackalloc byte[256];
        domain = Encoding.ASCII.TryGetBytes(from.Domain, domain, out var length) ? domain[..length] : default;
        for (var i = 0; i < links.Count; i++)
        {
            if (i + LinksAhead < links.Count)
            {
                _memory.AskFor(links[i + LinksAhead].Key);
            }

            var link = links[i];
            if (link.Key.Host != from.Id && !domain.IsEmpty)
            {
                budgets.Refer(PublicSuffixes.RegistrableDomain(links.HostName(link)), domain);
            }

            var gift = _memory.Give(link.Key, share);
            if (gift.Standing != UrlStanding.Unknown && !gift.IsBetter)
            {
                continue;
            }

            var below = link.Origin switch
            {
                LinkOrigin.Anchor or LinkOrigin.SitemapPart => depth + 1,
                LinkOrigin.Sitemap => 1,
                // So that a chain of redirects has an end.
                LinkOrigin.Redirect or LinkOrigin.Canonical => depth + 1,
                _ => depth,
            };
            var path = links.Path(link);
            var isForbidden = !gift.IsBetter && link.Key.Host == from.Id && from.Robots.Forbids(path);
            var rank = gift.IsBetter ? gift.Class : _memory.Add(link.Key, PriorityClass.Offset(Hints(link, below)), share, isWaiting: !isForbidden);
            // A known one that still waits takes the better class; any other stays as it is. What the page's own host forbids need not stand in its queue first.
            _filling.Urls.Add(isForbidden
                ? new NewUrl(link.Key, path, UrlState.Refused, RefusalReason.Robots, rank, below, referrer, 0)
                : new NewUrl(link.Key, path, UrlState.Waiting, RefusalReason.None, rank, below, referrer, 0));
            if (isForbidden)
            {
                Count(CrawlCounts.Refused(RefusalReason.Robots.Code()));
            }

            if (_hosts.Add(link.Key.Host))
            {
                _filling.Hosts.Add(KnownHosts.Row(links, link, parts.Regions));
            }
        }
    }

    private UrlHints Hints(Link link, int depth) => new()
    {
        Depth = depth,
        Boost = link.Boost,
        SitemapPriority = float.IsNaN(link.Priority) ? null : link.Priority,
        ModifiedAgo = link.Modified == 0 ? null : TimeSpan.FromMilliseconds(parts.Clock.Now - link.Modified),
    };

    private void CountPage(Outcome outcome, PageRow page)
    {
        Count(CrawlCounts.Pages);
        Count(CrawlCounts.Status(page.Status));
        Count(CrawlCounts.Bytes, page.Bytes);
        Count(CrawlCounts.WireBytes, page.WireBytes);
        if (page.Fault is { } fault)
        {
            Count(CrawlCounts.Fault(fault));
        }

        if (page.Duplicate != DuplicateKind.None)
        {
            Count(CrawlCounts.Duplicate(page.Duplicate));
        }

        if (outcome.RefusedLinks is { } refused)
        {
            foreach (var (reason, count) in refused)
            {
                Count(CrawlCounts.Refused(reason.Code()), count);
            }
        }
    }

    private void Keep(Gate? gate)
    {
        if (gate is not null)
        {
            _filling.Gates[gate.Key] = gate.NextAt;
        }
    }

    private void Count(string name, long more = 1) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_filling.Counts, name, out _) += more;
}
