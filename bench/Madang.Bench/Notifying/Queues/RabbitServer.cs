using System.Diagnostics;
using System.Globalization;

namespace Madang.Bench.Notifying.Queues;

/// <summary>RabbitMQ on one node, with an epmd of its own. Debian's wrapper would change the user and write into the system's folders; the script below it does neither.</summary>
internal sealed class RabbitServer : IQueueServer
{
    // A client that comes before the queue has a leader again keeps it from ever getting one (rabbitmq-server#10070, seen here with 3.10).
    private static readonly TimeSpan Election = TimeSpan.FromSeconds(12);

    private readonly int _port = ServedProcess.FreePort();
    private readonly ServedProcess _epmd;
    private readonly ServedProcess _broker;

    private RabbitServer(string folder)
    {
        var (epmd, distribution) = (ServedProcess.FreePort(), ServedProcess.FreePort());
        _epmd = new ServedProcess(() => new ProcessStartInfo("/usr/bin/epmd", ["-port", Text(epmd), "-address", "127.0.0.1"]), Path.Combine(folder, "epmd.log"));
        _broker = new ServedProcess(() => Broker(folder, epmd, distribution), Path.Combine(folder, "broker.log"));
    }

    public string Address => $"amqp://guest:guest@127.0.0.1:{_port}";

    public IReadOnlyList<int> Roots => [_broker.Pid, _epmd.Pid];

    public static async Task<IQueueServer> StartAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var rabbit = new RabbitServer(folder);
        rabbit._epmd.Start();
        rabbit._broker.Start();
        await rabbit._broker.ListeningAsync(rabbit._port, cancellationToken);
        return rabbit;
    }

    public async Task CrashAndRestartAsync(CancellationToken cancellationToken)
    {
        await _broker.KillAsync();
        _broker.Start();
        await _broker.ListeningAsync(_port, cancellationToken);
        await Task.Delay(Election, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.KillAsync();
        await _epmd.KillAsync();
    }

    private ProcessStartInfo Broker(string folder, int epmd, int distribution)
    {
        var start = new ProcessStartInfo("/usr/lib/rabbitmq/bin/rabbitmq-server");
        var settings = Path.Combine(folder, "rabbitmq.conf");
        File.WriteAllText(settings, "listeners.tcp.default = 127.0.0.1:" + Text(_port) + "\nloopback_users.guest = true\n");
        File.WriteAllText(Path.Combine(folder, "enabled_plugins"), "[].");
        foreach (var (key, value) in new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["RABBITMQ_NODENAME"] = "bench@localhost",
            ["RABBITMQ_NODE_PORT"] = Text(_port),
            ["RABBITMQ_DIST_PORT"] = Text(distribution),
            ["ERL_EPMD_PORT"] = Text(epmd),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "data"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "logs"),
            ["RABBITMQ_CONFIG_FILE"] = settings,
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "enabled_plugins"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid"),
        })
        {
            start.Environment[key] = value;
        }

        return start;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
