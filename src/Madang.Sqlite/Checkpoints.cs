using Madang.Storage;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Madang.Sqlite;

/// <summary>
/// Moves the WAL into the database, on the writer's connection and turn alone (SQLite before 3.51.3 can corrupt the WAL when another connection does
/// it while the writer commits). Passive as a rule; a WAL that never found a moment without readers is cut back once it is large.
/// </summary>
internal sealed partial class Checkpoints(SqliteConnection connection, SqliteOptions options, StorageMetrics metrics, ILogger log)
{
    private const int PageBytes = 4096;
    private const int FrameBytes = PageBytes + 24;
    private const int MillisecondsForReaders = 250;

    private readonly long _passiveAt = (long)options.CheckpointMegabytes * 1024 * 1024 / FrameBytes;
    private readonly long _truncateAt = (long)options.TruncateMegabytes * 1024 * 1024 / FrameBytes;
    private long _written;

    /// <summary>Pages written to the WAL since the last call.</summary>
    public int PagesWritten()
    {
        _ = raw.sqlite3_db_status(connection.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        _written += pages;
        return pages;
    }

    public void RunIfDue()
    {
        if (_written >= _passiveAt)
        {
            Run();
        }
    }

    /// <summary>Moves what readers allow.</summary>
    public void Run()
    {
        var frames = Run(raw.SQLITE_CHECKPOINT_PASSIVE, "passive");
        if (frames >= _truncateAt)
        {
            Truncate();
        }

        _written = 0;
    }

    /// <summary>Empties the WAL: at the start, where a killed process may have left a large one, and when it has grown too large.</summary>
    public void Truncate()
    {
        // Readers end within milliseconds as a rule; who holds on longer makes it try again at the next turn.
        _ = raw.sqlite3_busy_timeout(connection.Handle, MillisecondsForReaders);
        _ = Run(raw.SQLITE_CHECKPOINT_TRUNCATE, "truncate");
        _ = raw.sqlite3_busy_timeout(connection.Handle, SqliteConnection.BusyMilliseconds);
    }

    /// <summary>The frames in the WAL.</summary>
    private int Run(int mode, string kind)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", mode, out var frames, out var moved);
        if (code is not raw.SQLITE_OK and not raw.SQLITE_BUSY)
        {
            throw connection.Fault(code, $"wal_checkpoint({kind})");
        }

        metrics.Checkpoint(kind);
        Moved(kind, moved, frames);
        return frames;
    }

    [LoggerMessage(LogLevel.Debug, "Checkpoint ({Kind}): {Moved} of {Frames} frames moved")]
    private partial void Moved(string kind, int moved, int frames);
}
