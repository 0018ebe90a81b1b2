using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Madang.Client.Realtime;

#pragma warning disable CA1001 // the run that Start begins ends them; nobody else holds this line
/// <summary>A <see cref="ClientWebSocket"/> with one loop that receives and one that sends.</summary>
internal sealed class ClientSocket : ISocket
{
    private const string Protocol = "madang.v1";
    private const int MaxMessage = 1 << 20;
    private const int Abnormal = 1006;
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(5);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<string> _outgoing = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly ISocketEvents _events;
    private int _closeCode;

    private ClientSocket(ISocketEvents events) => _events = events;

    public static ClientSocket Open(Uri address, ISocketEvents events)
    {
        var socket = new ClientSocket(events);
        _ = Task.Run(() => socket.RunAsync(address));
        return socket;
    }

    public void Send(string text) => _outgoing.Writer.TryWrite(text);

    public void Close(int code)
    {
        if (Interlocked.CompareExchange(ref _closeCode, code, 0) == 0)
        {
            // What was sent before goes out first; the server may still answer the close, but not for ever.
            _outgoing.Writer.TryComplete();
            _stop.CancelAfter(CloseWithin);
        }
    }

    private async Task RunAsync(Uri address)
    {
        var code = Abnormal;
        using (_socket)
        {
            _socket.Options.AddSubProtocol(Protocol);
            _socket.Options.KeepAliveInterval = TimeSpan.Zero; // the protocol has its own heartbeat
            try
            {
                await _socket.ConnectAsync(address, _stop.Token);
                Tell(() => _events.Opened());
                var sending = SendAsync();
                code = await ReceiveAsync();
                _outgoing.Writer.TryComplete();
                await sending;
            }
            catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
            {
                // The line is gone, whatever the reason: what follows is decided by the close code alone.
            }
        }

        _outgoing.Writer.TryComplete();
        Tell(() => _events.Closed(code));
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var text in _outgoing.Reader.ReadAllAsync(_stop.Token))
            {
                await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, _stop.Token);
            }

            var code = Volatile.Read(ref _closeCode);
            await _socket.CloseOutputAsync((WebSocketCloseStatus)(code == 0 ? 1000 : code), null, _stop.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The receiving loop sees the same end and tells of it.
            await _stop.CancelAsync();
        }
    }

    private async Task<int> ReceiveAsync()
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var received = await _socket.ReceiveAsync(message.GetMemory(4096), _stop.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return (int?)_socket.CloseStatus ?? Abnormal;
            }

            message.Advance(received.Count);
            if (message.WrittenCount > MaxMessage)
            {
                return Abnormal;
            }

            if (received.EndOfMessage)
            {
                var text = received.MessageType == WebSocketMessageType.Text ? Encoding.UTF8.GetString(message.WrittenSpan) : "";
                message.ResetWrittenCount();
                Tell(() => _events.Received(text));
            }
        }
    }

    private void Tell(Action tell)
    {
        if (Volatile.Read(ref _closeCode) == 0)
        {
            tell();
        }
    }
}
