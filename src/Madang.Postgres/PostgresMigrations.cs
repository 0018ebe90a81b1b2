using Madang.Storage.Migrating;
using Npgsql;

namespace Madang.Postgres;

/// <summary>The migrator's hands on PostgreSQL: one session, which holds an advisory lock as long as it lives, so that one node migrates at a time.</summary>
internal sealed class PostgresMigrations(NpgsqlConnection connection, TimeProvider time) : IMigrationTarget
{
    // Any number will do as long as nobody else in this database uses it: "madang" in ASCII.
    private const long LockKey = 0x6D6164616E67;

    public async Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken)
    {
        await using var take = Command("SELECT pg_advisory_lock($1)", LockKey);
        // Another node's migration takes as long as it takes; cancelling ends the wait.
        take.CommandTimeout = 0;
        await take.ExecuteNonQueryAsync(cancellationToken);
        return new Held(connection);
    }

    public async Task<IReadOnlyList<AppliedMigration>> AppliedAsync(CancellationToken cancellationToken)
    {
        await using var create = Command(
            """
            CREATE TABLE IF NOT EXISTS migration (
              module text NOT NULL, number int NOT NULL, name text NOT NULL, hash text NOT NULL, version text NOT NULL, applied_at timestamptz NOT NULL,
              PRIMARY KEY (module, number))
            """);
        await create.ExecuteNonQueryAsync(cancellationToken);
        await using var select = Command("SELECT module, number, name, hash, version FROM migration ORDER BY applied_at, module, number");
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var rows = new List<AppliedMigration>();
        while (await row.ReadAsync(cancellationToken))
        {
            rows.Add(new AppliedMigration(row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(4)));
        }

        return rows;
    }

    public async Task ApplyAsync(Migration migration, AppliedMigration row, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var script = Command(migration.Sql))
        {
            script.CommandTimeout = 0;
            await script.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var insert = Command(
            "INSERT INTO migration (module, number, name, hash, version, applied_at) VALUES ($1, $2, $3, $4, $5, $6)",
            row.Module, row.Number, row.Name, row.Hash, row.Version, time.GetUtcNow());
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<object?> parameters) => new NpgsqlCommand(sql, connection).With(parameters);

    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            // A session that broke has given its lock back already.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection);
                await release.ExecuteNonQueryAsync();
            }
        }
    }
}
