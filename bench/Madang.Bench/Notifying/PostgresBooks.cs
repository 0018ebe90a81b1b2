using System.Globalization;
using Npgsql;

namespace Madang.Bench.Notifying;

/// <summary>What a PostgreSQL server counts by itself, between two moments: write-ahead log, rows, and with its extension what each statement took.</summary>
internal sealed class PostgresBooks : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly bool _withStatements;
    private long _bytes;
    private long _records;
    private long _images;
    private Dictionary<string, long> _rows = [];

    private PostgresBooks(NpgsqlDataSource source, bool withStatements) => (_source, _withStatements) = (source, withStatements);

    public static async Task<PostgresBooks> OpenAsync(string connectionString, bool withStatements, CancellationToken cancellationToken)
    {
        var books = new PostgresBooks(NpgsqlDataSource.Create(connectionString), withStatements);
        if (withStatements)
        {
            await using var extension = books._source.CreateCommand("CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT pg_stat_statements_reset()");
            await extension.ExecuteNonQueryAsync(cancellationToken);
        }

        (books._bytes, books._records, books._images) = await books.LogAsync(cancellationToken);
        books._rows = await books.RowsAsync(cancellationToken);
        return books;
    }

    /// <summary>A line for each thing that changed, per cycle.</summary>
    public async Task<IReadOnlyList<string>> CloseAsync(int cycles, CancellationToken cancellationToken)
    {
        // Sessions tell their counts a second after they fell idle, at the latest.
        await Task.Delay(TimeSpan.FromSeconds(1.2), cancellationToken);
        var (bytes, records, images) = await LogAsync(cancellationToken);
        List<string> lines = [Text($"  write-ahead log: {(double)(bytes - _bytes) / cycles:0} bytes, {(double)(records - _records) / cycles:0.00} records a cycle, {images - _images} page images")];
        foreach (var (name, count) in await RowsAsync(cancellationToken))
        {
            if (count - _rows.GetValueOrDefault(name) is > 0 and var more)
            {
                lines.Add(Text($"  {(double)more / cycles,8:0.000} {name} a cycle"));
            }
        }

        if (_withStatements)
        {
            lines.AddRange(await StatementsAsync(cycles, cancellationToken));
        }

        return lines;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<(long, long, long)> LogAsync(CancellationToken cancellationToken)
    {
        await using var read = _source.CreateCommand("SELECT wal_bytes::bigint, wal_records, wal_fpi FROM pg_stat_wal");
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        _ = await row.ReadAsync(cancellationToken);
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2));
    }

    private async Task<Dictionary<string, long>> RowsAsync(CancellationToken cancellationToken)
    {
        await using var read = _source.CreateCommand(
            """
            SELECT relname || ' ' || what, n
            FROM pg_stat_user_tables, LATERAL (VALUES ('rows inserted', n_tup_ins), ('rows updated', n_tup_upd), ('rows updated in their page', n_tup_hot_upd), ('rows deleted', n_tup_del)) AS v (what, n)
            WHERE relname LIKE 'delivery%' AND n > 0 ORDER BY 1
            """);
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        Dictionary<string, long> rows = [];
        while (await row.ReadAsync(cancellationToken))
        {
            rows[row.GetString(0)] = row.GetInt64(1);
        }

        return rows;
    }

    private async Task<List<string>> StatementsAsync(int cycles, CancellationToken cancellationToken)
    {
        await using var read = _source.CreateCommand(
            """
            SELECT calls, total_exec_time, wal_bytes::bigint, wal_records, regexp_replace(left(query, 120), '\s+', ' ', 'g') FROM pg_stat_statements
            WHERE query NOT LIKE '%pg_stat%' ORDER BY total_exec_time DESC LIMIT 12
            """);
        await using var row = await read.ExecuteReaderAsync(cancellationToken);
        List<string> lines = [];
        while (await row.ReadAsync(cancellationToken))
        {
            lines.Add(Text(
                $"  {row.GetInt64(0),6} x {row.GetDouble(1) * 1e3 / cycles,6:0.00} µs, {(double)row.GetInt64(2) / cycles,5:0} bytes, {(double)row.GetInt64(3) / cycles,5:0.00} records a cycle: {row.GetString(4)}"));
        }

        return lines;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
