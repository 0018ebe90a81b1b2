using Madang.Bench.Killing;
using Madang.Bench.Serving;

namespace Madang.Bench;

/// <summary>A fresh server with its storage for one run, in one folder, all of it gone afterwards unless the folder was asked for.</summary>
internal sealed class Places : IAsyncDisposable
{
    private static int _count;

    private readonly string _folder;
    private readonly bool _keep;
    private readonly string _database;

    private Places(string folder, bool keep, ServerProcess server, string database, PostgresProcess? postgres) =>
        (_folder, _keep, Server, _database, Postgres) = (folder, keep, server, database, postgres);

    public ServerProcess Server { get; }

    public PostgresProcess? Postgres { get; }

    /// <summary>The server's data folder.</summary>
    public string Data => Path.Combine(_folder, "data");

    public string Journal => Path.Combine(_folder, "journal");

    /// <summary>CPU seconds of the server and, if it has one, of its PostgreSQL.</summary>
    public double ServerCpu() => CpuTime.Of(Server.Pid) + (Postgres is null ? 0 : CpuTime.OfFamily(Postgres.Pid));

    public static async Task<int> WithAsync(
        string engine, string? program, string? folder, Func<Places, Task<int>> run, CancellationToken cancellationToken)
    {
        await using var places = await StartAsync(engine, program ?? ServerSettings.FindProgram(), folder, cancellationToken);
        return await run(places);
    }

    /// <param name="engine">sqlite, postgres for a private server of its own, or a connection string of one that is there.</param>
    public static async Task<Places> StartAsync(string engine, string program, string? folder, CancellationToken cancellationToken)
    {
        var root = Directory.CreateDirectory(folder ?? Path.Combine(Path.GetTempPath(), $"madang-bench-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}")).FullName;
        var postgres = engine == "postgres" ? await PostgresProcess.StartAsync(Path.Combine(root, "postgres")) : null;
        try
        {
            var database = postgres?.ConnectionString ?? engine;
            var server = await ServerProcess.StartAsync(new ServerSettings(program, Path.Combine(root, "data"), database), cancellationToken);
            return new Places(root, folder is not null, server, database, postgres);
        }
        catch
        {
            if (postgres is not null)
            {
                await postgres.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Looks into the tables; SQLite's server is ended for it, by the last kill of all.</summary>
    public async Task<IReadOnlyList<string>> AuditStorageAsync(CancellationToken cancellationToken)
    {
        if (_database != "sqlite")
        {
            return await InboxAudit.OfPostgresAsync(_database, cancellationToken);
        }

        await Server.KillAsync();
        return InboxAudit.OfSqlite(Path.Combine(_folder, "data", "madang.db"));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }

        if (!_keep)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
