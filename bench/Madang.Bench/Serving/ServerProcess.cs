using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Madang.Bench.Serving;

/// <summary>The server as a process of its own, started, killed and started again on the same data and port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string SetupToken = "bench-setup-token";

    private readonly ServerSettings _settings;
    private Process? _process;
    private StreamWriter? _log;

    private ServerProcess(ServerSettings settings, Uri address) => (_settings, Address) = (settings, address);

    public Uri Address { get; }

    public int Pid => _process?.Id ?? throw new InvalidOperationException("The server is not running.");

    public static async Task<ServerProcess> StartAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.Data);
        var server = new ServerProcess(settings, new Uri($"http://127.0.0.1:{FreePort()}"));
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [_settings.Program, "serve", "--data", _settings.Data, "--urls", Address.OriginalString])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var own in start.Environment.Keys.Where(key => key.StartsWith("MADANG__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(own);
        }

        start.Environment["MADANG__SETUP__TOKEN"] = SetupToken;
        start.Environment["MADANG__RATELIMITS"] = "off";
        start.Environment["MADANG__LOG__LEVEL"] = "Warning";
        start.Environment["MADANG__DATABASE"] = _settings.Database;
        foreach (var (key, value) in _settings.Environment.Concat(Besides))
        {
            start.Environment[key] = value;
        }

        _log ??= new StreamWriter(_settings.Log, append: true) { AutoFlush = true };
        var log = TextWriter.Synchronized(_log);
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        _process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await ReadyAsync(_process, cancellationToken);
    }

    /// <summary>Settings of the next start, beside those of the first.</summary>
    public Dictionary<string, string> Besides { get; } = [];

    /// <summary>SIGTERM, as an operator ends it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_process is { } process)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await process.WaitForExitAsync(cancellationToken);
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>kill -9: nothing is flushed, nobody says goodbye.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _log?.Dispose();
    }

    private async Task ReadyAsync(Process process, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(60);)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The server ended with code {process.ExitCode}; see {_settings.Log}.");
            }

            try
            {
                using var answer = await http.GetAsync("/health/ready", cancellationToken);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(25, cancellationToken);
        }

        throw new TimeoutException($"The server was not ready within 60 s; see {_settings.Log}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <param name="Program">Path of the server's <c>madang.dll</c>.</param>
/// <param name="Data">The data folder; made when it is missing.</param>
/// <param name="Database">As <c>Madang:Database</c>: <c>sqlite</c> or a connection string.</param>
internal sealed record ServerSettings(string Program, string Data, string Database)
{
    public string Log => Path.Combine(Data, "bench-server.log");

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The server as built beside this program: the same configuration, out of the same repository.</summary>
    public static string FindProgram()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, "src", "Madang", "bin", configuration, "net10.0", "madang.dll");
            if (File.Exists(program))
            {
                return program;
            }
        }

        throw new FileNotFoundException($"Build the server first: dotnet build -c {configuration} src/Madang");
    }
}
