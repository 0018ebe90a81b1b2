using Madang.Sqlite;
using Madang.Storage.Migrating;

namespace Madang.Tests.Conformance.Storage;

/// <summary>The migrator on a SQLite file.</summary>
public sealed class SqliteMigratorTests : MigratorFacts, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("madang-test-").FullName;

    public SqliteMigratorTests()
    {
        // Here once, as the owner of a folder does it: changing the mode waits for nobody.
        using var connection = Open();
        connection.Execute("PRAGMA journal_mode = WAL");
    }

    /// <summary>What the child process of <see cref="A_killed_migration_is_done_again_from_its_beginning"/> runs.</summary>
    internal static IReadOnlyList<Migration> Steps => [One, Two];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_killed_migration_is_done_again_from_its_beginning()
    {
        using (var child = new ChildProcess(["--child-migrate", _folder]))
        {
            await child.UntilAsync("inside");
            child.Kill();
            Assert.NotEqual(0, await child.EndAsync());
        }

        // The second script had run; without its row nothing of it may be there.
        Assert.Equal(0, await CountAsync("first_step"));
        await RunAsync(One, Two);
        Assert.Equal(1, await CountAsync("first_step"));
    }

    [Fact]
    public async Task A_step_that_another_ran_since_the_look_is_not_run_again()
    {
        var row = new AppliedMigration(One.Module, One.Number, One.Name, One.Hash, Migrator.Version);
        await RunTargetAsync(async first =>
        {
            Assert.Empty(await first.AppliedAsync(TestContext.Current.CancellationToken));
            await RunTargetAsync(second => second.ApplyAsync(One, row, TestContext.Current.CancellationToken));
            await first.ApplyAsync(One, row, TestContext.Current.CancellationToken);
            Assert.Equal(row, Assert.Single(await first.AppliedAsync(TestContext.Current.CancellationToken)));
        });
    }

    [Fact]
    public void The_steps_of_the_adapter_are_numbered_without_a_gap_and_their_modules_known()
    {
        var steps = Migration.EmbeddedIn(typeof(SqliteModule).Assembly);
        Assert.Equal("Storage/0001_node", steps[0].Id);
        Assert.All(steps, step => Assert.NotEmpty(step.Sql));
    }

    private protected override async Task RunTargetAsync(Func<IMigrationTarget, Task> use)
    {
        using var connection = Open();
        await use(new SqliteMigrations(connection, TimeProvider.System));
    }

    private protected override Task<long> CountAsync(string table)
    {
        using var connection = Open();
        using var count = connection.Use($"SELECT count(*) FROM {table}");
        return Task.FromResult(count.Scalar() ?? 0);
    }

    private SqliteConnection Open() => SqliteConnection.Open(DataFolder.DatabaseIn(_folder), readOnly: false);
}
