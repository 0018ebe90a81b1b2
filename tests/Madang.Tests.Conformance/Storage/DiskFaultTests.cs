using System.Diagnostics;
using Madang.Sqlite;
using Madang.Storage;

namespace Madang.Tests.Conformance.Storage;

/// <summary>
/// A disk that fails under a real process (tests/faults/diskfault.c): agreement 1 of the design. Each test writes with eight callers, makes the disk fail
/// in the middle of it, and compares what was acknowledged with what is there afterwards.
/// </summary>
public sealed class DiskFaultTests : IAsyncLifetime
{
    private static readonly Lazy<Task<string>> Shim = new(CompileAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("madang-fault-").FullName;
    private readonly string _control = Path.GetTempFileName();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/gcc"), "Needs Linux and gcc to make a disk that fails");
        _ = await Shim.Value;
        await File.WriteAllBytesAsync(_control, new byte[1], Cancelled);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        File.Delete(_control);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData('s', "a failed fsync")]
    [InlineData('w', "EIO on writing")]
    [InlineData('r', "EIO on reading")]
    public async Task A_broken_disk_stops_acks_at_once_and_ends_the_process(char fault, string what)
    {
        using var child = await StartAsync();
        await child.UntilAsync("ack", times: 200);
        SetDisk(fault);
        Assert.Equal(FatalExit.Code, await child.EndAsync());
        Assert.True(child.Said.Contains("fatal"), what);
        Assert.DoesNotContain(child.Said.SkipWhile(line => line != "fatal"), line => line.StartsWith("told", StringComparison.Ordinal));
        Assert.Contains($"madang: ends with code {FatalExit.Code}", child.Errors, StringComparison.Ordinal);
        await AssertKeptAsync(child);
    }

    [Fact]
    public async Task A_database_that_cannot_be_read_is_not_opened()
    {
        using (var first = await StartAsync())
        {
            await first.UntilAsync("ack", times: 100);
            first.CloseInput();
            Assert.Equal(0, await first.EndAsync());
        }

        SetDisk('r');
        using var child = await StartAsync();
        Assert.NotEqual(0, await child.EndAsync());
        Assert.DoesNotContain(child.Said, line => line.StartsWith("ack", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_serves_reads_and_recovers()
    {
        using var child = await StartAsync();
        await child.UntilAsync("ack", times: 200);
        SetDisk('f');
        await child.UntilAsync("full", times: 20);
        await child.UntilAsync("count", times: 20);
        SetDisk('\0');
        await child.UntilAsync("ack", times: 200);
        child.CloseInput();
        Assert.Equal(0, await child.EndAsync());
        Assert.DoesNotContain("fatal", child.Said);
        var there = await AssertKeptAsync(child);
        Assert.DoesNotContain(child.Numbers("full"), there.Contains);
        // What was acknowledged could be read all the while.
        Assert.All(child.Said.SkipWhile(line => !line.StartsWith("full", StringComparison.Ordinal)).Where(line => line.StartsWith("count", StringComparison.Ordinal)),
            line => Assert.True(long.Parse(line.AsSpan("count ".Length), null) >= 200));
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_that_it_acknowledged()
    {
        using var child = await StartAsync();
        await child.UntilAsync("ack", times: 2_000);
        child.Kill();
        Assert.NotEqual(0, await child.EndAsync());
        _ = await AssertKeptAsync(child);
    }

    private async Task<ChildProcess> StartAsync() => new(
        ["--child-write", _folder],
        ("LD_PRELOAD", await Shim.Value), ("DISKFAULT_FOLDER", _folder), ("DISKFAULT_CONTROL", _control));

    /// <summary>The child has mapped this file: a byte written in place reaches it at once.</summary>
    private void SetDisk(char state)
    {
        using var file = new FileStream(_control, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.WriteByte((byte)state);
    }

    /// <summary>After a restart on a healthy disk every acknowledged row is there and the file is whole. The rows that are there.</summary>
    private async Task<HashSet<long>> AssertKeptAsync(ChildProcess child)
    {
        SetDisk('\0');
        using var host = SqliteFileTests.Build(_folder);
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

    private static async Task<string> CompileAsync()
    {
        var shim = Path.Combine(AppContext.BaseDirectory, "diskfault.so");
        using var gcc = Process.Start("/usr/bin/gcc", ["-shared", "-fPIC", "-O1", "-o", shim, Path.Combine(AppContext.BaseDirectory, "diskfault.c"), "-ldl"]);
        await gcc.WaitForExitAsync();
        Assert.Equal(0, gcc.ExitCode);
        return shim;
    }
}
