using System.Net.WebSockets;
using Madang.Realtime.Delivery;

namespace Madang.Realtime.Sockets;

/// <summary>Ends a socket that is no connection yet, or no longer, from outside: first by a close, then by cutting the line.</summary>
internal sealed class SocketDeadline(WebSocket socket, Wheel wheel) : Timed
{
    private long _closeAt = long.MaxValue;
    private long _cutAt = long.MaxValue;

    public void CloseIn(long ms)
    {
        _closeAt = wheel.Now + ms;
        wheel.Wake(this, _closeAt);
    }

    public void CutIn(long ms)
    {
        (_closeAt, _cutAt) = (long.MaxValue, wheel.Now + ms);
        wheel.Wake(this, _cutAt);
    }

    public void Cancel() => (_closeAt, _cutAt) = (long.MaxValue, long.MaxValue);

    internal override long Tick(long now)
    {
        if (now >= _cutAt)
        {
            socket.Abort();
            return long.MaxValue;
        }

        if (now >= _closeAt)
        {
            (_closeAt, _cutAt) = (long.MaxValue, now + CloseCodes.PatienceMs);
            _ = CloseAsync();
        }

        return Math.Min(_closeAt, _cutAt);
    }

    private async Task CloseAsync()
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)CloseCodes.Policy, "Say hello first.", CancellationToken.None);
        }
        catch (Exception fault) when (fault is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It has just gone by itself.
        }
    }
}
