using System.Net.WebSockets;
using Madang.Realtime.Delivery;

namespace Madang.Realtime.Sockets;

/// <summary>One message of a client, whole.</summary>
/// <param name="Text">The UTF-8 text, to be disposed of; null when the message is refused.</param>
/// <param name="Refused">The close code, or null; <see cref="CloseCodes.Normal"/> when the client closed.</param>
internal readonly record struct SocketMessage(PooledBuffer? Text, int? Refused = null)
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>
    /// Waits with an empty buffer first, so that an idle socket holds none. Never cancelled: a cancelled receive would abort the socket, and stopping is
    /// done from outside by a close (RFC 6455 section 7.1.1).
    /// </summary>
    public static async ValueTask<SocketMessage> ReceiveAsync(WebSocket socket)
    {
        var head = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (head.MessageType != WebSocketMessageType.Text)
        {
            return new(null, head.MessageType == WebSocketMessageType.Close ? CloseCodes.Normal : CloseCodes.NotText);
        }

        var text = new PooledBuffer(1024);
        var whole = head.EndOfMessage;
        try
        {
            while (!whole)
            {
                var received = await socket.ReceiveAsync(text.GetMemory(512), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    text.Dispose();
                    return new(null, CloseCodes.Normal);
                }

                text.Advance(received.Count);
                whole = received.EndOfMessage;
                if (text.Length > MaxBytes)
                {
                    text.Dispose();
                    return new(null, CloseCodes.TooBig);
                }
            }

            return new(text);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Receives and forgets until the client closes too.</summary>
    public static async Task DrainAsync(WebSocket socket)
    {
        var scrap = new byte[256];
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent
            && (await socket.ReceiveAsync(scrap.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
        }
    }
}
