using Madang.Sqlite;
using Madang.Storage.Migrating;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Madang.Tests.Conformance;

public sealed partial class TestDatabase
{
    // Migrated once a run; each test has a copy.
    private static readonly Lazy<Task<string>> Template = new(MigrateAsync);

    public static Task<TestDatabase> SqliteAsync() => SqliteAsync(_ => { });

    internal static async Task<TestDatabase> SqliteAsync(Action<IHostApplicationBuilder> configure)
    {
        var folder = Directory.CreateTempSubdirectory("madang-test-").FullName;
        File.Copy(await Template.Value, DataFolder.DatabaseIn(folder));
        return await OpenAsync(
            builder =>
            {
                configure(builder);
                _ = builder.AddSqlite(folder);
            },
            () =>
            {
                Directory.Delete(folder, recursive: true);
                return Task.CompletedTask;
            });
    }

    private static async Task<string> MigrateAsync()
    {
        var folder = Directory.CreateTempSubdirectory("madang-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var path = DataFolder.DatabaseIn(folder);
        using var connection = SqliteConnection.Open(path, readOnly: false);
        connection.Execute("PRAGMA journal_mode = WAL");
        await new Migrator(NullLogger<Migrator>.Instance).RunAsync(
            new SqliteMigrations(connection, TimeProvider.System), SqliteMigrations.OfDatabase, CancellationToken.None);
        return path;
    }
}
