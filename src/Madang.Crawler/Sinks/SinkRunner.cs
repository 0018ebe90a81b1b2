using System.Security.Cryptography;
using System.Threading.Channels;
using Madang.Crawler.Frontier;
using Microsoft.Extensions.Logging;

namespace Madang.Crawler.Sinks;

/// <summary>
/// Brings the pages of one crawl to its sinks: a loop each, from the sink's cursor to the end of the log, then again after each commit. Where several nodes work on the crawl one of them
/// does so for each sink, while its lease lasts; the others watch the cursor and take over.
/// </summary>
internal sealed partial class SinkRunner : IAsyncDisposable
{
    /// <summary>Pages a call.</summary>
    public const int BatchPages = 64;

    /// <summary>A node that is silent for so long has left its sinks to others.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private const int TextsAtOnce = 500;
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly string _holder = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly CrawlId _crawl;
    private readonly IPageStore _pages;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Loop> _loops = [];
    private readonly Task _running;
    private readonly SemaphoreSlim _forgetting = new(1);
    private long _forgotten;
    private int _disposed;

    private SinkRunner(CrawlId crawl, IPageStore pages, IEnumerable<IPageSink> sinks, TimeProvider time, ILogger log)
    {
        (_crawl, _pages, _time, _log) = (crawl, pages, time, log);
        _loops.AddRange(sinks.Select(sink => new Loop(sink)));
        _running = Task.WhenAll(_loops.Select(loop => Task.Run(() => RunAsync(loop))));
    }

    /// <param name="sinks">Those that take this crawl (<see cref="IPageSink.Takes"/>).</param>
    public static SinkRunner Start(CrawlId crawl, CrawlSettings settings, IPageStore pages, IEnumerable<IPageSink> sinks, TimeProvider time, ILogger log) =>
        new(crawl, pages, sinks.Where(sink => sink.Takes(settings)), time, log);

    /// <summary>After a commit: there may be pages.</summary>
    public void Wake()
    {
        foreach (var loop in _loops)
        {
            _ = loop.Signal.Writer.TryWrite(true);
        }
    }

    /// <summary>Waits until each sink has everything that was committed before this call, or the token ends: a sink that fails goes on being asked.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var last = await _pages.PagesAsync(new PageFilter(), null, descending: true, 1, cancellationToken);
        var end = last.Count > 0 ? last[0].Log : 0;
        Wake();
        foreach (var loop in _loops)
        {
            await loop.ReachedAsync(end).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets at once what every sink has had.</summary>
    public Task ForgetAsync(CancellationToken cancellationToken) => ForgetAsync(0, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync();
        await _running;
        foreach (var loop in _loops.Where(loop => loop.HeldSince is not null))
        {
            await LeaveAsync(loop);
        }

        _stop.Dispose();
        _forgetting.Dispose();
    }

    private async Task RunAsync(Loop loop)
    {
        var wait = FirstWait;
        while (!_stop.IsCancellationRequested)
        {
            // A sink is anybody's code, and its store may be away: it is told and asked again, and holds up nothing.
            try
            {
                if (!await StepAsync(loop, _stop.Token))
                {
                    await IdleAsync(loop);
                }

                wait = FirstWait;
            }
            catch (Exception fault) when (!_stop.IsCancellationRequested)
            {
                LogFailed(fault, loop.Sink.Name, _crawl, wait);
                await Task.Delay(wait, _time, _stop.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
                wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Until the next commit here, or <see cref="Poll"/>: other nodes write too, and on PostgreSQL a page can be read only once the transactions before it have ended.</summary>
    private async Task IdleAsync(Loop loop)
    {
        using var timer = new CancellationTokenSource(Poll, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stop.Token);
        try
        {
            _ = await loop.Signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            // Time to look.
        }
    }

    /// <summary>Whether this node brings the sink its pages; where the sink stands is known then in any case.</summary>
    private async Task<bool> HoldAsync(Loop loop, CancellationToken cancellationToken)
    {
        if (loop.HeldSince is { } since && _time.GetElapsedTime(since) < Renewal)
        {
            return true;
        }

        var asked = _time.GetTimestamp();
        var place = await _pages.TakeSinkAsync(loop.Sink.Name, _holder, Lease, cancellationToken);
        loop.HeldSince = place.IsOurs ? asked : null;
        loop.Reached(place.Log);
        return place.IsOurs;
    }

    private async Task LeaveAsync(Loop loop)
    {
        try
        {
            await _pages.LeaveSinkAsync(loop.Sink.Name, _holder, CancellationToken.None);
        }
        // As after a kill: the lease runs out.
        catch (Exception fault)
        {
            LogHeld(fault, loop.Sink.Name, _crawl);
        }
    }

    /// <summary>One batch; false at the end of the log, and where another node brings it.</summary>
    private async Task<bool> StepAsync(Loop loop, CancellationToken cancellationToken)
    {
        if (!await HoldAsync(loop, cancellationToken))
        {
            return false;
        }

        var from = loop.Cursor!.Value;
        var stored = await _pages.PagesAsync(new PageFilter(), from, descending: false, BatchPages, cancellationToken);
        if (stored.Count == 0)
        {
            await ForgetAsync(1, cancellationToken);
            return false;
        }

        var texts = loop.Sink.WantsText ? await _pages.TextsAsync([.. stored.Select(page => page.Log)], cancellationToken) : null;
        var taken = await loop.Sink.AcceptAsync(_crawl, [.. stored.Select((page, i) => CrawledPage.Of(page, texts?[i]))], cancellationToken);
        if (taken <= from)
        {
            throw new InvalidOperationException($"The sink {loop.Sink.Name} took nothing.");
        }

        taken = Math.Min(taken, stored[^1].Log);
        var asked = _time.GetTimestamp();
        if (!await _pages.AdvanceAsync(loop.Sink.Name, _holder, taken, Lease, cancellationToken))
        {
            // It took so long that another node went on from the old place: these come twice.
            loop.HeldSince = null;
            return false;
        }

        loop.HeldSince = asked;
        loop.Reached(taken);
        await ForgetAsync(TextsAtOnce, cancellationToken);
        return true;
    }

    /// <summary>Drops texts that every sink has had.</summary>
    /// <param name="least">Not for fewer log positions than these: it is a transaction of its own. 0 waits for one under way.</param>
    private async Task ForgetAsync(int least, CancellationToken cancellationToken)
    {
        var all = _loops.Where(loop => loop.Sink.WantsText).Select(loop => loop.Cursor ?? 0).DefaultIfEmpty(0).Min();
        if (all - Volatile.Read(ref _forgotten) < least || !await _forgetting.WaitAsync(least > 0 ? 0 : Timeout.Infinite, cancellationToken))
        {
            return;
        }

        try
        {
            while (await _pages.ForgetTextsAsync(all, TextsAtOnce, cancellationToken) == TextsAtOnce)
            {
            }

            Volatile.Write(ref _forgotten, all);
        }
        finally
        {
            _ = _forgetting.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The sink {Sink} of crawl {Crawl} failed; it is asked again in {Wait}")]
    private partial void LogFailed(Exception fault, string sink, CrawlId crawl, TimeSpan wait);

    [LoggerMessage(LogLevel.Warning, "The sink {Sink} of crawl {Crawl} was not handed on; other nodes wait until the lease runs out")]
    private partial void LogHeld(Exception fault, string sink, CrawlId crawl);

    private sealed class Loop(IPageSink sink)
    {
        private readonly Lock _lock = new();
        private readonly List<(long Log, TaskCompletionSource Reached)> _waiting = [];
        private long _cursor = -1;

        public IPageSink Sink => sink;

        /// <summary>When this node's lease began, by the monotonic clock; null while another node has the sink.</summary>
        public long? HeldSince { get; set; }

        public Channel<bool> Signal { get; } = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        /// <summary>Null until it was read.</summary>
        public long? Cursor => Volatile.Read(ref _cursor) is >= 0 and var cursor ? cursor : null;

        public void Reached(long log)
        {
            Volatile.Write(ref _cursor, log);
            List<TaskCompletionSource> reached;
            lock (_lock)
            {
                reached = [.. _waiting.Where(w => w.Log <= log).Select(w => w.Reached)];
                _ = _waiting.RemoveAll(w => w.Log <= log);
            }

            reached.ForEach(r => r.TrySetResult());
        }

        public Task ReachedAsync(long log)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                if (Cursor >= log)
                {
                    return Task.CompletedTask;
                }

                _waiting.Add((log, reached));
            }

            return reached.Task;
        }
    }
}
