using System.Text;
using SQLitePCL;

namespace Madang.Sqlite;

/// <summary>
/// A prepared statement, used as <c>using var s = tx.Use(sql); s.Bind(1, id); while (s.Step()) …</c>. Disposing resets it for the next use.
/// Times are stored as Unix milliseconds, booleans as 0 and 1, ids as integers, texts as UTF-8.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _statement;
    private readonly string _sql;
    private bool _inUse;

    internal Statement(SqliteConnection connection, sqlite3_stmt statement, string sql) => (_connection, _statement, _sql) = (connection, statement, sql);

    internal Statement Begin()
    {
        if (_inUse)
        {
            throw new InvalidOperationException($"This statement is being stepped already: {_sql}");
        }

        _inUse = true;
        return this;
    }

    public Statement Bind(int index, long value) => Check(raw.sqlite3_bind_int64(_statement, index, value));

    public Statement Bind(int index, long? value) => value is { } v ? Bind(index, v) : Check(raw.sqlite3_bind_null(_statement, index));

    public Statement Bind(int index, bool value) => Bind(index, value ? 1L : 0L);

    public Statement Bind(int index, double value) => Check(raw.sqlite3_bind_double(_statement, index, value));

    public Statement Bind(int index, DateTimeOffset value) => Bind(index, value.ToUnixTimeMilliseconds());

    public Statement Bind(int index, DateTimeOffset? value) => Bind(index, value?.ToUnixTimeMilliseconds());

    public Statement Bind(int index, string? value) =>
        Check(value is null ? raw.sqlite3_bind_null(_statement, index) : raw.sqlite3_bind_text16(_statement, index, value));

    public Statement Bind(int index, ReadOnlySpan<byte> value) => Check(raw.sqlite3_bind_blob(_statement, index, value));

    /// <summary>Goes to the next row. False at the end.</summary>
    public bool Step()
    {
        if (_connection.IsLate)
        {
            throw SqliteConnection.Late(_sql);
        }

        var code = raw.sqlite3_step(_statement);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw _connection.Fault(code, _sql),
        };
    }

    /// <summary>Runs a statement that answers no rows; how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return _connection.Changes;
    }

    /// <summary>Runs it and makes it ready for the next row: writes in a loop bind every parameter anew and pay no clearing between.</summary>
    public void Again()
    {
        while (Step())
        {
        }

        _ = raw.sqlite3_reset(_statement);
    }

    /// <summary>Makes a look-up ready for the next one, whether its row was read to the end or not.</summary>
    public void Reset() => _ = raw.sqlite3_reset(_statement);

    /// <summary>How many rows the last run changed.</summary>
    public int Changes => _connection.Changes;

    /// <summary>The one row's first column, or null without a row.</summary>
    public long? Scalar() => Step() && !IsNull(0) ? Int64(0) : null;

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => (int)raw.sqlite3_column_int64(_statement, column);

    public bool Bool(int column) => Int64(column) != 0;

    public double Double(int column) => raw.sqlite3_column_double(_statement, column);

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Int64(column));

    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(_statement, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>The bytes of a text or blob, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose()
    {
        // The code of reset repeats the failure that Step has already thrown.
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
        _inUse = false;
    }

    internal void Finish() => _statement.Dispose();

    private Statement Check(int code) => code == raw.SQLITE_OK ? this : throw _connection.Fault(code, _sql);
}
