using Madang.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Madang.Postgres;

/// <summary>A transaction on one of the writer sessions, on a thread that may block. Parameters are positional: <c>$1</c>.</summary>
internal sealed class PostgresTx : WriteTx
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    internal PostgresTx(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now) =>
        (_connection, _transaction, Now) = (connection, transaction, now);

    public override DateTimeOffset Now { get; }

    public static PostgresTx Of(WriteTx tx) => (PostgresTx)tx;

    /// <summary>A command on this transaction; Npgsql prepares what is used often (automatic preparation is on).</summary>
    public NpgsqlCommand Use(string sql, params ReadOnlySpan<object?> parameters) => new NpgsqlCommand(sql, _connection, _transaction).With(parameters);

    /// <summary>Several statements in one round trip.</summary>
    public NpgsqlBatch Batch() => new(_connection, _transaction);

    /// <summary>Runs a statement that answers no rows; how many rows it changed.</summary>
    public int Run(string sql, params ReadOnlySpan<object?> parameters)
    {
        using var command = Use(sql, parameters);
        return command.ExecuteNonQuery();
    }

    internal List<object> Said => Publications;
}

internal static class CommandParameters
{
    /// <summary>Adds positional parameters; null becomes NULL. Ids are passed as their <c>long</c>, times as UTC <c>DateTime</c> (timestamptz).</summary>
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object?> parameters)
    {
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(Of(parameter));
        }

        return command;
    }

    /// <summary>Adds a statement with its parameters.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(Of(parameter));
        }

        batch.BatchCommands.Add(command);
    }

    /// <summary>An array of times with gaps: Npgsql guesses the type by the first element, and a gap there misleads it.</summary>
    public static NpgsqlParameter Times(DateTime?[] times) => new() { Value = times, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz };

    /// <summary>A time that may be absent: the type of a bare NULL would be guessed.</summary>
    public static NpgsqlParameter Time(DateTimeOffset? time) => new() { Value = time is { } at ? at.UtcDateTime : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    /// <summary>For a column that is NULL in nearly every row of a batch. Of several <c>unnest</c> in one SELECT list the shorter ones are filled up with NULL: none of it is sent.</summary>
    public static T?[] Sparse<T>(T?[] values) => System.Array.TrueForAll(values, value => value is null) ? [] : values;

    /// <summary>For a column that is mostly the same in every row of a batch, and NULL in none: sent once, and the statement fills the others up with it.</summary>
    public static T[] Same<T>(T[] values) => values.Length > 1 && System.Array.TrueForAll(values, value => EqualityComparer<T>.Default.Equals(value, values[0])) ? [values[0]] : values;

    private static NpgsqlParameter Of(object? parameter) => parameter as NpgsqlParameter ?? new() { Value = parameter is DateTimeOffset time ? time.UtcDateTime : parameter ?? DBNull.Value };
}
