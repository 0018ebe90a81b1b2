using Madang.Crawler;
using Madang.Crawler.Frontier;
using Madang.Crawler.Searching;
using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Sqlite.Crawler;

/// <summary>Opens each crawl's file once, for its frontier and for those who read beside it, and closes it with the last of them.</summary>
internal sealed class SqliteFrontierStores : IFrontierStores, IPageSearchStores, IAsyncDisposable
{
    private readonly CrawlFileParts _parts;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, Shared> _open = new(StringComparer.Ordinal);

    public SqliteFrontierStores(
        IOptions<SqliteOptions> options, Migrator migrator, StorageMetrics metrics, TimeProvider time, Fatal fatal, ILogger<SqliteFrontierStores> log)
    {
        var given = options.Value;
        var own = new SqliteOptions
        {
            CacheMegabytes = given.CrawlCacheMegabytes,
            Readers = given.Readers,
            ReadQueue = given.ReadQueue,
            InteractiveQueue = given.InteractiveQueue,
            BackgroundQueue = given.BackgroundQueue,
            CheckpointMegabytes = given.CheckpointMegabytes,
            TruncateMegabytes = given.TruncateMegabytes,
        };
        _parts = new CrawlFileParts(own, migrator, metrics.Of("crawl"), time, fatal, log);
    }

    public async Task<IFrontierStore> OpenAsync(CrawlId crawl, string folder, string node, CancellationToken cancellationToken)
    {
        var shared = await TakeAsync(folder, asFrontier: true, cancellationToken);
        return new SqliteFrontierStore(shared.File, () => GiveBackAsync(shared, asFrontier: true));
    }

    public async Task<IPageStore> OpenPagesAsync(CrawlId crawl, string folder, CancellationToken cancellationToken)
    {
        var shared = await TakeAsync(folder, asFrontier: false, cancellationToken);
        return new SqlitePageStore(shared.File, () => GiveBackAsync(shared, asFrontier: false));
    }

    public async Task<byte[]?> KeyAsync(CrawlId crawl, string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(CrawlFile.DatabaseIn(folder)))
        {
            return null;
        }

        var shared = await TakeAsync(folder, asFrontier: false, cancellationToken);
        try
        {
            return await shared.File.ReadAsync(
                static connection =>
                {
                    using var select = connection.Use("SELECT key FROM meta");
                    return select.Step() ? select.Blob(0) : null;
                },
                cancellationToken);
        }
        finally
        {
            await GiveBackAsync(shared, asFrontier: false);
        }
    }

    public async Task<IPageSearchStore> OpenSearchAsync(CrawlId crawl, string folder, CancellationToken cancellationToken)
    {
        var shared = await TakeAsync(folder, asFrontier: false, cancellationToken);
        return new SqlitePageSearchStore(shared.File, () => GiveBackAsync(shared, asFrontier: false));
    }

    public async Task<bool> DeleteAsync(CrawlId crawl, string folder, int limit, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            folder = Path.GetFullPath(folder);
            if (!Directory.Exists(folder))
            {
                return true;
            }

            using (CrawlFile.Lock(folder))
            {
                foreach (var file in Directory.EnumerateFiles(folder, "crawl.db*"))
                {
                    File.Delete(file);
                }
            }

            File.Delete(Path.Combine(folder, "crawl.lock"));
            File.Delete(Path.Combine(folder, "crawl.pid"));
            return true;
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shared in _open.Values.ToList())
        {
            await shared.File.DisposeAsync();
        }

        _open.Clear();
        _gate.Dispose();
    }

    private async Task<Shared> TakeAsync(string folder, bool asFrontier, CancellationToken cancellationToken)
    {
        folder = Path.GetFullPath(folder);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_open.TryGetValue(folder, out var shared))
            {
                shared = new Shared(folder, await CrawlFile.OpenAsync(folder, _parts, cancellationToken));
                _open.Add(folder, shared);
            }
            else if (asFrontier && shared.HasFrontier)
            {
                throw new FolderTakenException($"The crawl in {folder} is running in this process already.");
            }

            shared.Users++;
            shared.HasFrontier |= asFrontier;
            return shared;
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    private async Task GiveBackAsync(Shared shared, bool asFrontier)
    {
        await _gate.WaitAsync();
        try
        {
            shared.HasFrontier &= !asFrontier;
            if (--shared.Users == 0 && _open.Remove(shared.Folder))
            {
                await shared.File.DisposeAsync();
            }
        }
        finally
        {
            _ = _gate.Release();
        }
    }

    private sealed class Shared(string folder, CrawlFile file)
    {
        public string Folder => folder;

        public CrawlFile File => file;

        public int Users { get; set; }

        public bool HasFrontier { get; set; }
    }
}
