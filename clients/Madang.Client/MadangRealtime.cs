using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Madang.Client.Realtime;
using Madang.Client.Resources;

namespace Madang.Client;

/// <summary>
/// One inbox, read in order and without a gap over whatever line works: WebSocket, else server-sent events, else long poll. The rules are numbered in
/// docs/realtime/README.md. An entry counts as processed once it was handed to the stream.
/// </summary>
/// <example><code>
/// await using var realtime = madang.Realtime(new() { Cursor = stored });
/// var entries = realtime.EntriesAsync(); // from now on nothing is missed
/// realtime.Start();
/// await foreach (var entry in entries) { Apply(entry); stored = entry.Cursor; }
/// </code></example>
public sealed class MadangRealtime : IAsyncDisposable, ILineEvents, IOutboxEvents
{
    private const int SyncLimit = 500;
    private static readonly TimeSpan AckAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UpgradeAfter = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly MadangClient _client;
    private readonly MadangRealtimeOptions _options;
    private readonly Realtime.Inbox _inbox;
    private readonly Outbox _outbox;
    private readonly Gaps _gaps;
    private readonly Ladder _ladder;
    private readonly Alarm _next;
    private readonly Alarm _ack;
    private readonly List<Channel<RealtimeEvent>> _listeners = [];
    private ILine? _line;
    private int _failures;
    private long _requests;

    // The cursor of this line's ready, the one the application was last told to start from, and whether it still has to be told.
    private string? _readyCursor;
    private string? _toldReset;
    private bool _owesReset;

    internal MadangRealtime(MadangClient client, MadangRealtimeOptions options)
    {
        (_client, _options) = (client, options);
        var time = client.Options.Time;
        (_next, _ack) = (new(time, _gate), new(time, _gate));
        _inbox = new(options.Cursor, Deliver);
        _outbox = new(client.Rooms, time, client.Options.Random, _gate, this);
        _gaps = new(client.Rooms, _gate, (room, messages) => Tell(new RealtimeEvent.Refilled(room, messages)));
        _ladder = new(options.Lines.Count > 0 ? options.Lines : throw new ArgumentException("At least one kind of line is needed.", nameof(options)));
    }

    /// <summary>In order, on whatever thread caused it, under the gate. For tests that compare the order with what went over the line.</summary>
    internal event Action<RealtimeEvent>? Told;

    public RealtimeState State { get; private set; }

    /// <summary>Who reads, once the socket has said so.</summary>
    public string? UserId { get; private set; }

    /// <summary>Of the newest entry that was handed on.</summary>
    public string? Cursor
    {
        get
        {
            lock (_gate)
            {
                return _inbox.Cursor;
            }
        }
    }

    public void Start()
    {
        lock (_gate)
        {
            if (State is RealtimeState.Stopped or RealtimeState.SignedOut)
            {
                Connect();
            }
        }
    }

    /// <summary>Closes the line, and the streams. Messages that are still on their way end as <c>interrupted</c>.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (State != RealtimeState.Stopped)
            {
                Finish(RealtimeState.Stopped);
            }
        }
    }

    /// <summary>The network is back: do not wait for the timer.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (State == RealtimeState.Waiting)
            {
                Connect();
            }
            else if (State == RealtimeState.Online)
            {
                _line?.Probe();
            }
        }
    }

    /// <summary>Everything that is told from this call on, in order, until the client stops or is signed out. Several may listen; read on, since what waits is kept.</summary>
    public IAsyncEnumerable<RealtimeEvent> EventsAsync(CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<RealtimeEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_gate)
        {
            _listeners.Add(channel);
        }

        return ReadAsync(channel, cancellationToken);
    }

    /// <summary>The entries alone. Who keeps a copy of the rooms wants <see cref="EventsAsync"/>, for its resets.</summary>
    public IAsyncEnumerable<Entry> EntriesAsync(CancellationToken cancellationToken = default) => OnlyEntriesAsync(EventsAsync(cancellationToken));

    /// <summary>
    /// Sends in order of the room, over the socket or HTTP, until the server has it. Safe to repeat with the same client id, also after a restart.
    /// </summary>
    /// <exception cref="MadangException">Refused for good, or <c>interrupted</c>.</exception>
    public Task<Message> SendAsync(string roomId, NewMessage message, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return _outbox.Add(roomId, message).WaitAsync(cancellationToken);
        }
    }

    /// <summary>The application holds the history of this room up to <paramref name="seq"/>: from now on holes are filled.</summary>
    public void Track(string roomId, long seq)
    {
        lock (_gate)
        {
            _gaps.Track(roomId, seq);
        }
    }

    /// <summary>Marks as read; what is lost with the line is made good by the next mark, which is higher.</summary>
    public void Read(string roomId, long seq)
    {
        lock (_gate)
        {
            if (Request(id => ClientFrame.Read(id, roomId, seq)) is null)
            {
                _ = ReadOverHttpAsync(roomId, seq);
            }
        }
    }

    /// <summary>Tells the room's members; dropped without a socket.</summary>
    public void Typing(string roomId)
    {
        lock (_gate)
        {
            _line?.Send(ClientFrame.Typing(roomId));
        }
    }

    /// <summary>Whether somebody looks at this device; dropped without a socket.</summary>
    public void SetActive(bool value)
    {
        lock (_gate)
        {
            _line?.Send(ClientFrame.Active(value));
        }
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        CloseListeners();
        return ValueTask.CompletedTask;
    }

    void ILineEvents.Ready(string cursor, string? userId)
    {
        var isFirst = _inbox.Cursor is null || _owesReset;
        (_readyCursor, UserId, _failures) = (cursor, userId ?? UserId, 0);
        _ladder.Held();
        if (!_ladder.IsAtTop)
        {
            _next.Set(UpgradeAfter, Upgrade);
        }

        Change(RealtimeState.Online);
        if (isFirst)
        {
            Reset(cursor);
        }

        _outbox.LineReady();
        _gaps.Resume();
    }

    void ILineEvents.Arrived(Entry entry) => _inbox.Take(entry);

    void ILineEvents.Signalled(Signal signal) => Tell(new RealtimeEvent.Signalled(signal));

    void ILineEvents.Reset(string? cursor) => Reset(cursor ?? _readyCursor);

    void ILineEvents.Resync() => _ = ResyncAsync();

    void ILineEvents.Sent(long id, Message? message) => _outbox.Answered(id, message);

    void ILineEvents.Refused(long? id, MadangException reason) => _outbox.Answered(id, reason);

    void ILineEvents.Ended(LineEnd end) => Ended(end);

    void IOutboxEvents.Acked(Message message) => Tell(new RealtimeEvent.Acked(message));

    void IOutboxEvents.Refused(string roomId, string clientId, MadangException reason) => Tell(new RealtimeEvent.Refused(roomId, clientId, reason));

    void IOutboxEvents.SignedOut() => Finish(RealtimeState.SignedOut);

    long? IOutboxEvents.Request(Func<long, string> frame) => Request(frame);

    private void Connect()
    {
        _next.Clear();
        Change(RealtimeState.Connecting);
        _readyCursor = null;
        _line = Open(_ladder.Kind);
        _line.Start();
    }

    private ILine Open(LineKind kind)
    {
        var (time, since) = (_client.Options.Time, _inbox.Cursor);
        var open = _options.OpenSocket ?? ClientSocket.Open;
        return kind switch
        {
            LineKind.LongPoll => new PollLine(_client.Sync, since, this, _gate),
            LineKind.ServerSentEvents => new SseLine(_client.Sync, since, this, time, _gate),
            _ => new SocketLine(events => open(SocketAddress(), events), ClientFrame.Hello(_client.Token, since), this, time, _gate),
        };
    }

    private void Reset(string? cursor)
    {
        _owesReset = cursor is null;
        if (cursor is null || cursor == _toldReset)
        {
            return;
        }

        _inbox.Cursor = _toldReset = cursor;
        _gaps.Forget();
        Tell(new RealtimeEvent.Reset(cursor));
    }

    private void Deliver(Entry entry)
    {
        _toldReset = null;
        Tell(new RealtimeEvent.EntryArrived(entry));
        if (!_ack.IsSet)
        {
            _ack.Set(AckAfter, () => _line?.Ack(_inbox.Cursor!));
        }

        if (entry.Message is { } message)
        {
            if (!message.Hidden && message.SenderId == UserId)
            {
                _outbox.Settle(message);
            }

            _gaps.Heard(message);
        }
    }

    /// <summary>The server dropped entries of this line: read on from our own cursor, and hold what the line brings meanwhile.</summary>
    private async Task ResyncAsync()
    {
        var line = _line;
        var since = _inbox.Cursor;
        _inbox.Hold();
        try
        {
            for (var isLimited = true; isLimited;)
            {
                var answer = await _client.Sync.ReadAsync(since, limit: SyncLimit);
                lock (_gate)
                {
                    if (_line != line)
                    {
                        return;
                    }

                    isLimited = Take(answer);
                    since = _inbox.Cursor;
                }
            }
        }
        catch (MadangException reason)
        {
            lock (_gate)
            {
                if (_line == line)
                {
                    Abandon(reason);
                }
            }
        }
    }

    private bool Take(SyncAnswer answer)
    {
        foreach (var entry in answer.Entries)
        {
            _inbox.Pass(entry);
        }

        if (answer.Reset)
        {
            Reset(answer.Cursor);
        }
        else
        {
            _inbox.Cursor = answer.Cursor;
        }

        if (!answer.Limited)
        {
            _inbox.Release();
        }

        return answer.Limited;
    }

    private void Abandon(MadangException reason)
    {
        if (reason.Status == 401)
        {
            Finish(RealtimeState.SignedOut);
            return;
        }

        _line?.Close(LineEnd.Silent);
        Ended(default);
    }

    private void Ended(LineEnd end)
    {
        var wasOnline = State == RealtimeState.Online;
        Release();
        if (end.IsSignedOut)
        {
            Finish(RealtimeState.SignedOut);
            return;
        }

        if (!wasOnline)
        {
            _ladder.Missed(end.IsUnreachable);
        }

        var delay = end.After ?? Jitter.Delay(_failures, _client.Options.Random.NextDouble());
        _failures++;
        Change(RealtimeState.Waiting);
        _next.Set(delay, Connect);
        if (wasOnline)
        {
            _outbox.LineLost();
        }
    }

    /// <summary>A lesser line has held for a while: the best one may work again.</summary>
    private void Upgrade()
    {
        _line?.Close(LineEnd.Normal);
        Release();
        _ladder.ToTop();
        Connect();
    }

    private void Finish(RealtimeState state)
    {
        _line?.Close(LineEnd.Normal);
        Release();
        _outbox.Stop();
        Change(state);
        CloseListeners();
    }

    private void Release()
    {
        _line = null;
        _next.Clear();
        _ack.Clear();
        _inbox.Drop();
    }

    private long? Request(Func<long, string> frame)
    {
        if (_line?.Send(frame(_requests + 1)) != true)
        {
            return null;
        }

        return ++_requests;
    }

    private async Task ReadOverHttpAsync(string roomId, long seq)
    {
        try
        {
            await _client.Rooms.ReadAsync(roomId, seq);
        }
        catch (MadangException)
        {
            // The next mark is higher and says it again.
        }
    }

    private void Change(RealtimeState state)
    {
        if (State != state)
        {
            State = state;
            Tell(new RealtimeEvent.StateChanged(state));
        }
    }

    private void Tell(RealtimeEvent told)
    {
        Told?.Invoke(told);
        foreach (var listener in _listeners)
        {
            listener.Writer.TryWrite(told);
        }
    }

    private void CloseListeners()
    {
        lock (_gate)
        {
            _listeners.ForEach(listener => listener.Writer.TryComplete());
            _listeners.Clear();
        }
    }

    private Uri SocketAddress()
    {
        var address = new UriBuilder(new Uri(_client.Options.BaseAddress, "/v1/socket"));
        address.Scheme = address.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs;
        return address.Uri;
    }

    private async IAsyncEnumerable<RealtimeEvent> ReadAsync(Channel<RealtimeEvent> channel, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var told in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return told;
            }
        }
        finally
        {
            lock (_gate)
            {
                _listeners.Remove(channel);
            }
        }
    }

    private static async IAsyncEnumerable<Entry> OnlyEntriesAsync(IAsyncEnumerable<RealtimeEvent> events)
    {
        await foreach (var told in events)
        {
            if (told is RealtimeEvent.EntryArrived arrived)
            {
                yield return arrived.Entry;
            }
        }
    }
}
