using System.Net.WebSockets;
using Madang.Api;
using Madang.Realtime.Delivery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Madang.Realtime.Sockets;

/// <summary><c>GET /v1/socket</c>: the handshake and the <c>hello</c>.</summary>
internal sealed class SocketEndpoint(Hub hub, SocketParts parts)
{
    public const string Protocol = "madang.v1";

    public async Task RunAsync(HttpContext context)
    {
        if (Refuse(context) is { } refusal)
        {
            await new Refusal(refusal).ExecuteAsync(context);
            return;
        }

        await hub.ReadyAsync(context.RequestAborted);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = Protocol,
            // Our own heartbeats, in frames, which scripts in browsers can see.
            KeepAliveInterval = TimeSpan.Zero,
        });
        try
        {
            if (await GreetAsync(context, socket) is { } connection)
            {
                await connection.RunAsync();
            }
        }
        catch (WebSocketException)
        {
            // Gone before it said hello.
        }
    }

    private Error? Refuse(HttpContext context)
    {
        if (hub.IsDraining)
        {
            return ApiErrors.Draining with { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol))
        {
            return RealtimeErrors.NotASocket;
        }

        // Only browsers send an Origin; a page of somebody else's must not open a socket in a visitor's name.
        return context.Request.Headers.Origin.Count > 0 && !parts.Origins.Allows(context.Request) ? ApiErrors.OriginNotAllowed : null;
    }

    /// <summary>Takes the first frame; null when it was refused, and the socket closed.</summary>
    private async Task<SocketConnection?> GreetAsync(HttpContext context, WebSocket socket)
    {
        var deadline = new SocketDeadline(socket, hub.Wheel);
        deadline.CloseIn(hub.Options.HelloSeconds * 1000L);
        var message = await SocketMessage.ReceiveAsync(socket);
        deadline.Cancel();
        if (message.Text is not { } text)
        {
            return await CloseAsync(socket, deadline, message.Refused!.Value);
        }

        using var frame = SocketFrame.Parse(text);
        if (frame is null)
        {
            text.Dispose();
            return await CloseAsync(socket, deadline, CloseCodes.InvalidPayload);
        }

        if (frame.HasLoneSurrogate || !frame.TryOp(out var op) || !op.ValueEquals("hello"u8))
        {
            return await RefuseAsync(socket, deadline, ApiErrors.Invalid("op", "invalid", "Say hello first."), CloseCodes.Policy);
        }

        if (await CallerAsync(context, frame) is not { User: not null } caller)
        {
            return await RefuseAsync(socket, deadline, ApiErrors.Unauthenticated, CloseCodes.NotSignedIn);
        }

        InboxCursor? since = null;
        if (frame.Root.TryGetProperty("since"u8, out _))
        {
            if (!frame.TryText("since"u8, out var sinceText) || !InboxCursor.TryRead(sinceText, out var cursor))
            {
                return await RefuseAsync(socket, deadline, ApiErrors.Invalid("since", "invalid", "This cursor was not given by us."), CloseCodes.Policy);
            }

            since = cursor;
        }

        var connection = new SocketConnection(hub, parts, socket, context.Features.GetRequiredFeature<GatheringUpgrade>().Stream!, caller, since);
        if (!connection.Open(hub.Options.ConnectionsPerUser))
        {
            return await RefuseAsync(socket, deadline, RealtimeErrors.TooManyConnections, CloseCodes.TryAgainLater);
        }

        if (since is { } seen && seen.Epoch == hub.Epoch)
        {
            parts.Acks.Ack(caller, seen.Pos);
        }

        if (hub.IsDraining)
        {
            connection.Drain(1000);
        }

        return connection;
    }

    private async ValueTask<Caller?> CallerAsync(HttpContext context, SocketFrame hello)
    {
        if (hello.TryText("token"u8, out var token))
        {
            return await parts.Sessions.AuthenticateAsync(token, context.RequestAborted);
        }

        // A cookie counts only for a page of ours; a Bearer token is never sent by a browser on its own.
        var request = context.Request;
        return request.Headers.Authorization.Count > 0 || parts.Origins.Allows(request) ? Caller.Of(context) : null;
    }

    private static async Task<SocketConnection?> RefuseAsync(WebSocket socket, SocketDeadline deadline, Error error, int code)
    {
        using var frame = SocketFrames.Error(null, error);
        await socket.SendAsync(frame.Written, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        return await CloseAsync(socket, deadline, code);
    }

    private static async Task<SocketConnection?> CloseAsync(WebSocket socket, SocketDeadline deadline, int code)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, null, CancellationToken.None);
        }

        // Reads what is still coming: a TCP connection closed with bytes unread is reset, and the client would never see the code.
        deadline.CutIn(CloseCodes.PatienceMs);
        await SocketMessage.DrainAsync(socket);
        deadline.Cancel();
        return null;
    }
}
