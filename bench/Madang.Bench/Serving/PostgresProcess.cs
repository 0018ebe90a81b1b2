using System.Diagnostics;

namespace Madang.Bench.Serving;

/// <summary>A private PostgreSQL of tests/postgres, for load and for pulling its plug.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private readonly string _script;
    private readonly string _folder;

    private PostgresProcess(string script, string folder, string connectionString, int pid) =>
        (_script, _folder, ConnectionString, Pid) = (script, folder, connectionString, pid);

    public string ConnectionString { get; }

    public int Pid { get; private set; }

    /// <param name="folder">Must not exist; everybody may enter its parent.</param>
    /// <param name="settings">More lines for postgresql.conf.</param>
    public static async Task<PostgresProcess> StartAsync(string folder, string settings = "")
    {
        var script = FindScript();
        var lines = await RunAsync(script, "start", folder, settings);
        return new PostgresProcess(script, folder, lines[0], int.Parse(lines[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>As after a power cut: no checkpoint, every connection gone, recovery from the log.</summary>
    public async Task CrashAndRestartAsync()
    {
        var lines = await RunAsync(_script, "restart", _folder);
        Pid = int.Parse(lines[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync() => await RunAsync(_script, "stop", _folder);

    private static async Task<string[]> RunAsync(string script, string verb, string folder, string settings = "")
    {
        var start = new ProcessStartInfo(script, [verb, folder]) { RedirectStandardOutput = true };
        start.Environment["MADANG_POSTGRES_SETTINGS"] = settings;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : throw new InvalidOperationException($"tests/postgres {verb} ended with code {process.ExitCode}.");
    }

    private static string FindScript()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "tests", "postgres");
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new FileNotFoundException("Run the bench from inside the repository: tests/postgres is missing.");
    }
}
