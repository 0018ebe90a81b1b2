using Npgsql;
using SQLitePCL;

namespace Madang.Bench.Killing;

/// <summary>What no client can see: the positions of every inbox in the tables, and the health of the file.</summary>
internal static class InboxAudit
{
    // One row an inbox whose positions have a hole, a double, or an end that is not its head.
    private const string Holes =
        """
        SELECT count(*) FROM (
          SELECT e.user_id, count(*) AS n, min(e.pos) AS lowest, max(e.pos) AS highest, max(h.pos) AS head
          FROM inbox e LEFT JOIN inbox_head h ON h.user_id = e.user_id
          GROUP BY e.user_id) i
        WHERE n <> highest - lowest + 1 OR head IS NULL OR head <> highest
        """;

    /// <summary>The server must not run: SQLite recovers its log when the file is opened.</summary>
    public static IReadOnlyList<string> OfSqlite(string path)
    {
        Batteries_V2.Init();
        if (raw.sqlite3_open_v2(path, out var db, raw.SQLITE_OPEN_READWRITE, null) != raw.SQLITE_OK)
        {
            return [$"{path} cannot be opened"];
        }

        using (db)
        {
            var faults = new List<string>();
            if (Scalar(db, "PRAGMA integrity_check") is var health && health != "ok")
            {
                faults.Add($"integrity_check: {health}");
            }

            if (Scalar(db, Holes) is var holes && holes != "0")
            {
                faults.Add($"{holes} inboxes are not dense");
            }

            return faults;
        }
    }

    public static async Task<IReadOnlyList<string>> OfPostgresAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Holes, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is long holes and > 0 ? [$"{holes} inboxes are not dense"] : [];
    }

    private static string Scalar(sqlite3 db, string sql)
    {
        if (raw.sqlite3_prepare_v2(db, sql, out var statement) != raw.SQLITE_OK)
        {
            return raw.sqlite3_errmsg(db).utf8_to_string();
        }

        using (statement)
        {
            return raw.sqlite3_step(statement) == raw.SQLITE_ROW ? raw.sqlite3_column_text(statement, 0).utf8_to_string() : "no row";
        }
    }
}
