namespace Madang.Outbound.Connecting;

/// <summary>One request on its way: its clock, and the connection that it went out on.</summary>
internal sealed class Exchange : IDisposable
{
    private const long Never = long.MinValue;

    /// <summary>The request that the running code works for; the connection's stream finds it here.</summary>
    private static readonly AsyncLocal<Exchange?> s_current = new();

    private readonly OutboundRequest _request;
    private readonly TimeProvider _time;
    private readonly ConnectionPlaces _places;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationTokenRegistration _caller;
    private readonly ITimer _timer;
    private readonly long _started;
    private readonly long _end;
    private long _sentAt = Never;
    private long _readAt = Never;
    private string? _fault;

    public Exchange(OutboundRequest request, long end, TimeProvider time, ConnectionPlaces places, CancellationToken cancellation)
    {
        (_request, _time, _places) = (request, time, places);
        _started = time.GetTimestamp();
        _end = end;
        _caller = cancellation.UnsafeRegister(static state => ((Exchange)state!)._over.Cancel(), this);
        _timer = time.CreateTimer(static state => ((Exchange)state!).Look(), this, Until(Math.Min(_started + Ticks(request.HeaderTimeout), end)), Timeout.InfiniteTimeSpan);
    }

    public static Exchange? Current => s_current.Value;

    public OutboundRequest Request => _request;

    public CancellationToken Over => _over.Token;

    public PinnedStream? Connection { get; private set; }

    /// <summary>Which of the request's times ran out; null when none did.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>From here on what this asynchronous flow writes is this request.</summary>
    public void Enter() => s_current.Value = this;

    /// <summary>Its bytes go out on this connection, perhaps after another one turned out to be closed.</summary>
    /// <exception cref="OperationCanceledException">They are kept back.</exception>
    public void Sends(PinnedStream connection)
    {
        if (_request.Sends?.Invoke() == false)
        {
            throw new OperationCanceledException(_caller.Token);
        }

        if (ReferenceEquals(Connection, connection))
        {
            return;
        }

        Connection = connection;
        Volatile.Write(ref _sentAt, _time.GetTimestamp());
        _places.Uses(connection);
    }

    /// <summary>Some of the body came.</summary>
    public void Touch() => Volatile.Write(ref _readAt, _time.GetTimestamp());

    /// <summary>The body begins: from now on silence counts.</summary>
    public void ReadsBody()
    {
        Touch();
        _timer.Change(Until(Math.Min(_readAt + Ticks(_request.IdleTimeout), _end)), Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _caller.Dispose();
        if (Connection is { } connection)
        {
            _places.Rests(connection);
        }
    }

    /// <summary>The timer is set to the earliest moment that could be the end, and looks whether it is: a read only notes its time.</summary>
    private void Look()
    {
        var now = _time.GetTimestamp();
        var read = Volatile.Read(ref _readAt);
        var sent = Volatile.Read(ref _sentAt);
        var (deadline, fault) = read != Never ? (read + Ticks(_request.IdleTimeout), OutboundFaults.IdleTimeout)
            : sent != Never ? (sent + Ticks(_request.HeaderTimeout), OutboundFaults.HeaderTimeout)
            : (_started + Ticks(_request.ConnectTimeout) + Ticks(_request.HeaderTimeout), OutboundFaults.HeaderTimeout);
        if (_end < deadline)
        {
            (deadline, fault) = (_end, OutboundFaults.TotalTimeout);
        }

        if (now >= deadline)
        {
            Volatile.Write(ref _fault, fault);
            _over.Cancel();
        }
        else
        {
            _timer.Change(Until(deadline), Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan Until(long deadline)
    {
        var left = _time.GetElapsedTime(_time.GetTimestamp(), deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
