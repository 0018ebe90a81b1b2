using Madang.Storage.Migrating;

namespace Madang.Sqlite;

/// <summary>The migrator's hands on SQLite. The caller owns the data folder, and each step takes the write lock before it looks again.</summary>
internal sealed class SqliteMigrations(SqliteConnection connection, TimeProvider time) : IMigrationTarget
{
    // The steps of this module make the file of one crawl, which stands apart.
    private const string CrawlModule = "Crawl";

    /// <summary>The schema of <c>madang.db</c>.</summary>
    public static IReadOnlyList<Migration> OfDatabase { get; } = [.. Embedded().Where(step => step.Module != CrawlModule)];

    /// <summary>The schema of each <c>crawl.db</c>.</summary>
    public static IReadOnlyList<Migration> OfCrawl { get; } = [.. Embedded().Where(step => step.Module == CrawlModule)];

    public Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable>(new FolderLockHeld());

    public Task<IReadOnlyList<AppliedMigration>> AppliedAsync(CancellationToken cancellationToken)
    {
        connection.Execute(
            """
            CREATE TABLE IF NOT EXISTS migration (
              module TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, version TEXT NOT NULL, applied_at INTEGER NOT NULL,
              PRIMARY KEY (module, number)) STRICT, WITHOUT ROWID
            """);
        var rows = new List<AppliedMigration>();
        using var select = connection.Use("SELECT module, number, name, hash, version FROM migration ORDER BY applied_at, module, number");
        while (select.Step())
        {
            rows.Add(new AppliedMigration(select.Text(0), select.Int32(1), select.Text(2), select.Text(3), select.Text(4)));
        }

        return Task.FromResult<IReadOnlyList<AppliedMigration>>(rows);
    }

    public Task ApplyAsync(Migration migration, AppliedMigration row, CancellationToken cancellationToken)
    {
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (!IsApplied(row))
            {
                connection.Execute(migration.Sql);
                Record(row);
            }

            connection.Execute("COMMIT");
        }
        catch
        {
            connection.RollBack();
            throw;
        }

        return Task.CompletedTask;
    }

    private static IReadOnlyList<Migration> Embedded() => Migration.EmbeddedIn(typeof(SqliteMigrations).Assembly);

    private bool IsApplied(AppliedMigration row)
    {
        using var select = connection.Use("SELECT 1 FROM migration WHERE module = ?1 AND number = ?2");
        return select.Bind(1, row.Module).Bind(2, row.Number).Step();
    }

    private void Record(AppliedMigration row)
    {
        using var insert = connection.Use("INSERT INTO migration (module, number, name, hash, version, applied_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _ = insert.Bind(1, row.Module).Bind(2, row.Number).Bind(3, row.Name).Bind(4, row.Hash).Bind(5, row.Version).Bind(6, time.GetUtcNow()).Run();
    }

    private sealed class FolderLockHeld : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
