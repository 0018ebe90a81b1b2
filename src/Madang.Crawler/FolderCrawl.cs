using System.Text.Json;
using Madang.Api;
using Madang.Crawler.Archive;
using Madang.Crawler.Frontier;
using Madang.Crawler.Running;
using Madang.Crawler.Searching;
using Madang.Outbound;
using Madang.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Madang.Crawler;

/// <summary>A crawl in a folder of its own, without a server: what <c>madang crawl</c> runs. <c>crawl.json</c> keeps what it was asked to do.</summary>
public sealed class FolderCrawl : IAsyncDisposable
{
    private const string SettingsFile = "crawl.json";

    private static readonly CrawlId Only = new(1);

    private static readonly JsonSerializerOptions s_indented = new(ApiJson.Options) { WriteIndented = true };

    private readonly ActiveCrawl _crawl;

    private FolderCrawl(ActiveCrawl crawl) => _crawl = crawl;

    /// <summary>True when the crawl is finished, false when it was stopped before. Fails with what broke it; all that was told until then is durable.</summary>
    /// <exception cref="StorageFullException">It can go on when there is room; nothing is lost.</exception>
    public Task<bool> Completion => CompleteAsync();

    /// <summary>Bytes that a kill or a full disk had left at the end of the archive, and that were cut since the books do not know them.</summary>
    public long CutBytes => _crawl.CutBytes;

    /// <summary>The settings of the crawl in this folder; null when there is none.</summary>
    public static CrawlSettings? Read(string folder)
    {
        var file = Path.Combine(folder, SettingsFile);
        return File.Exists(file) ? JsonSerializer.Deserialize<CrawlSettings>(File.ReadAllBytes(file), ApiJson.Options) : null;
    }

    /// <summary>Begins, or goes on where the last process ended.</summary>
    /// <exception cref="FolderTakenException">Another process works on it.</exception>
    /// <exception cref="StorageFullException">Nothing was begun.</exception>
    public static async Task<FolderCrawl> StartAsync(IServiceProvider services, string folder, CrawlSettings settings, CancellationToken cancellationToken)
    {
        var time = services.GetRequiredService<TimeProvider>();
        var stores = services.GetRequiredService<IFrontierStores>();
        var tools = new CrawlTools(
            stores, services.GetRequiredService<IPageSearchStores>(), new CrawlFolders(folder, IsOne: true), services.GetRequiredService<OutboundClient>(), [], CrawlPolicies.Of(services), time,
            services.GetRequiredService<ILoggerFactory>());
        var crawl = new Crawl(Only, null, settings, CrawlState.Running, null, time.GetUtcNow(), null, null, new Dictionary<string, long>());
        try
        {
            var running = new FolderCrawl(await ActiveCrawl.StartAsync(crawl, tools, CrawlPlace.Anywhere, cancellationToken));
            try
            {
                // Ours now: nobody else writes this file.
                Save(folder, settings);
                return running;
            }
            catch
            {
                await running.DisposeAsync();
                throw;
            }
        }
        catch (IOException fault) when (DiskFault.IsFull(fault))
        {
            throw new StorageFullException(fault);
        }
    }

    public Task<CrawlProgress> ProgressAsync(CancellationToken cancellationToken = default) => _crawl.ProgressAsync(cancellationToken);

    /// <summary>Starts nothing more; what is under way ends and is written.</summary>
    public void Stop() => _crawl.Stop();

    public async ValueTask DisposeAsync()
    {
        _crawl.Leave();
        _ = await _crawl.Ended;
        _crawl.Dispose();
    }

    private async Task<bool> CompleteAsync() => await _crawl.Ended switch
    {
        (CrawlState.Finished, _) => true,
        (null, _) => false,
        (CrawlState.Paused, _) => throw new StorageFullException(),
        (_, var failure) => throw new CrawlBrokenException(new InvalidOperationException(failure)),
    };

    private static void Save(string folder, CrawlSettings settings)
    {
        var file = Path.Combine(folder, SettingsFile);
        var next = file + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(settings, s_indented));
        File.Move(next, file, overwrite: true);
    }
}
