namespace Madang.Client.Realtime;

/// <summary>A WebSocket as the client uses it. None of its verbs wait.</summary>
internal interface ISocket
{
    void Send(string text);

    /// <summary>No event follows.</summary>
    void Close(int code);
}

/// <summary>What a socket tells, in order; after <see cref="Closed"/> nothing.</summary>
internal interface ISocketEvents
{
    void Opened();

    void Received(string text);

    /// <param name="code">RFC 6455, section 7.4; 1006 when there was no close frame.</param>
    void Closed(int code);
}
