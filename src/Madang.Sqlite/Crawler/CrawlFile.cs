using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.Logging;

namespace Madang.Sqlite.Crawler;

/// <summary>
/// <c>crawl.db</c> of one crawl, held by this process (<c>crawl.lock</c>): its own writer thread with group commit and checkpoints, its own readers, and the same
/// behaviour on a full or broken disk as the main database.
/// </summary>
internal sealed class CrawlFile : IAsyncDisposable
{
    private readonly IDisposable _lock;
    private readonly SqliteConnection _connection;
    private readonly Checkpoints _checkpoints;
    private readonly SqliteWriter _writer;
    private readonly SqliteReaders _readers;

    private CrawlFile(IDisposable held, SqliteConnection connection, Checkpoints checkpoints, SqliteWriter writer, SqliteReaders readers) =>
        (_lock, _connection, _checkpoints, _writer, _readers) = (held, connection, checkpoints, writer, readers);

    public static string DatabaseIn(string folder) => Path.Combine(folder, "crawl.db");

    /// <exception cref="FolderTakenException">It is open already, here or in another process.</exception>
    public static IDisposable Lock(string folder) => FolderLock.Take(
        folder, "crawl", owner => $"The crawl in {folder} is held by the running process {owner}. Let it end first, or choose another folder with --out.");

    /// <exception cref="FolderTakenException">It is open already, here or in another process.</exception>
    /// <exception cref="SchemaException">A newer program wrote it.</exception>
    public static async Task<CrawlFile> OpenAsync(string folder, CrawlFileParts parts, CancellationToken cancellationToken)
    {
        folder = Path.GetFullPath(folder);
        var held = Lock(folder);
        SqliteConnection? connection = null;
        Checkpoints? checkpoints = null;
        try
        {
            var path = DatabaseIn(folder);
            connection = SqliteConnection.Open(path, readOnly: false);
            connection.Execute(
                $"""
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA cache_size = -{parts.Options.CacheMegabytes * 1024};
                PRAGMA mmap_size = 0;
                PRAGMA temp_store = MEMORY;
                PRAGMA wal_autocheckpoint = 0;
                """);
            checkpoints = new Checkpoints(connection, path, parts.Options, parts.Metrics, parts.Log);
            checkpoints.Truncate();
            await parts.Migrator.RunAsync(new SqliteMigrations(connection, parts.Time), SqliteMigrations.OfCrawl, cancellationToken);
            var queue = new WriteQueue(parts.Options.InteractiveQueue, parts.Options.BackgroundQueue);
            var writer = new SqliteWriter(connection, queue, checkpoints, parts.Metrics, parts.Time, parts.Fatal, static _ => { }, parts.Log);
            return new CrawlFile(held, connection, checkpoints, writer, new SqliteReaders(path, parts.Options, parts.Time, writer.Break));
        }
        catch
        {
            checkpoints?.Dispose();
            connection?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>In a transaction; durable when the task completes. The contract is that of <see cref="Database.WriteAsync"/>: <paramref name="work"/> may run twice.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteTx, T> work, CancellationToken cancellationToken, Lane lane = Lane.Interactive)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        var write = new PendingClosure<T>(tx => work(SqliteTx.Of(tx)));
        write.CancelBy(cancellationToken);
        try
        {
            _writer.Add(write, lane);
        }
        catch (OverloadedException)
        {
            // It never waited: nothing is left to cancel.
            _ = write.TryStart();
            throw;
        }

        return write.Done;
    }

    /// <summary>What is committed, in one snapshot, for at most 5 s.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) => _readers.ReadAsync(read, cancellationToken);

    public ValueTask DisposeAsync()
    {
        _readers.Dispose();
        _writer.Dispose();
        _checkpoints.Dispose();
        // The last connection to close: SQLite empties the WAL into the database with it.
        _connection.Dispose();
        _lock.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>What every file is opened with.</summary>
internal sealed record CrawlFileParts(SqliteOptions Options, Migrator Migrator, StorageMetrics Metrics, TimeProvider Time, Fatal Fatal, ILogger Log);
