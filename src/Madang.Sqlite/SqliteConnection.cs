using Madang.Storage;
using SQLitePCL;

namespace Madang.Sqlite;

/// <summary>One connection and the statements prepared on it. Used by one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    public const int BusyMilliseconds = 5000;

    // SQLite asks whether to go on after so many steps of its virtual machine: a fraction of a millisecond.
    private const int StepsBetweenLooks = 4000;

    // Reference equality would do for literals; string equality keeps composed SQL right as well.
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private readonly sqlite3 _handle;
    private TimeProvider _time = TimeProvider.System;
    private long _latest = long.MaxValue;

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 handle) => _handle = handle;

    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    /// <summary>3050004 for 3.50.4.</summary>
    public static int VersionNumber => raw.sqlite3_libversion_number();

    public int Changes => raw.sqlite3_changes(_handle);

    internal sqlite3 Handle => _handle;

    /// <summary>The failure after which nothing that this connection says can be trusted (<see cref="SqliteException.IsBroken"/>), whoever caught it.</summary>
    public Exception? Broken { get; private set; }

    /// <summary>No space was left since <see cref="ForgetFull"/>, whoever caught it: the transaction must not commit.</summary>
    public StorageFullException? Full { get; private set; }

    public static SqliteConnection Open(string path, bool readOnly)
    {
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE) | raw.SQLITE_OPEN_NOMUTEX;
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        var connection = new SqliteConnection(handle);
        if (code != raw.SQLITE_OK)
        {
            var fault = connection.Fault(code, $"open {path}");
            connection.Dispose();
            throw fault;
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        // Without it SQLite looks at bound values, such as that of LIMIT, and prepares a statement anew whenever they may have changed: a tenth of the writer's time.
        _ = raw.sqlite3_db_config(handle, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
        return connection;
    }

    /// <summary>The statement for this SQL, prepared once a connection. Dispose it to give it back.</summary>
    public Statement Use(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            var code = raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
            if (code != raw.SQLITE_OK)
            {
                throw Fault(code, sql);
            }

            _statements[sql] = statement = new Statement(this, prepared, sql);
        }

        return statement.Begin();
    }

    /// <summary>Runs one or several statements without parameters: pragmas, migrations.</summary>
    public void Execute(string script)
    {
        var code = raw.sqlite3_exec(_handle, script);
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code, script);
        }
    }

    /// <summary>Ends the transaction, if SQLite has not done so by itself.</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0)
        {
            using var rollback = Use("ROLLBACK");
            _ = rollback.Step();
        }
    }

    public void ForgetFull() => Full = null;

    /// <summary>From now on <see cref="Limit"/> holds, by this clock.</summary>
    public void WatchTime(TimeProvider time)
    {
        _time = time;
        raw.sqlite3_progress_handler(_handle, StepsBetweenLooks, _ => IsLate ? 1 : 0, null);
    }

    /// <summary>After this timestamp every statement ends with a <see cref="TimeoutException"/>.</summary>
    public void Limit(long latest) => _latest = latest;

    internal bool IsLate => _latest != long.MaxValue && _time.GetTimestamp() > _latest;

    internal static TimeoutException Late(string sql) => new($"A read held its snapshot for too long: {sql}");

    internal Exception Fault(int code, string sql)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        var message = $"{raw.sqlite3_errmsg(_handle).utf8_to_string()} (SQLite {extended}): {(sql.Length > 200 ? sql[..200] : sql)}";
        var fault = new SqliteException((extended & 0xFF) == (code & 0xFF) ? extended : code, message);
        if (fault.PrimaryCode == raw.SQLITE_INTERRUPT)
        {
            return Late(sql);
        }

        if (fault.IsFull)
        {
            return Full = new StorageFullException(fault);
        }

        if (fault.IsBroken)
        {
            Broken ??= fault;
        }

        return fault;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Finish();
        }

        _statements.Clear();
        _handle.Dispose();
    }
}

/// <param name="code">The extended result code (sqlite.org/rescode.html).</param>
internal sealed class SqliteException(int code, string message) : Exception(message)
{
    public int Code { get; } = code;

    public int PrimaryCode => Code & 0xFF;

    /// <summary>SHMSIZE: the WAL's index could not grow, which on a healthy disk means that it is full.</summary>
    public bool IsFull => PrimaryCode == raw.SQLITE_FULL || Code == raw.SQLITE_IOERR_SHMSIZE;

    /// <summary>The disk failed or lied, or the file is no longer the one that was opened.</summary>
    public bool IsBroken =>
        !IsFull && (PrimaryCode is raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB || Code == raw.SQLITE_READONLY_DBMOVED);
}
