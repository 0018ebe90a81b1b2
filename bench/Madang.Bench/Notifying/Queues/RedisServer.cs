using System.Diagnostics;
using System.Globalization;

namespace Madang.Bench.Notifying.Queues;

/// <summary>Redis whose every write is on disk before its answer.</summary>
internal sealed class RedisServer : IQueueServer
{
    private readonly int _port = ServedProcess.FreePort();
    private readonly ServedProcess _process;

    private RedisServer(string folder)
    {
        var port = _port.ToString(CultureInfo.InvariantCulture);
        _process = new ServedProcess(() => new ProcessStartInfo(
            "/usr/bin/redis-server",
            ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"]),
            Path.Combine(folder, "log"));
    }

    public string Address => $"redis://127.0.0.1:{_port}";

    public IReadOnlyList<int> Roots => [_process.Pid];

    public static async Task<IQueueServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var redis = new RedisServer(folder);
        redis._process.Start();
        await redis._process.ListeningAsync(redis._port, cancellationToken);
        return redis;
    }

    public async Task CrashAndRestartAsync(CancellationToken cancellationToken)
    {
        await _process.KillAsync();
        _process.Start();
        await _process.ListeningAsync(_port, cancellationToken);
    }

    public async ValueTask DisposeAsync() => await _process.KillAsync();
}
