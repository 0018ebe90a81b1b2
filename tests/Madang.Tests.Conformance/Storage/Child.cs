using System.Globalization;
using Madang.Sqlite;
using Madang.Storage;
using Madang.Storage.Migrating;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Conformance.Storage;

/// <summary>What a child process does, told to its parent line by line, until its input ends or it dies.</summary>
internal static class Child
{
    private const int Writers = 8;

    /// <summary>
    /// Writes numbered rows without end. Lines: <c>told N</c> on the writer's thread after a commit, <c>ack N</c>, <c>full N</c>, <c>lost N</c> (any other
    /// exception), <c>count N</c> rows (after a full disk and every tenth ack), <c>fatal</c>.
    /// </summary>
    public static async Task<int> WriteAsync(string folder)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        // What the host does, with a line before it.
        _ = builder.Services.AddSingleton<Fatal>(fault =>
        {
            Say("fatal");
            FatalExit.With(NullLogger.Instance)(fault);
        });
        // The WAL is being moved as often as it is written.
        builder.Configuration["Madang:Sqlite:CheckpointMegabytes"] = "1";
        _ = builder.AddSqlite(folder);
        using var host = builder.Build();
        await host.Services.OpenStorageAsync();
        var database = host.Services.GetRequiredService<SqliteDatabase>();
        database.OnCommit<Row>(row => Say($"told {row.Id}"));
        _ = await database.WriteAsync(tx =>
        {
            using var create = SqliteTx.Of(tx).Use("CREATE TABLE IF NOT EXISTS child (id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL) STRICT");
            return create.Run();
        });
        using var stop = new CancellationTokenSource();
        var last = 0L;
        var work = Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await OneAsync(database, Interlocked.Increment(ref last));
            }
        })).ToList();
        // Ends when the parent closes its side.
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await stop.CancelAsync();
        await Task.WhenAll(work);
        await database.DisposeAsync();
        return 0;
    }

    /// <summary>Migrates in two steps and stops for ever inside the second, between its script and its row.</summary>
    public static async Task<int> MigrateAsync(string folder)
    {
        using var connection = SqliteConnection.Open(DataFolder.DatabaseIn(folder), readOnly: false);
        connection.Execute("PRAGMA journal_mode = WAL");
        await new Migrator(NullLogger<Migrator>.Instance).RunAsync(
            new SqliteMigrations(connection, new StoppingTime()), SqliteMigratorTests.Steps, CancellationToken.None);
        return 0;
    }

    private static async Task OneAsync(SqliteDatabase database, long id)
    {
        try
        {
            _ = await database.WriteAsync(tx =>
            {
                using var insert = SqliteTx.Of(tx).Use("INSERT INTO child (id, text) VALUES (?1, ?2)");
                tx.Publish(new Row(id));
                return insert.Bind(1, id).Bind(2, new string('x', 200)).Run();
            });
            Say($"ack {id}");
            if (id % 10 == 0)
            {
                await CountAsync(database);
            }
        }
        catch (StorageFullException)
        {
            Say($"full {id}");
            await CountAsync(database);
        }
        catch (Exception broken) when (broken is StorageBrokenException or SqliteException)
        {
            Say($"lost {id}");
        }
    }

    private static async Task CountAsync(SqliteDatabase database)
    {
        var rows = await database.ReadAsync(
            connection =>
            {
                using var count = connection.Use("SELECT count(*) FROM child");
                return count.Scalar();
            },
            CancellationToken.None);
        Say($"count {rows}");
    }

    private static void Say(string line) => Console.Out.WriteLine(line);

    private sealed record Row(long Id);

    /// <summary>Asked for the time to write into the second step's row, it never answers.</summary>
    private sealed class StoppingTime : TimeProvider
    {
        private int _asked;

        public override DateTimeOffset GetUtcNow()
        {
            if (++_asked == 2)
            {
                Say(string.Create(CultureInfo.InvariantCulture, $"inside {_asked}"));
                _ = Console.In.ReadLine();
            }

            return System.GetUtcNow();
        }
    }
}
