namespace Madang.Storage.Migrating;

/// <summary>What an engine does for the <see cref="Migrator"/>.</summary>
internal interface IMigrationTarget
{
    /// <summary>Waits until no other node migrates, and keeps it so until disposed (SQLite: the folder's lock; PostgreSQL: an advisory lock).</summary>
    Task<IAsyncDisposable> LockAsync(CancellationToken cancellationToken);

    /// <summary>The rows of the table <c>migration</c>, which is created when it is missing.</summary>
    Task<IReadOnlyList<AppliedMigration>> AppliedAsync(CancellationToken cancellationToken);

    /// <summary>The script and its row in one transaction: both or, after a kill, neither.</summary>
    Task ApplyAsync(Migration migration, AppliedMigration row, CancellationToken cancellationToken);
}
