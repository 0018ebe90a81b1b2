using Madang.Client.Resources;

namespace Madang.Client;

/// <summary>What <see cref="MadangRealtime"/> tells, in order.</summary>
public abstract record RealtimeEvent
{
    private RealtimeEvent()
    {
    }

    public sealed record EntryArrived(Entry Entry) : RealtimeEvent;

    public sealed record Signalled(Signal Signal) : RealtimeEvent;

    /// <summary>Read the rooms now: entries before this cursor will not come.</summary>
    public sealed record Reset(string Cursor) : RealtimeEvent;

    /// <summary>A hole in a tracked room, read from history.</summary>
    public sealed record Refilled(string RoomId, IReadOnlyList<Message> Messages) : RealtimeEvent;

    /// <summary>A message of ours is on the server.</summary>
    public sealed record Acked(Message Message) : RealtimeEvent;

    /// <summary>A message of ours was refused for good.</summary>
    public sealed record Refused(string RoomId, string ClientId, MadangException Reason) : RealtimeEvent;

    public sealed record StateChanged(RealtimeState State) : RealtimeEvent;
}

public enum RealtimeState
{
    Stopped,
    Connecting,
    Online,

    /// <summary>The next attempt follows by itself.</summary>
    Waiting,

    /// <summary>The token is not valid any more.</summary>
    SignedOut,
}
