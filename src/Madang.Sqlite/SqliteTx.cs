using Madang.Storage;

namespace Madang.Sqlite;

/// <summary>The writer's transaction: hands out statements prepared once on the writer connection.</summary>
internal sealed class SqliteTx : WriteTx
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private DateTimeOffset? _now;

    internal SqliteTx(SqliteConnection connection, TimeProvider time) => (_connection, _time) = (connection, time);

    /// <summary>Cut to the millisecond, as it will be read back.</summary>
    public override DateTimeOffset Now => _now ??= DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    public static SqliteTx Of(WriteTx tx) => (SqliteTx)tx;

    public Statement Use(string sql) => _connection.Use(sql);

    internal List<object> Said => Publications;

    /// <summary>Begins anew: a new time, nothing said.</summary>
    internal void Reset()
    {
        _now = null;
        Publications.Clear();
    }
}
