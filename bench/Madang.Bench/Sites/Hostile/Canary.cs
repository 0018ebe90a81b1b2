using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Madang.Bench.Sites.Hostile;

/// <summary>A door inside the private network that nobody may ever open: it listens on every address of this machine and counts who comes.</summary>
internal sealed class Canary : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _listening;

    public Canary()
    {
        _listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        _listener.Listen();
        _listening = ListenAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Every connection, with the address that it reached; those within 127.1.0.0/16 are allowed and do not count.</summary>
    public ConcurrentQueue<string> Visits { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _listening;
        _stopping.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                using var visitor = await _listener.AcceptAsync(_stopping.Token);
                var reached = ((IPEndPoint)visitor.LocalEndPoint!).Address.MapToIPv6();
                if (reached.MapToIPv4().GetAddressBytes() is not [127, 1, ..] || !reached.IsIPv4MappedToIPv6)
                {
                    Visits.Enqueue($"{visitor.LocalEndPoint}");
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopping, or a visitor who left at once.
            }
        }
    }
}
