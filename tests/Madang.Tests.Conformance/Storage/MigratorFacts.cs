using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Conformance.Storage;

/// <summary>The migrator on every engine. A subclass answers targets on one and the same empty database.</summary>
public abstract class MigratorFacts
{
    internal static readonly Migration One = new("Storage", 1, "one", "CREATE TABLE first_step (id integer NOT NULL);");
    internal static readonly Migration Two = new("Storage", 2, "two", "CREATE TABLE second_step (id integer NOT NULL); INSERT INTO first_step (id) VALUES (1);");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_step_runs_once_in_order()
    {
        await RunAsync(One, Two);
        await RunAsync(One, Two);
        Assert.Equal([One.Id, Two.Id], await AppliedAsync());
        Assert.Equal(1, await CountAsync("first_step"));
    }

    [Fact]
    public async Task Later_steps_follow_those_of_an_earlier_version()
    {
        await RunAsync(One);
        await RunAsync(One, Two);
        Assert.Equal([One.Id, Two.Id], await AppliedAsync());
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_behind_and_runs_again()
    {
        var broken = Two with { Sql = Two.Sql + "INSERT INTO no_such_table (id) VALUES (1);" };
        _ = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(One, broken));
        Assert.Equal([One.Id], await AppliedAsync());
        Assert.Equal(0, await CountAsync("first_step"));
        await RunAsync(One, Two);
        Assert.Equal(1, await CountAsync("first_step"));
    }

    [Fact]
    public async Task A_step_changed_after_it_ran_is_refused()
    {
        await RunAsync(One, Two);
        var changed = await Assert.ThrowsAsync<SchemaException>(() => RunAsync(One with { Sql = One.Sql + "-- better" }, Two));
        Assert.Contains(One.Id, changed.Message, StringComparison.Ordinal);
        Assert.Contains(Migrator.Version, changed.Message, StringComparison.Ordinal);
        _ = await Assert.ThrowsAsync<SchemaException>(() => RunAsync(One with { Name = "uno" }, Two));
    }

    [Fact]
    public async Task The_schema_of_a_newer_version_is_left_alone_and_the_version_is_named()
    {
        await RunAsync(One);
        await RunTargetAsync(async target => await target.ApplyAsync(Two, new AppliedMigration("Storage", 2, "two", Two.Hash, "9.8.7"), Cancelled));
        var newer = await Assert.ThrowsAsync<SchemaException>(() => RunAsync(One));
        Assert.Contains("9.8.7", newer.Message, StringComparison.Ordinal);
        Assert.Contains(Two.Id, newer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_migrators_at_once_run_each_step_once_between_them()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => RunAsync(One, Two), Cancelled)));
        Assert.Equal([One.Id, Two.Id], await AppliedAsync());
        Assert.Equal(1, await CountAsync("first_step"));
    }

    /// <summary>Gives a target on a connection of its own.</summary>
    private protected abstract Task RunTargetAsync(Func<IMigrationTarget, Task> use);

    private protected abstract Task<long> CountAsync(string table);

    private protected Task RunAsync(params Migration[] steps) =>
        RunTargetAsync(target => new Migrator(NullLogger<Migrator>.Instance).RunAsync(target, Migration.InOrder(steps), Cancelled));

    private async Task<IEnumerable<string>> AppliedAsync()
    {
        IEnumerable<string> applied = [];
        await RunTargetAsync(async target => applied = (await target.AppliedAsync(Cancelled)).Select(row => row.Id).Order());
        return applied;
    }
}
