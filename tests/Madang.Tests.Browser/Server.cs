using System.Net;
using System.Net.Sockets;
using Madang.Tests.Integration;

namespace Madang.Tests.Browser;

/// <summary>The product as a person starts it, on an empty data folder and an address that outlives a restart.</summary>
internal sealed class Server : IAsyncDisposable
{
    public const string SetupToken = "a-preset-setup-token-for-tests";

    private readonly string _folder = Directory.CreateTempSubdirectory("madang-browser-").FullName;
    private Dictionary<string, string?> _environment = [];
    private MadangProcess? _process;

    public string Address { get; } = $"http://127.0.0.1:{FreePort()}";

    /// <param name="environment">Settings beside those that every test needs.</param>
    public static async Task<Server> StartAsync(Dictionary<string, string?>? environment = null)
    {
        var server = new Server { _environment = environment ?? [] };
        await server.RestartAsync();
        return server;
    }

    /// <summary>Starts a process on the same folder and port.</summary>
    public async Task RestartAsync() => _process = await MadangProcess.ServeAsync(
        _folder, new(_environment) { ["MADANG__SETUP__TOKEN"] = SetupToken, ["MADANG__RATELIMITS"] = "off" }, "--urls", Address);

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        await _process!.KillAsync();
        await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
