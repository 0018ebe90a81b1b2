using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Madang.Tests.Browser;

/// <summary>The product as a person starts it: a process of its own on an empty data folder.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const string SetupToken = "a-preset-setup-token-for-tests";

    private readonly string _folder = Directory.CreateTempSubdirectory("madang-browser-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    public static string Repository { get; } = FindRepository();

    public string Address => $"http://127.0.0.1:{_port}";

    public static async Task<Server> StartAsync()
    {
        var server = new Server();
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts the process again on the same folder and port, and waits until it is ready.</summary>
    public async Task RestartAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(Repository, "src/Madang/bin/Debug/net10.0/madang"), ["--data", _folder, "--urls", Address])
        {
            WorkingDirectory = Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MADANG__SETUP__TOKEN"] = SetupToken, ["MADANG__RATELIMITS"] = "off" },
        };
        _process = Process.Start(start)!;
        var said = new StringWriter();
        void Keep(object _, DataReceivedEventArgs line)
        {
            lock (said)
            {
                said.WriteLine(line.Data);
            }
        }

        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        using var http = new HttpClient();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                if ((await http.GetAsync($"{Address}/health/ready", deadline.Token)).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }
            catch (Exception) when (_process.HasExited || deadline.IsCancellationRequested)
            {
                throw new InvalidOperationException($"The server did not start:\n{said}");
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process!.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Madang.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Run the tests from inside the repository.");
        }

        return folder.FullName;
    }
}
