namespace Madang.Realtime.Delivery;

internal enum OutgoingKind : byte
{
    /// <summary>An entry: <see cref="Outgoing.Number"/> is its position, the body its tail.</summary>
    Entry,

    /// <summary>A signal: the body is <c>"type":"…","data":{…}}</c>.</summary>
    Signal,

    /// <summary>A whole frame in a buffer of its own, which goes back when it is written: <c>ok</c> and <c>error</c>.</summary>
    Reply,

    /// <summary>The reader is known and stands at the position <see cref="Outgoing.Number"/>.</summary>
    Ready,

    /// <summary>What the reader had is no longer to be gone on from; it stands at <see cref="Outgoing.Number"/> now.</summary>
    Reset,

    /// <summary>Entries after <see cref="Outgoing.Number"/> were left out: read them from there.</summary>
    Resync,
    Ping,
    Pong,

    /// <summary>Come back after <see cref="Outgoing.Number"/> milliseconds.</summary>
    Reconnect,

    /// <summary>The answer of a long poll is due, empty or not.</summary>
    Answer,

    /// <summary>The last thing that is written; <see cref="Outgoing.Number"/> is the close code of the socket.</summary>
    Close,
}

/// <summary>Something that waits to be written to one connection.</summary>
internal readonly record struct Outgoing(OutgoingKind Kind, long Number = 0, ReadOnlyMemory<byte> Body = default, PooledBuffer? Buffer = null)
{
    /// <summary>What it counts in the connection's queue: its bytes and the envelope.</summary>
    public int Size => 96 + (Buffer?.Length ?? Body.Length);

    /// <summary>Whether a reader that is too slow can do without it.</summary>
    public bool IsEphemeral => Kind is OutgoingKind.Signal or OutgoingKind.Ping or OutgoingKind.Pong;
}
