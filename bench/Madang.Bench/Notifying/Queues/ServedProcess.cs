using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Madang.Bench.Serving;

namespace Madang.Bench.Notifying.Queues;

/// <summary>A foreign server in the foreground, with its output in a file: started, killed with all its children, started again.</summary>
internal sealed class ServedProcess(Func<ProcessStartInfo> command, string log) : IDisposable
{
    private Process? _process;

    public int Pid => _process?.Id ?? throw new InvalidOperationException("It is not running.");

    public void Start()
    {
        var start = command();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
    }

    /// <summary>Waits until somebody listens there.</summary>
    public async Task ListeningAsync(int port, CancellationToken cancellationToken)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(90);)
        {
            using var socket = new TcpClient();
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException) when (_process?.HasExited == false)
            {
                await Task.Delay(50, cancellationToken);
            }
        }

        throw new TimeoutException($"Nobody listens on port {port}; see {log}.");
    }

    /// <summary>kill -9, children first known, so that none stays behind.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                foreach (var pid in ProcessTree.Of([process.Id]))
                {
                    Kill(pid);
                }
            }

            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public void Dispose() => _process?.Dispose();

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            // Gone already.
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (this)
            {
                File.AppendAllText(log, line + Environment.NewLine);
            }
        }
    }
}
