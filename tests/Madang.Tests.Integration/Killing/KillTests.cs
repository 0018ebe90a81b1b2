using Madang.Bench;
using Madang.Bench.Killing;
using Madang.Tests.Conformance;

namespace Madang.Tests.Integration.Killing;

/// <summary>A short cut of <c>bench kill</c>: the server dies by SIGKILL while people write, and nothing that was acknowledged is lost, doubled or reordered.</summary>
public sealed class KillTests
{
    [Fact]
    public Task Nothing_acknowledged_is_lost_when_a_server_on_SQLite_is_killed() => KillAsync("sqlite");

    [Fact]
    [Trait("engine", "postgres")]
    public async Task Nothing_acknowledged_is_lost_when_a_server_on_PostgreSQL_is_killed()
    {
        var database = await TestPostgres.CreateAsync();
        await KillAsync(database);
        await TestPostgres.DropAsync(database);
    }

    private static async Task KillAsync(string engine)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var places = await Places.StartAsync(engine, Path.Combine(AppContext.BaseDirectory, "madang.dll"), null, cancelled);
        var options = new KillOptions { Senders = 20, Messages = 3_000, Kills = 3 };
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {options.Seed}");
        var report = await new KillTest(options, places.Server, null, TextWriter.Null).RunAsync(places.Journal, cancelled);

        Assert.Equal(3_000, report.Acked);
        Assert.Equal(3, report.Kills);
        Assert.Empty(report.Faults);
        Assert.Empty(await places.AuditStorageAsync(cancelled));
    }
}
