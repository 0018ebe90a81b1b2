using Madang.Api;

namespace Madang.Realtime;

/// <summary>The refusals of the four ways to read; the same codes go out over HTTP and on the socket.</summary>
public static class RealtimeErrors
{
    public static readonly Error UnknownOp = new("unknown_op", 400, "The socket does not know this op.");
    public static readonly Error NotAvailable = new("not_available", 501, "This server does not offer that yet.");
    public static readonly Error TooManyConnections = new("too_many_connections", 429, "Too many open connections of one person; close one first.");
    public static readonly Error NotASocket = new("not_a_websocket", 400, "This address takes WebSocket handshakes with the subprotocol madang.v1.");

    public static IReadOnlyList<Error> All { get; } = [UnknownOp, NotAvailable, TooManyConnections, NotASocket];
}
