using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Tests.Conformance.Storage;

/// <summary>
/// A disk that fails under a real process: agreement 1 of the design. Each test writes with eight callers, makes the disk fail in the middle of it, and
/// compares what was acknowledged with what is there afterwards.
/// </summary>
public sealed class DiskFaultTests : IAsyncLifetime
{
    private FaultyDisk? _disk;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FaultyDisk Disk => _disk!;

    public async ValueTask InitializeAsync() => _disk = await FaultyDisk.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _disk?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(nameof(DiskFault.Sync))]
    [InlineData(nameof(DiskFault.Write))]
    [InlineData(nameof(DiskFault.Read))]
    public async Task A_broken_disk_stops_acks_at_once_and_ends_the_process(string fault)
    {
        using var child = Start();
        await child.UntilAsync("ack", times: 200);
        Disk.Set(Enum.Parse<DiskFault>(fault));
        Assert.Equal(FatalExit.Code, await child.EndAsync());
        Assert.Contains("fatal", child.Said);
        Assert.DoesNotContain(child.Said.SkipWhile(line => line != "fatal"), line => line.StartsWith("told", StringComparison.Ordinal));
        Assert.Contains($"madang: ends with code {FatalExit.Code}", child.Errors, StringComparison.Ordinal);
        await AssertKeptAsync(child);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_is_not_opened()
    {
        using (var first = Start())
        {
            await first.UntilAsync("ack", times: 100);
            first.CloseInput();
            Assert.Equal(0, await first.EndAsync());
        }

        Disk.Set(DiskFault.Read);
        using var child = Start();
        Assert.NotEqual(0, await child.EndAsync());
        Assert.DoesNotContain(child.Said, line => line.StartsWith("ack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_recovers()
    {
        using var child = Start();
        await child.UntilAsync("ack", times: 200);
        Disk.Set(DiskFault.Full);
        await child.UntilAsync("full", times: 20);
        await child.UntilAsync("count", times: 20);
        Disk.Set(DiskFault.None);
        await child.UntilAsync("ack", times: 200);
        child.CloseInput();
        Assert.Equal(0, await child.EndAsync());
        Assert.DoesNotContain("fatal", child.Said);
        var there = await AssertKeptAsync(child);
        Assert.DoesNotContain(child.Numbers("full"), there.Contains);
        // What was acknowledged could be read all the while.
        var fromThenOn = child.Said.SkipWhile(line => !line.StartsWith("full", StringComparison.Ordinal));
        Assert.All(
            fromThenOn.Where(line => line.StartsWith("count", StringComparison.Ordinal)),
            line => Assert.True(long.Parse(line.AsSpan("count ".Length), null) >= 200));
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_that_it_acknowledged()
    {
        using var child = Start();
        await child.UntilAsync("ack", times: 2_000);
        child.Kill();
        Assert.NotEqual(0, await child.EndAsync());
        _ = await AssertKeptAsync(child);
    }

    private ChildProcess Start() => new(["--child-write", Disk.Folder], Disk.Variables);

    /// <summary>After a restart on a healthy disk every acknowledged row is there and the file is whole. The rows that are there.</summary>
    private async Task<HashSet<long>> AssertKeptAsync(ChildProcess child)
    {
        using var host = SqliteFileTests.Build(Disk.Folder);
        await host.Services.OpenStorageAsync(Cancelled);
        await using var database = (SqliteDatabase)host.Services.GetService(typeof(SqliteDatabase))!;
        var (integrity, rows) = await database.ReadAsync(
            connection =>
            {
                using var check = connection.Use("PRAGMA integrity_check");
                Assert.True(check.Step());
                var ids = new HashSet<long>();
                using var select = connection.Use("SELECT id FROM child");
                while (select.Step())
                {
                    _ = ids.Add(select.Int64(0));
                }

                return (check.Text(0), ids);
            },
            Cancelled);
        Assert.Equal("ok", integrity);
        Assert.DoesNotContain(child.Numbers("ack").Concat(child.Numbers("told")), id => !rows.Contains(id));
        return rows;
    }
}
