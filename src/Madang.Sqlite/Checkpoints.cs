using Madang.Storage;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Madang.Sqlite;

/// <summary>
/// Moves the WAL into the database. The large part goes beside the writer's commits, on a thread and a connection of its own; what was committed meanwhile, which
/// is little, on the writer's turn, after which the WAL can begin anew (docs/adr/0011). A WAL that never found a moment without readers is cut back once it is large.
/// SQLite before 3.51.3 can lose pages when one connection moves what another appends to: there all of it is done on the writer's turn.
/// </summary>
internal sealed partial class Checkpoints : IDisposable
{
    private const int PageBytes = 4096;
    private const int FrameBytes = PageBytes + 24;
    private const int MillisecondsForReaders = 250;

    private readonly SqliteConnection _writer;
    private readonly StorageMetrics _metrics;
    private readonly ILogger _log;
    private readonly long _passiveAt;
    private readonly long _truncateAt;
    private readonly SqliteConnection? _beside;
    private long _written;
    private Thread? _moving;
    private volatile bool _hasMoved;
    private Exception? _fault;

    /// <param name="writer">Used on the writer's turn only.</param>
    /// <param name="path">Of the file that <paramref name="writer"/> has open.</param>
    public Checkpoints(SqliteConnection writer, string path, SqliteOptions options, StorageMetrics metrics, ILogger log)
    {
        (_writer, _metrics, _log) = (writer, metrics, log);
        _passiveAt = (long)options.CheckpointMegabytes * 1024 * 1024 / FrameBytes;
        _truncateAt = (long)options.TruncateMegabytes * 1024 * 1024 / FrameBytes;
        _beside = HasWalResetBug(SqliteConnection.VersionNumber) ? null : Open(path);
    }

    /// <summary>SQLite 3.7.0 to 3.51.2: a checkpoint that races a commit of another connection can corrupt the database (sqlite.org/wal.html#walresetbug).</summary>
    internal static bool HasWalResetBug(int version) => version is >= 3_007_000 and <= 3_051_002;

    /// <summary>Pages written to the WAL since the last call.</summary>
    public int PagesWritten()
    {
        _ = raw.sqlite3_db_status(_writer.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        _written += pages;
        return pages;
    }

    /// <summary>After a batch. What a full disk does not let through is tried again with a later one.</summary>
    /// <returns>The fault of a broken disk, after which nothing may be acknowledged.</returns>
    public SqliteException? TakeTurn()
    {
        try
        {
            if (_writer.Full is null)
            {
                RunIfDue();
            }
            else
            {
                // A WAL that was moved is written again from its beginning, which takes no space.
                Run();
            }
        }
        catch (StorageFullException)
        {
            // The WAL stays as it is.
        }
        catch (SqliteException fault)
        {
            if (fault.IsBroken || _writer.Broken is not null)
            {
                return fault;
            }

            NotMoved(fault);
        }

        return null;
    }

    /// <summary>Empties the WAL: at the start, where a killed process may have left a large one, and when it has grown too large.</summary>
    public void Truncate()
    {
        // Readers end within milliseconds as a rule; who holds on longer makes it try again at the next turn.
        _ = raw.sqlite3_busy_timeout(_writer.Handle, MillisecondsForReaders);
        _ = Run(_writer, raw.SQLITE_CHECKPOINT_TRUNCATE, "truncate");
        _ = raw.sqlite3_busy_timeout(_writer.Handle, SqliteConnection.BusyMilliseconds);
    }

    /// <summary>After the writer's last turn, and before its connection is closed.</summary>
    public void Dispose()
    {
        _moving?.Join();
        _beside?.Dispose();
    }

    /// <summary>Begins what is due, and ends what has been moved meanwhile. Waits for it only when as much again has been written since.</summary>
    /// <exception cref="StorageFullException">No space for what is to be moved. The WAL stays as it is.</exception>
    private void RunIfDue()
    {
        if (_moving is not null)
        {
            if (_hasMoved || _written >= 2 * _passiveAt)
            {
                Join();
                Run();
            }
        }
        else if (_written >= _passiveAt)
        {
            if (_beside is null)
            {
                Run();
            }
            else
            {
                _moving = new Thread(MoveBeside) { IsBackground = true, Name = "madang-sqlite-checkpoint" };
                _moving.Start();
            }
        }
    }

    /// <summary>Moves what readers allow, on the writer's turn.</summary>
    private void Run()
    {
        var frames = Run(_writer, raw.SQLITE_CHECKPOINT_PASSIVE, "passive");
        if (frames >= _truncateAt)
        {
            Truncate();
        }

        _written = 0;
    }

    private static SqliteConnection Open(string path)
    {
        var connection = SqliteConnection.Open(path, readOnly: false);
        try
        {
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            // A connection that has read nothing does not know that there is a WAL.
            connection.Execute("PRAGMA wal_autocheckpoint = 0; PRAGMA schema_version");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void MoveBeside()
    {
        try
        {
            _ = Run(_beside!, raw.SQLITE_CHECKPOINT_PASSIVE, "beside");
        }
        catch (Exception fault) when (fault is SqliteException or StorageFullException)
        {
            _fault = fault;
        }

        _hasMoved = true;
    }

    /// <summary>What befell the other thread is told on the writer's turn, where it is known what to do about it.</summary>
    private void Join()
    {
        _moving!.Join();
        (_moving, _hasMoved, var fault) = (null, false, _fault);
        _fault = null;
        if (fault is not null)
        {
            throw fault;
        }
    }

    /// <summary>The frames in the WAL.</summary>
    private int Run(SqliteConnection connection, int mode, string kind)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", mode, out var frames, out var moved);
        if (code is not raw.SQLITE_OK and not raw.SQLITE_BUSY)
        {
            throw connection.Fault(code, $"wal_checkpoint({kind})");
        }

        _metrics.Checkpoint(kind);
        Moved(kind, moved, frames);
        return frames;
    }

    [LoggerMessage(LogLevel.Error, "A checkpoint failed")]
    private partial void NotMoved(Exception fault);

    [LoggerMessage(LogLevel.Debug, "Checkpoint ({Kind}): {Moved} of {Frames} frames moved")]
    private partial void Moved(string kind, int moved, int frames);
}
