using System.Net.WebSockets;
using System.Text;

namespace Madang.Bench.Wire;

/// <summary>
/// One socket of one person. Bare on purpose: the driver shares the processor with the server it measures, so nothing here does more than the
/// wire asks for.
/// </summary>
internal sealed class ChatSocket : IDisposable
{
    private static readonly byte[] Pong = Encoding.UTF8.GetBytes("""{"op":"pong"}""");

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _out = new byte[4096];
    private byte[] _in = new byte[8192];

    private ChatSocket()
    {
        _socket.Options.AddSubProtocol("madang.v1");
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        _socket.Options.Proxy = null;
    }

    /// <summary>Connects and says hello; entries after <paramref name="since"/> follow.</summary>
    public static async Task<ChatSocket> ConnectAsync(Uri server, Person person, string? since, CancellationToken cancellationToken)
    {
        var socket = new ChatSocket();
        try
        {
            var address = new UriBuilder(server) { Scheme = "ws", Path = "/v1/socket" }.Uri;
            await socket._socket.ConnectAsync(address, cancellationToken);
            var length = Frames.Hello(socket._out, person.Token, since);
            await socket._socket.SendAsync(socket._out.AsMemory(0, length), WebSocketMessageType.Text, true, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask SendAsync(long id, long room, string clientId, long stamp, string words, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            var length = Frames.Send(_out, id, room, clientId, stamp, words);
            await _socket.SendAsync(_out.AsMemory(0, length), WebSocketMessageType.Text, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads frames until the server closes; the code it closed with. Pings are answered here.</summary>
    public async Task<int> ReadAsync(Action<Frame> heard, bool strings, CancellationToken cancellationToken)
    {
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == _in.Length)
                {
                    Array.Resize(ref _in, length * 2);
                }

                part = await _socket.ReceiveAsync(_in.AsMemory(length), cancellationToken);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                return (int)(_socket.CloseStatus ?? 0);
            }

            var frame = Frame.Read(_in.AsSpan(0, length), strings);
            if (frame.Op == FrameOp.Ping)
            {
                await PongAsync(cancellationToken);
            }
            else
            {
                heard(frame);
            }
        }
    }

    /// <summary>Drops the line; whoever reads is told.</summary>
    public void Abort() => _socket.Abort();

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task PongAsync(CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(Pong.AsMemory(), WebSocketMessageType.Text, true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }
}
