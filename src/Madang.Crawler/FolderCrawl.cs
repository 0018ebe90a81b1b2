using System.Globalization;
using System.Text.Json;
using Madang.Api;
using Madang.Crawler.Frontier;
using Madang.Crawler.Running;
using Madang.Outbound;
using Madang.Outbound.Addresses;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Madang.Crawler;

/// <summary>A crawl in a folder of its own, without a server: what <c>madang crawl</c> runs. <c>crawl.json</c> keeps what it was asked to do.</summary>
public sealed class FolderCrawl : IAsyncDisposable
{
    private const string SettingsFile = "crawl.json";

    private readonly IPageStore _pages;
    private readonly OutboundClient? _wider;
    private readonly CrawlRun _run;

    private FolderCrawl(CrawlRun run, IPageStore pages, OutboundClient? wider) => (_run, _pages, _wider) = (run, pages, wider);

    /// <summary>True when the crawl is finished, false when it was stopped before. Fails with what broke it; all that was told until then is durable.</summary>
    public Task<bool> Completion => CompleteAsync();

    /// <summary>The settings of the crawl in this folder; null when there is none.</summary>
    public static CrawlSettings? Read(string folder)
    {
        var file = Path.Combine(folder, SettingsFile);
        return File.Exists(file) ? JsonSerializer.Deserialize<CrawlSettings>(File.ReadAllBytes(file), ApiJson.Options) : null;
    }

    /// <summary>Begins, or goes on where the last process ended.</summary>
    /// <exception cref="Madang.Storage.FolderTakenException">Another process works on it.</exception>
    public static async Task<FolderCrawl> StartAsync(IServiceProvider services, string folder, CrawlSettings settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var time = services.GetRequiredService<TimeProvider>();
        var stores = services.GetRequiredService<IFrontierStores>();
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger<FolderCrawl>();
        var node = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var crawl = new CrawlId(1);
        var store = await stores.OpenAsync(crawl, folder, node, cancellationToken);
        // Ours now: nobody else writes this file.
        Save(folder, settings);
        var pages = await stores.OpenPagesAsync(crawl, folder, cancellationToken);
        var outbound = services.GetRequiredService<OutboundClient>();
        var wider = settings.Allow.Count > 0 && AddressPolicy.TryParse(string.Join(',', settings.Allow), out var allow) ? outbound.Allowing(allow) : null;
        var run = await CrawlRun.StartAsync(
            new CrawlParts(crawl, settings, folder, store, pages, wider ?? outbound, new CrawlClock(time), node, Region: null), log, cancellationToken);
        return new FolderCrawl(run, pages, wider);
    }

    public async Task<CrawlProgress> ProgressAsync(CancellationToken cancellationToken = default) => _run.Progress(await _pages.CountsAsync(cancellationToken));

    /// <summary>Starts nothing more; what is under way ends and is written.</summary>
    public void Stop() => _run.Stop();

    public async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync();
        await _pages.DisposeAsync();
        _wider?.Dispose();
    }

    private async Task<bool> CompleteAsync() => await _run.Completion == CrawlEnd.Finished;

    private static void Save(string folder, CrawlSettings settings)
    {
        var file = Path.Combine(folder, SettingsFile);
        var next = file + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(settings, new JsonSerializerOptions(ApiJson.Options) { WriteIndented = true }));
        File.Move(next, file, overwrite: true);
    }
}
