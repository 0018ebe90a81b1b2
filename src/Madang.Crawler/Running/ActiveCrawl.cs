using System.Security.Cryptography;
using Madang.Crawler.Frontier;
using Madang.Outbound;
using Madang.Outbound.Addresses;
using Microsoft.Extensions.Logging;

namespace Madang.Crawler.Running;

/// <summary>A crawl that this process works on, with its books open for reading beside it.</summary>
internal sealed class ActiveCrawl
{
    private readonly CrawlRun _run;
    private readonly IPageStore _pages;
    private readonly OutboundClient? _wider;

    private ActiveCrawl(CrawlRun run, IPageStore pages, OutboundClient? wider)
    {
        (_run, _pages, _wider) = (run, pages, wider);
        Ended = EndAsync();
    }

    /// <summary>How it ended: null when somebody stopped it. Never fails.</summary>
    public Task<(CrawlState? State, string? Failure)> Ended { get; }

    public IReadOnlyDictionary<string, long>? LastCounts { get; private set; }

    public static async Task<ActiveCrawl> StartAsync(Crawl crawl, CrawlTools tools, CrawlerOptions options, CancellationToken cancellationToken)
    {
        var folder = tools.Folders.Of(crawl.Id);
        Directory.CreateDirectory(folder);
        var node = RandomNumberGenerator.GetHexString(8, lowercase: true);
        var store = await tools.Stores.OpenAsync(crawl.Id, folder, node, cancellationToken);
        var pages = await tools.Stores.OpenPagesAsync(crawl.Id, folder, cancellationToken);
        var wider = crawl.Settings.Allow.Count > 0 && AddressPolicy.TryParse(string.Join(',', crawl.Settings.Allow), out var allow) ? tools.Outbound.Allowing(allow) : null;
        var region = options.Region.Length > 0 ? options.Region : null;
        var parts = new CrawlParts(crawl.Id, crawl.Settings, folder, store, pages, wider ?? tools.Outbound, new CrawlClock(tools.Time), node, region);
        var run = await CrawlRun.StartAsync(parts, tools.Logs.CreateLogger<CrawlRun>(), cancellationToken);
        return new ActiveCrawl(run, pages, wider);
    }

    public async Task<CrawlProgress> ProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _run.Progress(LastCounts ?? await _pages.CountsAsync(cancellationToken));
        }
        catch (ObjectDisposedException) when (LastCounts is not null)
        {
            // It ended while it was asked; the books were closed after its last counts were read.
            return _run.Progress(LastCounts);
        }
    }

    public void Stop() => _run.Stop();

    private async Task<(CrawlState? State, string? Failure)> EndAsync()
    {
        (CrawlState? State, string? Failure) end;
        try
        {
            end = (await _run.Completion == CrawlEnd.Finished ? CrawlState.Finished : null, null);
        }
        // A crawl that breaks off ends alone; the server goes on.
        catch (Exception fault)
        {
            end = (CrawlState.Failed, fault.Message);
        }

        try
        {
            LastCounts = await _pages.CountsAsync(CancellationToken.None);
            await _pages.DisposeAsync();
        }
        // The books could not be read or closed: the end stands without counts.
        catch (Exception fault)
        {
            end = (end.State ?? CrawlState.Failed, end.Failure ?? fault.Message);
        }

        _wider?.Dispose();
        return end;
    }
}
