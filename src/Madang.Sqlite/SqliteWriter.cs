using Madang.Storage;
using Microsoft.Extensions.Logging;

namespace Madang.Sqlite;

/// <summary>
/// The one writer: a thread of its own that runs what waits in one transaction after another (group commit). A batch is what arrived during the last
/// commit, at most <see cref="MostWrites"/> writes or <see cref="MostTime"/> of execution; it never waits for more.
/// </summary>
internal sealed partial class SqliteWriter : IDisposable
{
    public const int MostWrites = 512;

    /// <summary>Interactive batches in a row that may pass waiting background work before one piece of it rides along.</summary>
    public const int FairShare = 4;

    public static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(6);

    private readonly SqliteConnection _connection;
    private readonly WriteQueue _queue;
    private readonly Checkpoints _checkpoints;
    private readonly StorageMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Fatal _fatal;
    private readonly Action<IReadOnlyList<object>> _tell;
    private readonly ILogger _log;
    private readonly SqliteTx _tx;
    private readonly HotGroups _groups = new();
    private readonly List<PendingWrite> _batch = [];
    private readonly long _mostTicks;
    private readonly Thread _thread;
    private readonly Lock _acks = new();
    private int _passedOver;
    private Exception? _ended;

    public SqliteWriter(
        SqliteConnection connection, WriteQueue queue, Checkpoints checkpoints, StorageMetrics metrics, TimeProvider time, Fatal fatal,
        Action<IReadOnlyList<object>> tell, ILogger log)
    {
        (_connection, _queue, _checkpoints, _metrics, _time, _fatal, _tell, _log) = (connection, queue, checkpoints, metrics, time, fatal, tell, log);
        _tx = new SqliteTx(connection, time);
        _mostTicks = (long)(MostTime.TotalSeconds * time.TimestampFrequency);
        _thread = new Thread(Loop) { IsBackground = true, Name = "madang-sqlite-writer" };
        _thread.Start();
    }

    public void Add(PendingWrite write, Lane lane)
    {
        _queue.Add(write, lane);
        if (Volatile.Read(ref _ended) is { } ended)
        {
            FailWaiting(ended);
        }
    }

    /// <summary>Acks stop at once, and the process ends.</summary>
    public void Break(Exception fault)
    {
        var broken = new StorageBrokenException(fault);
        if (End(broken))
        {
            _queue.Close();
            _fatal(broken);
        }

        FailWaiting(broken);
    }

    /// <summary>Runs what waits, then ends the thread.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _queue.Dispose();
    }

    private void Loop()
    {
        while (Volatile.Read(ref _ended) is null && _queue.Wait())
        {
            RunBatch();
            if (_checkpoints.TakeTurn() is { } broken)
            {
                Break(broken);
            }
        }

        _ = End(new ObjectDisposedException(nameof(SqliteDatabase)));
        FailWaiting(_ended!);
    }

    private void RunBatch()
    {
        _batch.Clear();
        _groups.Clear();
        _tx.Reset();
        _connection.ForgetFull();
        try
        {
            TakeAndRun();
            Commit();
        }
        catch (Exception fault) // A closure may throw anything: its caller is told, the others run again.
        {
            if (!Recover(fault))
            {
                return;
            }
        }

        Acknowledge();
    }

    private void Acknowledge()
    {
        lock (_acks)
        {
            if (_ended is null)
            {
                Tell();
                foreach (var write in _batch)
                {
                    write.Complete();
                }

                return;
            }
        }

        // A reader met a broken disk meanwhile.
        FailBatch(_ended);
    }

    /// <summary>No ack follows. False when it has ended before.</summary>
    private bool End(Exception why)
    {
        lock (_acks)
        {
            if (_ended is not null)
            {
                return false;
            }

            Volatile.Write(ref _ended, why);
            return true;
        }
    }

    /// <summary>Takes and runs until what was there at the beginning is through, or the batch is full. Hot records run last, together.</summary>
    private void TakeAndRun()
    {
        var began = _time.GetTimestamp();
        if (Math.Min(_queue.Interactive, MostWrites) is > 0 and var waiting)
        {
            Take(Lane.Interactive, waiting, began);
            if (_queue.Background == 0)
            {
                _passedOver = 0;
            }
            else if (++_passedOver >= FairShare)
            {
                Take(Lane.Background, 1, began);
                _passedOver = 0;
            }
        }
        else
        {
            Take(Lane.Background, MostWrites, began);
            _passedOver = 0;
        }

        foreach (var group in _groups.InBatch)
        {
            group.Run(_tx, _time);
        }
    }

    private void Take(Lane lane, int most, long began)
    {
        long expected = 0;
        for (var taken = 0; taken < most && _queue.TryTake(lane, out var write); taken++)
        {
            if (!write.TryStart())
            {
                continue;
            }

            _batch.Add(write);
            if (_batch.Count == 1)
            {
                Execute("BEGIN IMMEDIATE");
            }

            if (write.Join(_groups) is { } group)
            {
                expected += group.Cost;
            }
            else
            {
                write.Run(_tx);
            }

            if (_time.GetTimestamp() - began + expected > _mostTicks || (lane == Lane.Background && _queue.Interactive > 0))
            {
                return;
            }
        }
    }

    private void Commit()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        ThrowIfUnsound();
        var began = _time.GetTimestamp();
        Execute("COMMIT");
        _metrics.Committed(_batch.Count, _checkpoints.PagesWritten(), _time.GetElapsedTime(began));
    }

    /// <summary>Undoes the batch and runs it again with a savepoint for each write. True when there is something to tell the callers.</summary>
    private bool Recover(Exception fault)
    {
        if (!RollBack() || IsStopped(fault))
        {
            return false;
        }

        if (_batch.Count == 1)
        {
            _batch[0].Fault = fault;
            return true;
        }

        _metrics.Rerun();
        try
        {
            RunIsolated();
            Commit();
            return true;
        }
        catch (Exception again) // Not one write's fault any more: all of the batch hear of it.
        {
            if (RollBack() && !IsStopped(again))
            {
                FailBatch(again);
            }

            return false;
        }
    }

    private void RunIsolated()
    {
        Execute("BEGIN IMMEDIATE");
        var hot = _groups.InBatch.ToList();
        foreach (var write in _batch.Except(hot.SelectMany(group => group.Writes)))
        {
            write.Fault = Isolate(() => write.Run(_tx));
        }

        foreach (var group in hot)
        {
            if (Isolate(() => group.Run(_tx, _time)) is not null)
            {
                foreach (var write in group.Writes)
                {
                    write.Fault = Isolate(() => write.Run(_tx));
                }
            }
        }
    }

    private Exception? Isolate(Action run)
    {
        var said = _tx.Said.Count;
        Execute("SAVEPOINT one");
        try
        {
            run();
            ThrowIfUnsound();
            Execute("RELEASE one");
            return null;
        }
        catch (Exception fault) when (_connection.Broken is null && _connection.Full is null)
        {
            Execute("ROLLBACK TO one");
            Execute("RELEASE one");
            _tx.Said.RemoveRange(said, _tx.Said.Count - said);
            _groups.Forget();
            return fault;
        }
    }

    /// <summary>A closure that caught a failure of the disk must not be committed for all that.</summary>
    private void ThrowIfUnsound()
    {
        if ((_connection.Broken ?? _connection.Full) is { } unsound)
        {
            throw unsound;
        }
    }

    private bool RollBack()
    {
        _tx.Reset();
        _groups.Forget();
        try
        {
            _connection.RollBack();
            return true;
        }
        catch (SqliteException fault)
        {
            // Neither committed nor undone: the connection is of no more use.
            Break(fault);
            FailBatch(new StorageBrokenException(fault));
            return false;
        }
    }

    /// <summary>A broken disk ends everything. A full one ends the batch; the writer goes on, for space may return.</summary>
    private bool IsStopped(Exception fault)
    {
        if (_connection.Broken is { } broken)
        {
            Break(broken);
            FailBatch(new StorageBrokenException(broken));
            return true;
        }

        if (_connection.Full is { } full)
        {
            Full(fault.Message);
            FailBatch(full);
            return true;
        }

        return false;
    }

    private void Tell()
    {
        try
        {
            _tell(_tx.Said);
        }
        catch (Exception fault) // The commit stands and its callers must hear so, whatever a listener does.
        {
            ListenerFailed(fault);
        }
    }

    private void Execute(string sql)
    {
        using var statement = _connection.Use(sql);
        _ = statement.Step();
    }

    private void FailBatch(Exception fault)
    {
        foreach (var write in _batch)
        {
            write.Fail(fault);
        }
    }

    private void FailWaiting(Exception fault)
    {
        while (_queue.TryTake(Lane.Interactive, out var write) || _queue.TryTake(Lane.Background, out write))
        {
            if (write.TryStart())
            {
                write.Fail(fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The disk is full: {Message}")]
    private partial void Full(string message);

    [LoggerMessage(LogLevel.Error, "A listener to commits threw")]
    private partial void ListenerFailed(Exception fault);
}
