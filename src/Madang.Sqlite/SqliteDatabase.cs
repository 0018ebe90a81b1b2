using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Madang.Sqlite;

/// <summary>One folder with <c>madang.db</c> in it: one writer thread, a few read-only connections, its own checkpoints.</summary>
internal sealed partial class SqliteDatabase(
    SqliteFolder folder, IOptions<SqliteOptions> options, Migrator migrator, StorageMetrics metrics, TimeProvider time, Fatal fatal, ILogger<SqliteDatabase> log)
    : Database
{
    private DataFolder? _folder;
    private int _disposed;
    private SqliteConnection? _connection;
    private Checkpoints? _checkpoints;
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;

    public override string Engine => $"SQLite {SqliteConnection.Version}";

    private SqliteWriter Writer => _writer ?? throw new InvalidOperationException("The database is not open.");

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        _folder = DataFolder.Take(folder.Path);
        _connection = SqliteConnection.Open(_folder.Database, readOnly: false);
        _connection.Execute(
            $"""
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA cache_size = -{options.Value.CacheMegabytes * 1024};
            PRAGMA mmap_size = 0;
            PRAGMA temp_store = MEMORY;
            PRAGMA wal_autocheckpoint = 0;
            """);
        _checkpoints = new Checkpoints(_connection, _folder.Database, options.Value, metrics, log);
        _checkpoints.Truncate();
        await migrator.RunAsync(new SqliteMigrations(_connection, time), SqliteMigrations.OfDatabase, cancellationToken);
        var queue = new WriteQueue(options.Value.InteractiveQueue, options.Value.BackgroundQueue);
        _writer = new SqliteWriter(_connection, queue, _checkpoints, metrics, time, fatal, Tell, log);
        _readers = new SqliteReaders(_folder.Database, options.Value, time, _writer.Break);
        metrics.WatchQueues(() => queue.Interactive, () => queue.Background);
        metrics.WatchWal(WalBytes);
        Opened(Engine, _folder.Database);
        if (Checkpoints.HasWalResetBug(SqliteConnection.VersionNumber))
        {
            WalResetBug(SqliteConnection.Version);
        }
    }

    public override Task<T> WriteAsync<T>(Func<WriteTx, T> work, Lane lane = Lane.Interactive, CancellationToken cancellationToken = default) =>
        Add(new PendingClosure<T>(work), lane, cancellationToken);

    /// <summary>Queues a record of a hot verb in the interactive lane; the contract is that of the closure.</summary>
    public Task<TResult> WriteAsync<TItem, TResult>(SqliteHotVerb<TItem, TResult> verb, TItem item, CancellationToken cancellationToken = default) =>
        Add(new PendingHot<TItem, TResult>(verb, item), Lane.Interactive, cancellationToken);

    /// <summary>
    /// Reads what is committed, in one snapshot, on the caller's thread. <paramref name="read"/> is short, touches nothing but the connection, and ends
    /// within 5 s.
    /// </summary>
    /// <exception cref="TimeoutException">It held its snapshot for more than 5 s.</exception>
    /// <exception cref="OverloadedException">Too many reads wait for a connection.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) =>
        (_readers ?? throw new InvalidOperationException("The database is not open.")).ReadAsync(read, cancellationToken);

    public override Task CheckAsync(CancellationToken cancellationToken) => WriteAsync(
        static tx =>
        {
            using var touch = SqliteTx.Of(tx).Use("INSERT INTO disk_check (id, at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET at = excluded.at");
            return touch.Bind(1, tx.Now).Run();
        },
        cancellationToken: cancellationToken);

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return ValueTask.CompletedTask;
        }

        _readers?.Dispose();
        _writer?.Dispose();
        _checkpoints?.Dispose();
        // The last connection to close: SQLite empties the WAL into the database with it.
        _connection?.Dispose();
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<T> Add<T>(PendingWrite<T> write, Lane lane, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        write.CancelBy(cancellationToken);
        try
        {
            Writer.Add(write, lane);
        }
        catch (OverloadedException)
        {
            // It never waited: nothing is left to cancel.
            _ = write.TryStart();
            throw;
        }

        return write.Done;
    }

    private long WalBytes() => _folder is { } open && new FileInfo(open.Wal) is { Exists: true } wal ? wal.Length : 0;

    [LoggerMessage(LogLevel.Information, "{Engine} on {Path}")]
    private partial void Opened(string engine, string path);

    [LoggerMessage(LogLevel.Warning,
        "SQLite {Version} has the WAL-reset bug (fixed in 3.51.3). Madang's writer runs the checkpoints itself then, which avoids it: open this database with no other program that writes")]
    private partial void WalResetBug(string version);
}

/// <param name="Path">The data folder of <c>--data</c>.</param>
internal sealed record SqliteFolder(string Path);
