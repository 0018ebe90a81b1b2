using System.Collections.Concurrent;
using Madang.Storage;
using SQLitePCL;

namespace Madang.Sqlite;

/// <summary>A bounded number of read-only connections. A read runs on its caller's thread, in one snapshot, for at most <see cref="Longest"/>.</summary>
internal sealed class SqliteReaders(string path, SqliteOptions options, TimeProvider time, Action<Exception> broken) : IDisposable
{
    /// <summary>A snapshot held longer keeps the WAL from being cut.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _free = new(options.Readers);
    private readonly ConcurrentStack<SqliteConnection> _idle = new();
    private int _waiting;

    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_free.Wait(0, CancellationToken.None))
        {
            await WaitAsync(cancellationToken);
        }

        try
        {
            return Read(read);
        }
        finally
        {
            _ = _free.Release();
        }
    }

    public void Dispose()
    {
        // Reads under way give their connection back first.
        for (var i = 0; i < options.Readers; i++)
        {
            _free.Wait();
        }

        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }

        _free.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > options.ReadQueue)
            {
                throw new OverloadedException("reads");
            }

            await _free.WaitAsync(cancellationToken);
        }
        finally
        {
            _ = Interlocked.Decrement(ref _waiting);
        }
    }

    private T Read<T>(Func<SqliteConnection, T> read)
    {
        var connection = _idle.TryPop(out var idle) ? idle : Open();
        try
        {
            connection.Limit(time.GetTimestamp() + (long)(Longest.TotalSeconds * time.TimestampFrequency));
            Execute(connection, "BEGIN");
            var result = read(connection);
            Execute(connection, "COMMIT");
            return result;
        }
        catch
        {
            TellIfBroken(connection);
            connection.Limit(long.MaxValue);
            connection.RollBack();
            throw;
        }
        finally
        {
            _idle.Push(connection);
        }
    }

    private SqliteConnection Open()
    {
        var connection = SqliteConnection.Open(path, readOnly: true);
        try
        {
            // The writer alone runs checkpoints, on closing too.
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            connection.Execute($"PRAGMA cache_size = -512; PRAGMA mmap_size = {options.MapMegabytes * 1024L * 1024}; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON");
            connection.WatchTime(time);
            return connection;
        }
        catch
        {
            TellIfBroken(connection);
            connection.Dispose();
            throw;
        }
    }

    private void TellIfBroken(SqliteConnection connection)
    {
        if (connection.Broken is { } fault)
        {
            broken(fault);
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var statement = connection.Use(sql);
        _ = statement.Step();
    }
}
