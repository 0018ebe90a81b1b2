using Madang.Storage;
using SQLitePCL;

namespace Madang.Sqlite;

/// <summary>One connection and the statements prepared on it. Used by one thread at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    // Reference equality would do for literals; string equality keeps composed SQL right as well.
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);
    private readonly sqlite3 _handle;

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 handle) => _handle = handle;

    public static string Version => raw.sqlite3_libversion().utf8_to_string();

    public int Changes => raw.sqlite3_changes(_handle);

    internal sqlite3 Handle => _handle;

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
        _ = raw.sqlite3_busy_timeout(handle, 5000);
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

    internal Exception Fault(int code, string sql)
    {
        var extended = raw.sqlite3_extended_errcode(_handle);
        var message = $"{raw.sqlite3_errmsg(_handle).utf8_to_string()} (SQLite {extended}): {(sql.Length > 200 ? sql[..200] : sql)}";
        return (code & 0xFF) == raw.SQLITE_FULL ? new StorageFullException(new SqliteException(extended, message)) : new SqliteException(extended, message);
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
}
