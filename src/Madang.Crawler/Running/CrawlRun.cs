using Madang.Crawler.Admission;
using Madang.Crawler.Archive;
using Madang.Crawler.Dedupe;
using Madang.Crawler.Frontier;
using Madang.Crawler.Traps;
using Madang.Crawler.Urls;
using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Crawler.Running;

/// <summary>How a run of a crawl ended.</summary>
internal enum CrawlEnd
{
    /// <summary>Nothing is left to fetch, or the crawl has as many pages as it may.</summary>
    Finished,

    /// <summary>It was told to stop and can go on later.</summary>
    Stopped,

    /// <summary>The disk is full. What was committed stands, and it can go on when there is room.</summary>
    Full,
}

/// <summary>
/// One process's work on one crawl: the selector's loop, the requests it starts, the bookkeeper, and the housekeeping around them. Everything that it did is durable when
/// <see cref="Completion"/> ends.
/// </summary>
internal sealed partial class CrawlRun : IAsyncDisposable
{
    /// <summary>A lease holds this long without a heartbeat.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private const int TurnMs = 500;

    /// <summary>Resting URLs are not woken one by one when many come due together.</summary>
    private const int LeastTurnMs = 20;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(4);

    /// <summary>Before the lease's end: a request that starts then has gone out before others may ask.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(2);
    private const int WakeAtOnce = 10_000;

    private readonly CrawlParts _parts;
    private readonly FrontierStart _start;
    private readonly Fingerprints _fingerprints;
    private readonly WarcWriter? _archive;
    private readonly Budgets _budgets;
    private readonly Bookkeeper _books;
    private readonly VisitReading _reading;
    private readonly Visits _visits;
    private readonly Selector _selector;
    private readonly CancellationTokenSource _over = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _rested = new(0, 1);
    private readonly RateMeter _rate;
    private readonly ILogger _log;
    private readonly long _began;
    private volatile bool _stopping;
    private long _log_;

    private CrawlRun(CrawlParts parts, FrontierStart start, Fingerprints fingerprints, long log, WarcWriter? archive, ILogger logger)
    {
        (_parts, _start, _fingerprints, _archive, _log, _log_) = (parts, start, fingerprints, archive, logger, log);
        _began = parts.Clock.Now;
        _rate = new RateMeter(parts.Clock);
        _budgets = new Budgets(parts.Settings);
        _books = new Bookkeeper(parts, fingerprints, _budgets, archive, fault => _failed.TrySetResult(fault))
        {
            Committed = batch =>
            {
                _rate.Add(batch.Settled.Count);
                Committed?.Invoke();
                _selector!.Tell(new SelectorTurn(TurnKind.Committed, Payload: batch));
            },
            UnderWay = () => _selector!.UnderWay,
        };
        _reading = new VisitReading(parts, new SipHash(start.Key), new AdmissionPolicy(parts.Settings, parts.Clock.Provider, parts.Policies.Urls), fingerprints, parts.Pages);
        _visits = new Visits(parts, _books, _reading, _budgets, fault => _failed.TrySetResult(fault), _over.Token);
        var pages = start.Counts.GetValueOrDefault(CrawlCounts.Pages);
        var bounds = new SelectorBounds
        {
            Started = pages,
            // Clocks may be a commit behind what the hosts have seen.
            NotBefore = pages == 0 ? 0 : _began + parts.Settings.DelayMs,
        };
        _selector = new Selector(parts.Settings, parts.Clock, bounds, _visits) { Rested = Rested };
        _visits.Selector = _selector;
    }

    /// <summary>Told after each commit: there may be pages for the sinks.</summary>
    public Action? Committed { get; set; }

    /// <summary>What a kill or a full disk had left in the archive beyond the books, and this run cut.</summary>
    public WarcCut Cut { get; private init; } = new();

    /// <summary>Ends when nothing is left, <see cref="Stop"/> was heard or the disk is full, and fails with what broke the run.</summary>
    public Task<CrawlEnd> Completion { get; private set; } = null!;

    public static async Task<CrawlRun> StartAsync(CrawlParts parts, ILogger log, CancellationToken cancellationToken)
    {
        var start = await parts.Store.StartAsync(cancellationToken);
        if (start.Now is { } now)
        {
            parts.Clock.Set(now);
        }

        var cut = new WarcCut();
        var archive = parts.Settings.Archive ? OpenArchive(parts, start, out cut) : null;
        var fingerprints = new Fingerprints();
        var position = await ReadAsync(parts.Store, fingerprints, 0, cancellationToken);
        var run = new CrawlRun(parts, start, fingerprints, position, archive, log) { Cut = cut };
        run.TellCut();
        await run._reading.RestoreScopeAsync(cancellationToken);
        run.Completion = run.RunAsync();
        return run;
    }

    /// <summary>No more requests are started; those under way end, and the books are closed.</summary>
    public void Stop()
    {
        _stopping = true;
        _selector.Pause();
        Rested();
    }

    public CrawlProgress Progress(IReadOnlyDictionary<string, long> counts) =>
        CrawlCounts.Progress(counts, _rate.PerSecond, _selector.ActiveHosts, _selector.Open, _parts.Clock.Now - _began);

    public async ValueTask DisposeAsync()
    {
        Stop();
        try
        {
            _ = await Completion;
        }
        // Whoever waits for the completion hears of it; here it must only be over.
        catch (Exception)
        {
        }

        _over.Dispose();
        _rested.Dispose();
    }

    private void TellCut()
    {
        if (Cut.Bytes > 0)
        {
            CutBack(_parts.Crawl, Cut.Bytes, Cut.Removed.Count);
        }

        if (Cut.Short.Count + Cut.Missing.Count > 0)
        {
            Lacking(_parts.Crawl, string.Join(", ", Cut.Short.Concat(Cut.Missing)));
        }
    }

    private static WarcWriter OpenArchive(CrawlParts parts, FrontierStart start, out WarcCut cut) => WarcWriter.Open(
        new WarcSettings
        {
            Folder = Path.Combine(parts.Folder, "warc"),
            Crawl = "madang-" + parts.Crawl,
            Node = parts.Node,
            Fields =
            [
                new("software", "Madang"),
                new("format", "WARC File Format 1.1"),
                new("robots", "obey"),
                new("http-header-user-agent", Visits.UserAgent(parts.Settings)),
            ],
        },
        start.WarcLengths,
        parts.Clock.Provider,
        out cut);

    private async Task<CrawlEnd> RunAsync()
    {
        await BeatAsync();
        var books = Task.Run(_books.RunAsync);
        // Seeds that came later are new to a crawl that has run before.
        if (_parts.Settings.Items || _start.Counts.GetValueOrDefault("state.waiting") + _start.Counts.GetValueOrDefault(CrawlCounts.Pages) == 0)
        {
            _books.Add(_reading.ReadSeeds());
        }

        var selector = Task.Run(() => _selector.RunAsync(_over.Token));
        Exception? fault = null;
        var end = CrawlEnd.Stopped;
        try
        {
            end = await KeepHouseAsync(selector);
        }
        // Told again below, after the books are closed.
        catch (Exception broken)
        {
            fault = broken;
        }

        await _over.CancelAsync();
        _books.Close();
        await books;
        fault ??= _failed.Task.IsCompleted ? await _failed.Task : null;
        fault = await CloseAsync() ?? fault;
        if (fault is not null && DiskFault.IsFull(fault))
        {
            (fault, end) = (null, CrawlEnd.Full);
        }

        if (fault is { } cause)
        {
            Broken(_parts.Crawl, cause.Message);
            throw new CrawlBrokenException(cause);
        }

        Ended(_parts.Crawl, end);
        return end;
    }

    /// <summary>Closes the archive, then the store. What the archive still held of a batch that was not committed does not count, so that a full disk costs nothing here.</summary>
    /// <returns>What went wrong, unless the disk was only full.</returns>
    private async Task<Exception?> CloseAsync()
    {
        try
        {
            if (_archive is not null)
            {
                await _archive.DisposeAsync();
            }
        }
        catch (Exception fault) when (fault is StorageFullException or StorageBrokenException or IOException)
        {
            return DiskFault.IsFull(fault) ? null : fault;
        }
        finally
        {
            await _parts.Store.DisposeAsync();
        }

        return null;
    }

    /// <summary>Heartbeat, waking, other nodes' pages; and whether the crawl is over.</summary>
    private async Task<CrawlEnd> KeepHouseAsync(Task selector)
    {
        var beat = _parts.Clock.Now;
        var turn = TurnMs;
        while (true)
        {
            await Task.WhenAny(_rested.WaitAsync(turn), _failed.Task, selector);
            if (_failed.Task.IsCompleted || selector.IsFaulted)
            {
                throw selector.Exception?.InnerException ?? await _failed.Task;
            }

            var now = _parts.Clock.Now;
            if (now - beat >= Heartbeat.TotalMilliseconds)
            {
                beat = now;
                await BeatAsync();
            }

            if (_parts.Store.SharedGates is not null)
            {
                _log_ = await ReadAsync(_parts.Store, _fingerprints, _log_, CancellationToken.None);
            }

            if (_selector.Open == 0 && _books.IsQuiet && (_stopping || _selector.IsFull))
            {
                return _stopping ? CrawlEnd.Stopped : CrawlEnd.Finished;
            }

            await UnparkAsync();
            // Asked before the store is, so that what it tells includes everything that was ever written.
            var wasQuiet = _selector.IsQuiet && _books.IsQuiet;
            var wake = await _parts.Store.WakeAsync(now, WakeAtOnce, CancellationToken.None);
            if (wake.Woken > 0)
            {
                _selector.Tell(new SelectorTurn(TurnKind.Woken));
            }
            else if (wasQuiet && !wake.AnyWaiting && wake.NextDueAt is null && _selector.IsQuiet && _books.IsQuiet)
            {
                return CrawlEnd.Finished;
            }

            turn = (int)Math.Clamp((wake.NextDueAt ?? long.MaxValue) - _parts.Clock.Now, LeastTurnMs, TurnMs);
        }
    }

    /// <summary>Keeps the leases. When that came too late, this node begins again with hosts that nobody has taken meanwhile.</summary>
    private Task BeatAsync() => _selector.RenewAsync(async () =>
    {
        var now = _parts.Clock.Now;
        var until = now + (long)Lease.TotalMilliseconds;
        var beat = await _parts.Store.RenewAsync(now, until, CancellationToken.None);
        if (!beat.IsHeld)
        {
            LeaseLost(_parts.Crawl);
        }

        return (beat, _parts.Store.SharedGates is null ? long.MaxValue : until - (long)LeaseMargin.TotalMilliseconds);
    });

    /// <summary>Budgets that grew bring back what they had parked.</summary>
    private async Task UnparkAsync()
    {
        var returned = 0;
        foreach (var (domain, reason, most) in _budgets.TakeReturning())
        {
            returned += await _parts.Store.UnparkAsync(domain, reason, most, CancellationToken.None);
        }

        if (returned > 0)
        {
            _selector.Tell(new SelectorTurn(TurnKind.Woken));
        }
    }

    private void Rested()
    {
        if (_rested.CurrentCount == 0)
        {
            try
            {
                _ = _rested.Release();
            }
            catch (SemaphoreFullException)
            {
                // Two told it at once.
            }
        }
    }

    private static async Task<long> ReadAsync(IFrontierStore store, Fingerprints fingerprints, long after, CancellationToken cancellationToken)
    {
        const int Most = 10_000;
        while (true)
        {
            var pages = await store.FingerprintsAsync(after, Most, cancellationToken);
            foreach (var page in pages)
            {
                fingerprints.Add(page.Key, page.BodyHash, page.SimHash);
                after = page.Log;
            }

            if (pages.Count < Most)
            {
                return after;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The heartbeat of crawl {Crawl} came too late: its hosts may have gone to other nodes, and this one takes others")]
    private partial void LeaseLost(CrawlId crawl);

    [LoggerMessage(LogLevel.Error, "Crawl {Crawl} broke off: {Reason}")]
    private partial void Broken(CrawlId crawl, string reason);

    [LoggerMessage(LogLevel.Information, "Crawl {Crawl}: {Bytes} bytes at the end of the archive were not in the books and were cut, {Files} files whole")]
    private partial void CutBack(CrawlId crawl, long bytes, int files);

    [LoggerMessage(LogLevel.Error, "Crawl {Crawl}: the archive lacks what the books say it holds: {Files}")]
    private partial void Lacking(CrawlId crawl, string files);

    [LoggerMessage(LogLevel.Information, "Crawl {Crawl} ended: {End}")]
    private partial void Ended(CrawlId crawl, CrawlEnd end);
}

/// <summary>A run broke off: what it had written is durable, and the crawl can go on from there.</summary>
internal sealed class CrawlBrokenException(Exception cause) : Exception(cause.Message, cause);
