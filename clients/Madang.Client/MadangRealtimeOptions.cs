using Madang.Client.Realtime;

namespace Madang.Client;

/// <summary>A way to read the inbox.</summary>
public enum LineKind
{
    Socket,
    ServerSentEvents,
    LongPoll,
}

public sealed class MadangRealtimeOptions
{
    /// <summary>The cursor of the last entry that was processed, if stored from before. Without one the stream begins with a reset.</summary>
    public string? Cursor { get; init; }

    /// <summary>The ways to try, from left to right: one step down after two misses in a row, back up after five minutes.</summary>
    public IReadOnlyList<LineKind> Lines { get; init; } = [LineKind.Socket, LineKind.ServerSentEvents, LineKind.LongPoll];

    /// <summary>How the socket is opened.</summary>
    internal Func<Uri, ISocketEvents, ISocket>? OpenSocket { get; init; }
}
