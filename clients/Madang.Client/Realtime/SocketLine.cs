namespace Madang.Client.Realtime;

/// <summary>The WebSocket: frames both ways.</summary>
internal sealed class SocketLine(Func<ISocketEvents, ISocket> open, string hello, ILineEvents events, TimeProvider time, Lock gate) : ILine, ISocketEvents
{
    private const int BadAuth = 4401;
    private const int Revoked = 4403;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeWithin = TimeSpan.FromSeconds(5);

    private readonly Alarm _silence = new(time, gate);
    private ISocket? _socket;
    private TimeSpan? _patience;
    private bool _isOpen;
    private bool _isOver;

    private bool IsReady => _patience is not null && !_isOver;

    public void Start() => _socket = open(this);

    public bool Send(string frame) => IsReady && Write(frame);

    public void Ack(string cursor) => Send(ClientFrame.Ack(cursor));

    public void Probe()
    {
        if (Send(ClientFrame.Ping))
        {
            _silence.Set(ProbeWithin, Silent);
        }
    }

    public void Close(int code)
    {
        if (!_isOver)
        {
            _isOver = true;
            _silence.Clear();
            _socket?.Close(code);
        }
    }

    void ISocketEvents.Opened()
    {
        lock (gate)
        {
            if (!_isOver)
            {
                _isOpen = true;
                _silence.Set(ReadyWithin, Silent);
                Write(hello);
            }
        }
    }

    void ISocketEvents.Received(string text)
    {
        lock (gate)
        {
            if (_isOver)
            {
                return;
            }

            var frame = ServerFrame.Parse(text, out var isValid);
            if (!isValid)
            {
                Leave(LineEnd.Silent, default);
                return;
            }

            if (_patience is { } patience)
            {
                _silence.Set(patience, Silent);
            }

            Take(frame);
        }
    }

    void ISocketEvents.Closed(int code)
    {
        lock (gate)
        {
            if (!_isOver)
            {
                _isOver = true;
                _silence.Clear();
                events.Ended(new LineEnd(code is BadAuth or Revoked));
            }
        }
    }

    private void Take(ServerFrame? frame)
    {
        switch (frame)
        {
            case ServerFrame.Ready ready:
                _patience = 2 * ready.Heartbeat;
                _silence.Set(_patience.Value, Silent);
                events.Ready(ready.Cursor, ready.UserId);
                break;
            case ServerFrame.Arrived arrived:
                events.Arrived(arrived.Entry);
                break;
            case ServerFrame.Signalled signalled:
                events.Signalled(signalled.Signal);
                break;
            case ServerFrame.Ok ok:
                events.Sent(ok.Id, ok.Message);
                break;
            case ServerFrame.Refused refused:
                events.Refused(refused.Id, refused.Reason);
                break;
            case ServerFrame.Reset reset:
                events.Reset(reset.Cursor);
                break;
            case ServerFrame.Resync:
                events.Resync();
                break;
            case ServerFrame.Reconnect reconnect:
                Leave(LineEnd.Normal, new LineEnd(After: reconnect.After));
                break;
            case ServerFrame.Ping:
                Write(ClientFrame.Pong);
                break;
        }
    }

    private bool Write(string frame)
    {
        if (_isOver || !_isOpen)
        {
            return false;
        }

        _socket!.Send(frame);
        return true;
    }

    private void Silent() => Leave(LineEnd.Silent, default);

    private void Leave(int code, LineEnd end)
    {
        Close(code);
        events.Ended(end);
    }
}
