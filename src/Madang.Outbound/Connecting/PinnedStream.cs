using System.Net;
using System.Net.Sockets;

namespace Madang.Outbound.Connecting;

/// <summary>A connection to an address that was checked. Tells the request that writes on it which one it was.</summary>
internal sealed class PinnedStream(Socket socket, IPAddress address, TimeSpan connecting, ConnectionPlaces places) : NetworkStream(socket, ownsSocket: true)
{
    private int _disposed;
    private int _told;

    public IPAddress Address { get; } = address;

    /// <summary>How long the connection took, told to the first request on it alone.</summary>
    public TimeSpan? TakeConnectTime() => Interlocked.Exchange(ref _told, 1) == 0 ? connecting : null;

    /// <summary>Its place in the row of idle connections; null while it is in use. Under the lock of <see cref="ConnectionPlaces"/>.</summary>
    public LinkedListNode<PinnedStream>? Idle { get; set; }

    /// <summary>Under the same lock.</summary>
    public bool IsClosed { get; set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Exchange.Current?.Sends(this);
        return base.WriteAsync(buffer, cancellationToken);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Exchange.Current?.Sends(this);
        base.Write(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            places.Leave(this);
        }

        base.Dispose(disposing);
    }
}
