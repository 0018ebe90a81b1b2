using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Madang.Storage.Migrating;

/// <summary>
/// Brings a schema up to date: every embedded step once, in order, each in its own transaction, one node at a time.
/// A step that ran is never edited (its hash is compared); a schema written by a newer program is left alone.
/// </summary>
internal sealed partial class Migrator(ILogger<Migrator> log)
{
    /// <summary>The program's version as rows of the table <c>migration</c> tell it.</summary>
    public static string Version { get; } = typeof(Migrator).Assembly.GetName().Version!.ToString(3);

    /// <exception cref="SchemaException">The schema is newer than <paramref name="migrations"/>, or a step was changed after it ran.</exception>
    public async Task RunAsync(IMigrationTarget target, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var alone = await target.LockAsync(cancellationToken);
        var applied = await target.AppliedAsync(cancellationToken);
        Check(migrations, applied);
        var done = applied.Select(row => row.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var migration in migrations)
        {
            if (!done.Contains(migration.Id))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var began = Stopwatch.GetTimestamp();
                await target.ApplyAsync(migration, new AppliedMigration(migration.Module, migration.Number, migration.Name, migration.Hash, Version), cancellationToken);
                Applied(migration.Id, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }
    }

    private static void Check(IReadOnlyList<Migration> migrations, IReadOnlyList<AppliedMigration> applied)
    {
        var known = migrations.ToDictionary(m => (m.Module, m.Number));
        foreach (var row in applied)
        {
            if (!known.TryGetValue((row.Module, row.Number), out var migration))
            {
                throw new SchemaException(
                    $"The data was last written by Madang {row.Version}, whose schema step {row.Id} is unknown to this version, {Version}. " +
                    $"Start version {row.Version} or a later one, or restore a backup made by this one.");
            }

            if (migration.Name != row.Name || migration.Hash != row.Hash)
            {
                throw new SchemaException(
                    $"The schema step {row.Id}, run by Madang {row.Version}, differs from {migration.Id} of this version, {Version}: " +
                    "a step must not change after it was released. Start the version that wrote the data.");
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Schema step {Step} applied in {Milliseconds:0.0} ms")]
    private partial void Applied(string step, double milliseconds);
}
