namespace Madang.Bench;

internal enum Transport
{
    /// <summary>Messages are sent as frames.</summary>
    Socket,

    /// <summary>Messages are sent by POST; they are received over sockets all the same.</summary>
    Http,
}

internal sealed record ChatLoadOptions
{
    /// <summary>Messages per second, each due at its own moment whatever became of the ones before it. 0: saturated, see <see cref="Window"/>.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>In saturated mode: messages that each connection keeps in flight.</summary>
    public int Window { get; init; } = 8;

    public int Seconds { get; init; } = 30;

    /// <summary>Before the measured time, at the same load.</summary>
    public int Warmup { get; init; } = 5;

    public int Users { get; init; } = 100;

    /// <summary>2 is a direct room for each pair.</summary>
    public int GroupSize { get; init; } = 2;

    public Transport Transport { get; init; } = Transport.Socket;

    /// <summary>Where acknowledged messages are written down; null: nowhere.</summary>
    public string? Journal { get; init; }
}
