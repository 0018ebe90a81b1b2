using Madang.Api;
using Npgsql;

namespace Madang.Postgres.Accounts;

/// <summary>Reads whole answers, for the stores of this folder.</summary>
internal static class Rows
{
    public static long[] Values(this IReadOnlyCollection<UserId> ids) => [.. ids.Select(id => id.Value)];

    public static List<T> ReadAll<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read)
    {
        using var rows = command.ExecuteReader();
        var all = new List<T>();
        while (rows.Read())
        {
            all.Add(read(rows));
        }

        return all;
    }

    public static async Task<List<T>> ReadAllAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var all = new List<T>();
        while (await rows.ReadAsync(cancellationToken))
        {
            all.Add(read(rows));
        }

        return all;
    }

    public static UserId UserId(NpgsqlDataReader row) => new(row.GetInt64(0));
}
