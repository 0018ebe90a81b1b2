using System.Globalization;
using Madang.Sqlite;
using Madang.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SQLitePCL;

namespace Madang.Tests.Conformance.Storage;

/// <summary>What lies in the data folder: who owns it, how the WAL is kept small, and what a restart finds.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("madang-test-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_owner_of_the_folder_is_refused_and_told_who_the_first_is()
    {
        using var first = Build(_folder);
        await first.Services.OpenStorageAsync(Cancelled);
        using var second = Build(_folder);
        var thrown = await Assert.ThrowsAsync<FolderTakenException>(() => second.Services.OpenStorageAsync(Cancelled));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), thrown.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, thrown.Message, StringComparison.Ordinal);
        await first.Services.GetRequiredService<Database>().DisposeAsync();
        await second.Services.OpenStorageAsync(Cancelled);
        await second.Services.GetRequiredService<Database>().DisposeAsync();
    }

    [Fact]
    public async Task A_new_folder_is_made_for_its_owner_alone()
    {
        var deep = Path.Combine(_folder, "a", "b");
        using var host = Build(deep);
        await host.Services.OpenStorageAsync(Cancelled);
        await host.Services.GetRequiredService<Database>().DisposeAsync();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(deep));
        }
    }

    [Fact]
    public async Task The_pragmas_are_those_an_ack_needs()
    {
        using var host = Build(_folder);
        await host.Services.OpenStorageAsync(Cancelled);
        await using var database = host.Services.GetRequiredService<SqliteDatabase>();
        var pragmas = await database.WriteAsync(
            tx => string.Join(' ', new[] { "journal_mode", "synchronous", "foreign_keys", "cache_size", "mmap_size", "temp_store", "wal_autocheckpoint" }.Select(pragma =>
            {
                using var select = SqliteTx.Of(tx).Use($"PRAGMA {pragma}");
                return select.Step() ? select.Text(0) : "";
            })),
            cancellationToken: Cancelled);
        Assert.Equal("wal 2 1 -8192 0 2 0", pragmas);
    }

    [Fact]
    public async Task A_statement_is_prepared_once_whatever_is_bound_to_its_limit()
    {
        using var host = Build(_folder);
        await host.Services.OpenStorageAsync(Cancelled);
        await using var database = host.Services.GetRequiredService<SqliteDatabase>();
        using var connection = SqliteConnection.Open(DataFolder.DatabaseIn(_folder), readOnly: true);
        connection.Handle.enable_sqlite3_next_stmt(true);
        for (var limit = 1L; limit <= 3; limit++)
        {
            using var select = connection.Use("SELECT name FROM sqlite_schema WHERE type = ?1 ORDER BY name LIMIT ?2").Bind(1, "table").Bind(2, limit);
            while (select.Step())
            {
            }
        }

        // SQLITE_STMTSTATUS_REPREPARE (sqlite.org/c3ref/c_stmtstatus_counter.html).
        Assert.Equal(0, raw.sqlite3_stmt_status(raw.sqlite3_next_stmt(connection.Handle, null), 5, 0));
    }

    [Fact]
    public async Task Closing_leaves_one_file_with_everything_in_it()
    {
        await using (var test = await TestDatabase.SqliteAsync())
        {
            var scratch = await Scratch.CreateAsync(test);
            _ = await test.WriteAsync(tx => scratch.Put(tx, 1, 1));
            _ = await scratch.ReadAsync();
            var wal = test.Store<SqliteFolder>().Path;
            await test.Database.DisposeAsync();
            Assert.False(File.Exists(DataFolder.DatabaseIn(wal) + "-wal"));
            using var connection = SqliteConnection.Open(DataFolder.DatabaseIn(wal), readOnly: true);
            using var check = connection.Use("PRAGMA integrity_check");
            Assert.True(check.Step());
            Assert.Equal("ok", check.Text(0));
        }
    }

    [Fact]
    public async Task A_corrupt_page_stops_all_writes_and_ends_the_process()
    {
        using (var connection = SqliteConnection.Open(DataFolder.DatabaseIn(_folder), readOnly: false))
        {
            connection.Execute("CREATE TABLE page (id INTEGER PRIMARY KEY, text TEXT) STRICT; INSERT INTO page VALUES (1, 'something')");
        }

        // The second page is the table's root.
        await using (var file = new FileStream(DataFolder.DatabaseIn(_folder), FileMode.Open))
        {
            file.Position = 4096;
            await file.WriteAsync(Enumerable.Repeat((byte)0xEE, 4096).ToArray(), Cancelled);
        }

        var faults = new FaultLog();
        using var host = Build(_folder, faults.Add);
        await host.Services.OpenStorageAsync(Cancelled);
        await using var database = host.Services.GetRequiredService<SqliteDatabase>();
        _ = await Assert.ThrowsAsync<SqliteException>(() => database.ReadAsync(
            connection =>
            {
                using var select = connection.Use("SELECT count(*) FROM page");
                return select.Scalar();
            },
            Cancelled));
        _ = Assert.IsType<StorageBrokenException>(await faults.First.WaitAsync(TimeSpan.FromSeconds(10), Cancelled));
        _ = await Assert.ThrowsAsync<StorageBrokenException>(() => database.CheckAsync(Cancelled));
    }

    [Fact]
    public async Task A_closure_that_hides_a_full_disk_is_not_committed()
    {
        await using var test = await TestDatabase.SqliteAsync();
        // A full file stands for a full disk.
        _ = await test.WriteAsync(tx =>
        {
            using var create = SqliteTx.Of(tx).Use("CREATE TABLE page (id INTEGER PRIMARY KEY, text TEXT) STRICT");
            using var limit = SqliteTx.Of(tx).Use("PRAGMA max_page_count = 1");
            return create.Run() + (limit.Step() ? 1 : 0);
        });
        _ = await Assert.ThrowsAsync<StorageFullException>(() => test.WriteAsync(tx =>
        {
            try
            {
                using var insert = SqliteTx.Of(tx).Use("INSERT INTO page (text) VALUES (hex(zeroblob(100000)))");
                return insert.Run();
            }
            catch (StorageFullException)
            {
                return 0;
            }
        }));
        Assert.False(test.Faults.First.IsCompleted);
    }

    [Fact]
    public async Task The_writer_moves_the_wal_into_the_database_whenever_it_has_grown_enough()
    {
        await using var test = await SmallWalAsync();
        using var meter = new MeterLog(test);
        var fill = await FillAsync(test, rows: 40);
        Assert.True(meter.Take("madang.storage.checkpoints").Count() >= 3, "too few checkpoints");
        Assert.True(fill < 2.5 * 1024 * 1024, $"the WAL grew to {fill} bytes");
        Assert.True(meter.Take("madang.storage.batch.pages").Max() >= 25, "the dirty pages of a batch are not counted");
    }

    [Fact]
    public async Task Commits_go_on_while_the_wal_is_moved_and_every_snapshot_is_whole()
    {
        const int rows = 200;
        const int writes = 600;
        await using var test = await SmallWalAsync();
        using var meter = new MeterLog(test);
        var database = test.Store<SqliteDatabase>();
        // Each write changes two rows that lie far from each other, and a large one between: every snapshot has as many of the one as of the other.
        _ = await test.WriteAsync(tx =>
        {
            using var create = SqliteTx.Of(tx).Use("CREATE TABLE spread (id INTEGER PRIMARY KEY, times INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT");
            _ = create.Run();
            using var fill = SqliteTx.Of(tx).Use(
                $"INSERT INTO spread (id, times, bytes) SELECT value, 0, zeroblob(8000) FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {2 * rows}) SELECT value FROM n)");
            return fill.Run();
        });
        var random = new Random(11);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var reading = Task.Run(
            async () =>
            {
                var snapshots = 0;
                for (; !over.IsCancellationRequested || snapshots == 0; snapshots++)
                {
                    var (first, second) = await database.ReadAsync(SumsOf, Cancelled);
                    Assert.Equal(first, second);
                }
            },
            Cancelled);
        await Task.WhenAll(Enumerable.Range(0, writes).Select(_ => random.Next(1, rows + 1)).Select(id => test.WriteAsync(tx =>
        {
            using var change = SqliteTx.Of(tx).Use("UPDATE spread SET times = times + 1, bytes = zeroblob(8000) WHERE id IN (?1, ?2)");
            return change.Bind(1, (long)id).Bind(2, (long)(2 * rows) + 1 - id).Run();
        })));
        await over.CancelAsync();
        await reading;
        Assert.Equal((writes, writes), await database.ReadAsync(SumsOf, Cancelled));
        Assert.Equal("ok", await database.ReadAsync(
            connection =>
            {
                using var check = connection.Use("PRAGMA integrity_check");
                return check.Step() ? check.Text(0) : null;
            },
            Cancelled));
        Assert.NotEmpty(meter.Take("madang.storage.checkpoints"));

        static (long First, long Second) SumsOf(SqliteConnection connection)
        {
            using var sums = connection.Use($"SELECT sum(times) FILTER (WHERE id <= {rows}), sum(times) FILTER (WHERE id > {rows}) FROM spread");
            _ = sums.Step();
            return (sums.Int64(0), sums.Int64(1));
        }
    }

    [Fact]
    public async Task A_wal_that_readers_held_back_is_cut_once_they_let_go()
    {
        await using var test = await SmallWalAsync();
        using var meter = new MeterLog(test);
        var database = test.Store<SqliteDatabase>();
        using var gate = new Gate();
        var reading = Task.Run(
            () => database.ReadAsync(
                connection =>
                {
                    using var begin = connection.Use("SELECT count(*) FROM node");
                    _ = begin.Scalar();
                    gate.Pass();
                    return 0;
                },
                Cancelled),
            Cancelled);
        await gate.Reached;
        Assert.True(await FillAsync(test, rows: 40) > 3 * 1024 * 1024, "the reader held nothing back");
        gate.Open();
        _ = await reading;
        // The next write that is due for a checkpoint finds the WAL too large and nobody in the way.
        _ = await FillAsync(test, rows: 20);
        await test.Database.CheckAsync(Cancelled);
        meter.Observe();
        Assert.True(meter.Take("madang.storage.wal.size").Last() < 2.5 * 1024 * 1024, "the WAL was not cut");
    }

    [Theory]
    [InlineData(3_006_999, false)]
    [InlineData(3_007_000, true)]
    [InlineData(3_050_004, true)]
    [InlineData(3_051_002, true)]
    [InlineData(3_051_003, false)]
    public void Versions_with_the_wal_reset_bug_are_known(int version, bool affected) => Assert.Equal(affected, Checkpoints.HasWalResetBug(version));

    private static Task<TestDatabase> SmallWalAsync() => TestDatabase.SqliteAsync(builder => builder.Configuration.AddInMemoryCollection(
        [new("Madang:Sqlite:CheckpointMegabytes", "1"), new("Madang:Sqlite:TruncateMegabytes", "2")]));

    /// <summary>Writes 100 KB a row; the size of the WAL after it.</summary>
    private static async Task<long> FillAsync(TestDatabase test, int rows)
    {
        _ = await test.WriteAsync(tx =>
        {
            using var create = SqliteTx.Of(tx).Use("CREATE TABLE IF NOT EXISTS bulk (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT");
            return create.Run();
        });
        for (var i = 0; i < rows; i++)
        {
            _ = await test.WriteAsync(tx =>
            {
                using var insert = SqliteTx.Of(tx).Use("INSERT INTO bulk (bytes) VALUES (zeroblob(100000))");
                return insert.Run();
            });
        }

        return new FileInfo(DataFolder.DatabaseIn(test.Store<SqliteFolder>().Path) + "-wal").Length;
    }

    internal static IHost Build(string folder, Fatal? fatal = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        if (fatal is not null)
        {
            _ = builder.Services.AddSingleton(fatal);
        }

        _ = builder.AddSqlite(folder);
        return builder.Build();
    }
}
