using Madang.Api;
using Madang.Realtime.Reading;
using Microsoft.Extensions.Logging;

namespace Madang.Realtime.Delivery;

/// <summary>
/// One reader of one inbox: a socket, an event stream, a long poll. While its <see cref="Place"/> is live, what is offered goes straight into its queue; while
/// it is behind, the pump reads page by page from the store, at the pace of the reader. It takes its seat before the first page is read, so that nothing
/// falls between. One pump runs while there is something to do; an idle connection has no task, timer or buffer here.
/// </summary>
internal abstract partial class Connection : Timed, IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private OutgoingQueue _queue;
    private Place _place;
    private long _writingSince = long.MaxValue;
    private bool _pumping;
    private bool _resynced;
    private bool _started;
    private bool _closing;
    private bool _ended;
    private long _resyncedAt = long.MinValue / 2;
    private long _cutAt = long.MaxValue;
    private TaskCompletionSource? _idle;

    protected Connection(Hub hub, Caller caller, long? since)
    {
        (Hub, Caller) = (hub, caller);
        _place = new Place(since);
        CheckAt = caller.ExpiresAt;
        LastWritten = hub.Wheel.Now;
    }

    public Caller Caller { get; }

    public UserId User => Caller.Person;

    /// <summary>When to ask whether the credential still stands: at its end as it was known, then every now and then.</summary>
    public DateTimeOffset? CheckAt { get; set; }

    /// <summary>For the metrics: <c>socket</c>, <c>sse</c>, <c>poll</c>.</summary>
    public abstract string Transport { get; }

    protected Hub Hub { get; }

    protected RealtimeOptions Options => Hub.Options;

    /// <summary>When bytes last went to the reader.</summary>
    protected long LastWritten { get; private set; }

    /// <summary>Entries that one reading of the store takes.</summary>
    protected virtual int PageSize => 128;

    protected virtual bool TakesSignals => true;

    /// <summary>Whether entries that do not fit the queue are left to the reader (<c>resync</c>) or read from the store when the reader is ready for them.</summary>
    protected virtual bool ResyncsByItself => false;

    /// <summary>Whether the last page that was read ended before the head.</summary>
    protected bool IsLimited { get; private set; }

    /// <summary>Takes a seat in the hub and begins to read. False when this person has <paramref name="most"/> already.</summary>
    public bool Open(int most)
    {
        if (!Hub.Seats.TryAdd(this, most))
        {
            return false;
        }

        Hub.Metrics.Opened(Transport);
        lock (_gate)
        {
            StartPump();
        }

        Hub.Wheel.Wake(this, Beat(Hub.Wheel.Now));
        return true;
    }

    /// <summary>A hint of the hub: the entry at <paramref name="pos"/> has committed. An empty tail says that it must be read from the store.</summary>
    public void Offer(long pos, ReadOnlyMemory<byte> tail)
    {
        lock (_gate)
        {
            if (_ended || _closing)
            {
                return;
            }

            var entry = new ReadEntry(pos, tail);
            if (_place.TryPass(entry))
            {
                Enqueue(entry);
            }
            else
            {
                _place.Hint(entry);
                TakeLive();
            }

            StartPump();
        }
    }

    /// <summary>A signal for this reader. The first thing to be dropped.</summary>
    public void Signal(ReadOnlyMemory<byte> body)
    {
        if (!TakesSignals)
        {
            return;
        }

        lock (_gate)
        {
            if (_queue.Size > Options.QueueBytes / 4)
            {
                Hub.Metrics.SignalDropped();
                return;
            }
        }

        Send(new Outgoing(OutgoingKind.Signal, Body: body));
    }

    /// <summary>Puts something of the connection's own into the queue.</summary>
    public void Send(Outgoing item)
    {
        lock (_gate)
        {
            if (_ended || _closing)
            {
                item.Buffer?.Dispose();
                return;
            }

            if (_queue.Size + item.Size > Options.QueueBytes && !item.IsEphemeral)
            {
                MakeRoom(item.Size);
            }

            if (!_closing)
            {
                _queue.Add(item);
                if (item.Kind == OutgoingKind.Close)
                {
                    BeginClosing();
                }
            }

            StartPump();
        }
    }

    /// <summary>Writes what already waits, then ends the connection with this code of the socket (RFC 6455 section 7.4, and 4000 and up of our own).</summary>
    public void Close(int code) => Send(new Outgoing(OutgoingKind.Close, code));

    /// <summary>Looks whether the store holds more than was offered: something may have got lost on the way.</summary>
    public void Recheck(long head)
    {
        lock (_gate)
        {
            if (!_ended && !_closing)
            {
                _place.HintHead(head);
                StartPump();
            }
        }
    }

    /// <summary>The server is about to stop: tells the reader to come back after <paramref name="afterMs"/>.</summary>
    public abstract void Drain(int afterMs);

    /// <summary>The line is broken or hopeless: cuts it.</summary>
    public abstract void Cut(Exception? fault);

    /// <summary>Stops without another word and gives the seat up.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            _queue.Clear();
            _place.Forget();
        }

        Hub.Seats.Remove(this);
        Hub.Metrics.Closed(Transport);
        Ended();
    }

    /// <summary>Completes when nothing is being written any more.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _pumping ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    internal override long Tick(long now)
    {
        long next;
        lock (_gate)
        {
            if (_ended)
            {
                return long.MaxValue;
            }

            if (now >= _cutAt)
            {
                // Outside the gate: what waits for this line may go on right inside.
                ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Cut(null), this, preferLocal: false);
                return long.MaxValue;
            }

            if (now - _writingSince >= Options.SlowSeconds * 1000L && !_closing)
            {
                TooSlow();
            }

            if (_place.PassHole(now))
            {
                Hub.Metrics.Hole();
            }

            next = Math.Min(_cutAt, After(_place.HoleSince, Place.HoleMs));
            next = _closing ? next : Math.Min(next, After(_writingSince, Options.SlowSeconds * 1000L));
            StartPump();
        }

        return Math.Min(next, Beat(now));
    }

    private static long After(long since, long ms) => since == long.MaxValue ? long.MaxValue : since + ms;

    /// <summary>What this way of reading does by the clock; answers when next.</summary>
    protected abstract long Beat(long now);

    /// <summary>Writes a batch and flushes it once. <paramref name="through"/>: the position up to which the reader knows everything with this batch.</summary>
    protected abstract ValueTask WriteAsync(List<Outgoing> batch, InboxCursor through);

    /// <summary>The position to start at is known: <paramref name="isReset"/> when it is not the one that was asked for.</summary>
    protected abstract void Started(long pos, bool isReset);

    /// <summary>Everything there was has been queued.</summary>
    protected virtual void CaughtUp()
    {
    }

    protected virtual void Ended()
    {
    }

    /// <summary>Adds to the queue while the gate is held, in <see cref="Started"/>.</summary>
    protected void Put(Outgoing item) => _queue.Add(item);

    /// <summary>Under the gate: starts the pump if there is something to do and it does not run.</summary>
    private void StartPump()
    {
        if (!_pumping && !_ended && (!_queue.IsEmpty || (_place.IsBehind && !_closing)))
        {
            _pumping = true;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Moves what is next into the queue, and watches the hole if one is left.</summary>
    private void TakeLive()
    {
        while (_place.TryTake(out var entry))
        {
            Enqueue(entry);
        }

        if (_place.WatchHole(Hub.Wheel.Now))
        {
            Hub.Wheel.Wake(this, _place.HoleSince + Place.HoleMs);
        }
    }

    /// <summary>The place has moved past this entry: it goes into the queue, or the place goes back.</summary>
    private void Enqueue(ReadEntry entry)
    {
        var item = new Outgoing(OutgoingKind.Entry, entry.Pos, entry.Tail);
        if (_queue.Size + item.Size > Options.QueueBytes && !_resynced)
        {
            MakeRoom(item.Size, entry.Pos);
        }

        // While a resync waits to be written, what comes is in the store before the reader hears of the resync.
        if (!_place.IsBehind && !_closing && !_resynced)
        {
            _queue.Add(item);
        }
    }

    /// <summary>
    /// The queue is full: signals go first, then the entries, which the reader gets from the store: by itself after a <c>resync</c>, or through us when it is
    /// ready for them. Who overflows again soon after a <c>resync</c>, or does not take the answers it asked for, is cut off.
    /// </summary>
    private void MakeRoom(int size, long? pos = null)
    {
        var signals = _queue.DropEphemeral();
        if (signals > 0)
        {
            Hub.Metrics.SignalDropped(signals);
        }

        if (_queue.Size + size <= Options.QueueBytes)
        {
            return;
        }

        var first = _queue.DropEntries();
        if (first is null && size > 0 && _queue.Size > 2 * Options.QueueBytes)
        {
            TooSlow();
        }
        else if (!ResyncsByItself)
        {
            _place.FallBehind(first ?? pos ?? _place.Next!.Value);
        }
        else if (Hub.Wheel.Now - _resyncedAt < Options.SlowSeconds * 1000L)
        {
            TooSlow();
        }
        else if (_started)
        {
            _resynced = true;
            Hub.Metrics.Resynced();
            _queue.Add(new Outgoing(OutgoingKind.Resync, (first ?? pos ?? _place.Next!.Value) - 1));
        }
    }

    private void TooSlow()
    {
        Hub.Metrics.SlowClosed();
        _queue.Clear();
        _queue.Add(new Outgoing(OutgoingKind.Close, CloseCodes.TryAgainLater));
        BeginClosing();
    }

    private void BeginClosing()
    {
        _closing = true;
        _place.Forget();
        _cutAt = Hub.Wheel.Now + CloseCodes.PatienceMs;
        Hub.Wheel.Wake(this, _cutAt);
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                List<Outgoing>? batch;
                long through;
                lock (_gate)
                {
                    if (_ended || (_queue.IsEmpty && (!_place.IsBehind || _closing)))
                    {
                        Rest();
                        return;
                    }

                    batch = _queue.IsEmpty ? null : _queue.Take();
                    if (batch is not null && _resynced)
                    {
                        // From here on the reader may hear of it: what comes next is queued again.
                        _resynced = false;
                        _resyncedAt = Hub.Wheel.Now;
                    }

                    through = (_place.Next ?? 1) - 1;
                }

                if (batch is null)
                {
                    await ReadOnAsync();
                }
                else
                {
                    await WriteOutAsync(batch, through);
                }
            }
        }
        catch (Exception fault)
        {
            // The edge of a connection: whatever broke (the line, the store) ends this connection alone; its reader comes back with its cursor.
            BrokenOff(Transport, fault);
            lock (_gate)
            {
                Rest();
            }

            Cut(fault);
            End();
        }
    }

    private void Rest()
    {
        _pumping = false;
        _idle?.TrySetResult();
        _idle = null;
    }

    private async ValueTask WriteOutAsync(List<Outgoing> batch, long through)
    {
        try
        {
            var writing = WriteAsync(batch, new InboxCursor(Hub.Epoch, through));
            if (!writing.IsCompleted)
            {
                lock (_gate)
                {
                    _writingSince = Hub.Wheel.Now;
                    Hub.Wheel.Wake(this, _writingSince + (Options.SlowSeconds * 1000L));
                }
            }

            await writing;
            LastWritten = Hub.Wheel.Now;
        }
        finally
        {
            lock (_gate)
            {
                _writingSince = long.MaxValue;
                var entries = 0;
                foreach (var item in batch)
                {
                    entries += item.Kind == OutgoingKind.Entry ? 1 : 0;
                }

                _queue.Written(batch);
                Hub.Metrics.Sent(Transport, entries);
            }
        }
    }

    /// <summary>Reads the next page from the store.</summary>
    private async ValueTask ReadOnAsync()
    {
        long? after;
        long hinted;
        lock (_gate)
        {
            after = _place.Next - 1;
            hinted = _place.Hinted;
        }

        var page = await Hub.Reader.ReadAsync(User, after, PageSize, Options.QueueBytes / 2, CancellationToken.None);
        bool caughtUp;
        lock (_gate)
        {
            if (_ended || _closing)
            {
                return;
            }

            var first = !_started;
            _started = true;
            if (first || page.IsReset)
            {
                Started(page.IsReset ? page.Through : after!.Value, page.IsReset);
            }

            foreach (var entry in page.Entries)
            {
                _queue.Add(new Outgoing(OutgoingKind.Entry, entry.Pos, entry.Tail));
            }

            IsLimited = page.IsLimited;
            _place.TakePage(page, hinted);
            TakeLive();
            caughtUp = !_place.IsBehind;
        }

        if (caughtUp)
        {
            CaughtUp();
        }
    }

    private void BrokenOff(string transport, Exception fault)
    {
        if (fault is not (OperationCanceledException or IOException or ObjectDisposedException or System.Net.WebSockets.WebSocketException))
        {
            Broke(Hub.Log, transport, fault);
        }
    }

    [LoggerMessage(LogLevel.Error, "A {Transport} connection broke")]
    private static partial void Broke(ILogger log, string transport, Exception fault);
}

/// <summary>What ends a socket (RFC 6455 section 7.4.1; 4000 and up are ours).</summary>
internal static class CloseCodes
{
    public const int Normal = 1000;
    public const int GoingAway = 1001;
    public const int NotText = 1003;
    public const int InvalidPayload = 1007;
    public const int Policy = 1008;
    public const int TooBig = 1009;
    public const int TryAgainLater = 1013;
    public const int NotSignedIn = 4401;
    public const int Revoked = 4403;

    /// <summary>How long a close may take to be written and answered before the line is cut.</summary>
    public const long PatienceMs = 5000;
}
