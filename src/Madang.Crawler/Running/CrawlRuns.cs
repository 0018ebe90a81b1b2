using System.Collections.Concurrent;
using System.Threading.Channels;
using Madang.Crawler.Archive;
using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Crawler.Sinks;
using Madang.Outbound;
using Madang.Storage;
using Madang.Webhooks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Crawler.Running;

/// <summary>What this node needs to run a crawl of the catalogue.</summary>
/// <param name="Sinks">Of other modules; the search index is opened with each crawl.</param>
internal sealed record CrawlTools(
    IFrontierStores Stores, IPageSearchStores Searches, CrawlFolders Folders, OutboundClient Outbound, IReadOnlyList<IPageSink> Sinks, CrawlPolicies Policies, TimeProvider Time,
    ILoggerFactory Logs);

/// <summary>
/// This node's part in the crawls of the catalogue: takes up those that are to run, lets go of those that are not, and writes down how they end. What the catalogue says
/// is looked at whenever somebody changed it here, and every two seconds since others may have.
/// </summary>
internal sealed partial class CrawlRuns(
    ICrawlStore crawls, Database database, CrawlTools tools, WebhookEvents events, IOptions<CrawlerOptions> options, ILogger<CrawlRuns> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    /// <summary>A crawl that ended without the catalogue hearing of it, most likely for want of room, is not taken up again sooner.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<CrawlId, ActiveCrawl> _active = new();
    private readonly ConcurrentDictionary<CrawlId, DateTimeOffset> _resting = new();
    private readonly Channel<bool> _look = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public TimeProvider Time => tools.Time;

    public CrawlPolicies Policies => tools.Policies;

    /// <summary>Something changed in the catalogue.</summary>
    public void Look() => _look.Writer.TryWrite(true);

    /// <summary>Changes the state in the catalogue, and tells webhooks of a start or an end in the same transaction.</summary>
    public bool SetState(WriteTx tx, CrawlId id, CrawlState state, IReadOnlyCollection<CrawlState> expected, string? failure, IReadOnlyDictionary<string, long>? counts)
    {
        var changed = crawls.SetState(tx, id, state, expected, failure, counts);
        if (changed && !expected.Contains(state))
        {
            Tell(tx, id, state, failure);
        }

        return changed;
    }

    /// <summary>Tells webhooks that a crawl runs, or that it has ended.</summary>
    public void Tell(WriteTx tx, CrawlId id, CrawlState state, string? failure)
    {
        if (state == CrawlState.Running || state.IsEnd())
        {
            events.Publish(tx, state == CrawlState.Running ? CrawlEvents.Started : CrawlEvents.Finished, CrawlEvents.Data(id, state, failure));
        }
    }

    public ActiveCrawl? Find(CrawlId id) => _active.GetValueOrDefault(id);

    /// <summary>Whether this process still works on it, if only to end it.</summary>
    public bool IsActive(CrawlId id) => _active.ContainsKey(id);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var crawl in _active.Values)
        {
            crawl.Leave();
        }

        await Task.WhenAll(_active.Values.Select(crawl => crawl.Ended));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, tools.Time);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await MatchAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is UnavailableException or OverloadedException or StorageFullException)
            {
                // The database comes back; what runs goes on meanwhile.
                NotRead(fault.Message);
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(_look.Reader.WaitToReadAsync(either.Token).AsTask(), timer.WaitForNextTickAsync(either.Token).AsTask());
            await either.CancelAsync();
            _ = _look.Reader.TryRead(out _);
        }
    }

    /// <summary>Makes what runs here what the catalogue says.</summary>
    private async Task MatchAsync(CancellationToken cancellationToken)
    {
        var wanted = options.Value.Enabled ? await crawls.ListAsync(CrawlState.Running, null, options.Value.MaxRunning, cancellationToken) : [];
        foreach (var (id, active) in _active)
        {
            // With other seeds it begins anew: it ends here, which has us look again.
            if (wanted.FirstOrDefault(crawl => crawl.Id == id) is not { } crawl || !crawl.Settings.Seeds.SequenceEqual(active.Seeds))
            {
                active.Stop();
            }
        }

        var now = tools.Time.GetUtcNow();
        foreach (var crawl in wanted.Where(crawl => !_active.ContainsKey(crawl.Id) && _resting.GetValueOrDefault(crawl.Id) <= now))
        {
            if (_active.Count < options.Value.MaxRunning)
            {
                await TakeUpAsync(crawl, cancellationToken);
            }
        }
    }

    private async Task TakeUpAsync(Crawl crawl, CancellationToken cancellationToken)
    {
        try
        {
            var active = await ActiveCrawl.StartAsync(crawl, tools, CrawlPlace.Of(options.Value), cancellationToken);
            _active[crawl.Id] = active;
            _ = FollowAsync(crawl.Id, active);
            TakenUp(crawl.Id);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            var (state, failure) = DiskFault.IsFull(fault) ? (CrawlState.Paused, ActiveCrawl.DiskIsFull) : (CrawlState.Failed, fault.Message);
            await EndAsync(crawl.Id, state, failure, null);
        }
    }

    private async Task FollowAsync(CrawlId id, ActiveCrawl active)
    {
        var (state, failure) = await active.Ended;
        _ = _active.TryRemove(id, out _);
        var counts = active.LastCounts;
        await EndAsync(id, state, failure, counts);
        active.Dispose();
        Look();
    }

    /// <summary>Null leaves the state that somebody set.</summary>
    private async Task EndAsync(CrawlId id, CrawlState? state, string? failure, IReadOnlyDictionary<string, long>? counts)
    {
        try
        {
            _ = await database.WriteAsync(tx => SetState(tx, id, state ?? CrawlState.Paused, state is null ? [CrawlState.Paused] : [CrawlState.Running], failure, counts));
            _ = _resting.TryRemove(id, out _);
            if (state == CrawlState.Paused)
            {
                PausedItself(id, failure);
            }
        }
        catch (Exception fault) when (fault is UnavailableException or OverloadedException or StorageFullException or StorageBrokenException)
        {
            // The catalogue still says that it runs: it is taken up again later, and ends again or goes on.
            _resting[id] = tools.Time.GetUtcNow() + Rest;
            NotWritten(id, fault.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Crawl {Crawl} taken up")]
    private partial void TakenUp(CrawlId crawl);

    [LoggerMessage(LogLevel.Warning, "Crawl {Crawl} paused by itself: {Reason}")]
    private partial void PausedItself(CrawlId crawl, string? reason);

    [LoggerMessage(LogLevel.Warning, "The catalogue of crawls was not read: {Reason}")]
    private partial void NotRead(string reason);

    [LoggerMessage(LogLevel.Warning, "The end of crawl {Crawl} was not written: {Reason}")]
    private partial void NotWritten(CrawlId crawl, string reason);
}
