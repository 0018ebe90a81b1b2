using System.Security.Cryptography;
using Madang.Crawler.Archive;
using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Crawler.Sinks;
using Madang.Outbound;
using Madang.Outbound.Addresses;
using Microsoft.Extensions.Logging;

namespace Madang.Crawler.Running;

/// <summary>A crawl that this process works on: its run, its sinks, and its books open for reading beside them.</summary>
internal sealed class ActiveCrawl : IDisposable
{
    /// <summary>Why a crawl pauses by itself, for whoever has to let it go on.</summary>
    public const string DiskIsFull = "The disk is full. Make room, then resume the crawl: nothing is lost, and what was in flight is fetched again.";

    /// <summary>What the sinks may catch up with when a crawl is stopped; a finished one waits for all of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _leaving = new();
    private readonly CrawlRun _run;
    private readonly IPageStore _pages;
    private readonly IPageSearchStore? _search;
    private readonly SinkRunner _sinks;
    private readonly OutboundClient? _wider;

    private ActiveCrawl(CrawlRun run, IPageStore pages, IPageSearchStore? search, SinkRunner sinks, OutboundClient? wider)
    {
        (_run, _pages, _search, _sinks, _wider) = (run, pages, search, sinks, wider);
        _run.Committed = sinks.Wake;
        Ended = EndAsync();
    }

    /// <summary>How it ended: null when somebody stopped it, paused with its reason when the disk is full. The sinks have all of it by then, unless the process had to leave. Never fails.</summary>
    public Task<(CrawlState? State, string? Failure)> Ended { get; }

    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Bytes of the archive that were not in the books at the start, and were cut.</summary>
    public long CutBytes => _run.Cut.Bytes;

    public IReadOnlyDictionary<string, long>? LastCounts { get; private set; }

    public static async Task<ActiveCrawl> StartAsync(Crawl crawl, CrawlTools tools, CrawlPlace place, CancellationToken cancellationToken)
    {
        var folder = tools.Folders.Of(crawl.Id);
        Directory.CreateDirectory(folder);
        var node = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var store = await tools.Stores.OpenAsync(crawl.Id, folder, node, cancellationToken);
        try
        {
            return await StartAsync(crawl, tools, place, store, node, cancellationToken);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async Task<CrawlProgress> ProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _run.Progress(LastCounts ?? await _pages.CountsAsync(cancellationToken));
        }
        catch (ObjectDisposedException)
        {
            // It ended just now.
            return _run.Progress(LastCounts ?? new Dictionary<string, long>());
        }
    }

    private static async Task<ActiveCrawl> StartAsync(Crawl crawl, CrawlTools tools, CrawlPlace place, IFrontierStore store, string node, CancellationToken cancellationToken)
    {
        var (folder, settings) = (tools.Folders.Of(crawl.Id), crawl.Settings);
        var wider = settings.Allow.Count > 0 && AddressPolicy.TryParse(string.Join(',', settings.Allow), out var allow) ? tools.Outbound.Allowing(allow) : null;
        var (pages, search) = (default(IPageStore), default(IPageSearchStore));
        try
        {
            pages = await tools.Stores.OpenPagesAsync(crawl.Id, folder, cancellationToken);
            search = settings.Search ? await tools.Searches.OpenSearchAsync(crawl.Id, folder, cancellationToken) : null;
            var parts = new CrawlParts(crawl.Id, settings, folder, store, pages, wider ?? tools.Outbound, new CrawlClock(tools.Time), node, tools.Policies, place.Region, place.Regions);
            var run = await CrawlRun.StartAsync(parts, tools.Logs.CreateLogger<CrawlRun>(), cancellationToken);
            IEnumerable<IPageSink> sinks = search is null ? tools.Sinks : tools.Sinks.Append(new SearchSink(search));
            return new ActiveCrawl(run, pages, search, SinkRunner.Start(crawl.Id, settings, pages, sinks, tools.Time, tools.Logs.CreateLogger<SinkRunner>()), wider) { Seeds = settings.Seeds };
        }
        catch
        {
            await CloseAsync(pages, search, wider);
            throw;
        }
    }

    private static async Task CloseAsync(IPageStore? pages, IPageSearchStore? search, OutboundClient? wider)
    {
        wider?.Dispose();
        try
        {
            if (search is not null)
            {
                await search.DisposeAsync();
            }
        }
        finally
        {
            if (pages is not null)
            {
                await pages.DisposeAsync();
            }
        }
    }

    public void Stop() => _run.Stop();

    /// <summary>The process ends: the sinks go on from their cursors at the next start.</summary>
    public void Leave()
    {
        _leaving.Cancel();
        _run.Stop();
    }

    /// <summary>After <see cref="Ended"/>.</summary>
    public void Dispose() => _leaving.Dispose();

    private async Task<(CrawlState? State, string? Failure)> EndAsync()
    {
        (CrawlState? State, string? Failure) end;
        try
        {
            end = await _run.Completion switch
            {
                CrawlEnd.Finished => (CrawlState.Finished, null),
                CrawlEnd.Full => (CrawlState.Paused, DiskIsFull),
                _ => (null, null),
            };
        }
        // A crawl that breaks off ends alone; the server goes on.
        catch (Exception fault)
        {
            end = (CrawlState.Failed, fault.Message);
        }

        try
        {
            if (end.State != CrawlState.Finished)
            {
                _leaving.CancelAfter(Patience);
            }

            await _sinks.DrainAsync(_leaving.Token);
        }
        // They have their cursors.
        catch (Exception)
        {
        }

        try
        {
            await _sinks.DisposeAsync();
            LastCounts = await _pages.CountsAsync(CancellationToken.None);
            await CloseAsync(_pages, _search, _wider);
        }
        // The books could not be read or closed: the end stands without counts.
        catch (Exception fault) when (!DiskFault.IsFull(fault))
        {
            end = (end.State ?? CrawlState.Failed, end.Failure ?? fault.Message);
        }
        catch (Exception)
        {
            // They are as after a kill; the sinks go on from their cursors.
        }

        return end;
    }
}

/// <summary>Where this node stands, and the operator's table of regions.</summary>
internal sealed record CrawlPlace(string? Region, RegionRules Regions)
{
    public static CrawlPlace Anywhere { get; } = new(null, RegionRules.None);

    public static CrawlPlace Of(CrawlerOptions options) => new(options.Region is { Length: > 0 } region ? region : null, RegionRules.TryParse(options.Regions, out var rules) ? rules : RegionRules.None);
}
