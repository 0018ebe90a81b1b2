using System.Collections.Concurrent;
using System.Diagnostics;
using Madang.Bench.Measuring;
using Madang.Bench.Wire;

namespace Madang.Bench;

/// <summary>
/// Chat under load. Open loop: arrivals follow the clock, and a latency counts from the moment the message was due, which stands in its text, to
/// the ack at the sender and to the receipt at each other member. Saturated: every connection keeps a window full.
/// </summary>
internal sealed class ChatLoad : IAsyncDisposable
{
    private const string Words = "안녕하세요, the quick brown fox meets the lazy dog 마당에서";
    private readonly ChatLoadOptions _options;
    private readonly ApiClient _api;
    private readonly Journal? _journal;
    private readonly List<Sender> _senders = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<string, int> _errors = new();
    private readonly string _run = ApiClient.Text(Stopwatch.GetTimestamp());
    private readonly Histogram _ack = new();
    private readonly Histogram _receipt = new();
    private long _from = long.MaxValue;
    private long _until = long.MaxValue;
    private long _sent;
    private long _acked;
    private long _delivered;
    private long _lag;

    private ChatLoad(ChatLoadOptions options, ApiClient api)
    {
        (_options, _api) = (options, api);
        _journal = options.Journal is null ? null : new Journal(options.Journal);
    }

    public static async Task<ChatLoadReport> RunAsync(Uri server, ChatLoadOptions options, Func<double> serverCpu, string setupToken, CancellationToken cancellationToken)
    {
        using var api = new ApiClient(server);
        await using var load = new ChatLoad(options, api);
        var admin = await api.SetUpAsync(setupToken, cancellationToken);
        var people = await api.MakePeopleAsync(admin, options.Users, cancellationToken);
        foreach (var room in await api.MakeRoomsAsync(people, options.GroupSize, cancellationToken))
        {
            foreach (var person in room.Members)
            {
                load._senders.Add(await load.ConnectAsync(server, person, room, cancellationToken));
            }
        }

        return await load.MeasureAsync(serverCpu, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _senders.ForEach(sender => sender.Socket.Dispose());
        if (_journal is not null)
        {
            await _journal.DisposeAsync();
        }

        _ending.Dispose();
    }

    private async Task<Sender> ConnectAsync(Uri server, Person person, Room room, CancellationToken cancellationToken)
    {
        var sender = new Sender(person, room, await ChatSocket.ConnectAsync(server, person, null, cancellationToken));
        _ = ReadAsync(sender);
        await sender.Ready.Task.WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        return sender;
    }

    private async Task<ChatLoadReport> MeasureAsync(Func<double> serverCpu, CancellationToken cancellationToken)
    {
        using var self = Process.GetCurrentProcess();
        var start = Clock.Now;
        var from = start + _options.Warmup * 1_000_000L;
        var until = from + _options.Seconds * 1_000_000L;
        Volatile.Write(ref _until, until);
        Volatile.Write(ref _from, from);
        var arrivals = _options.Rate > 0 ? Task.Factory.StartNew(() => Arrive(start, until), TaskCreationOptions.LongRunning) : FillWindowsAsync();
        await Task.Delay(TimeSpan.FromSeconds(_options.Warmup), cancellationToken);
        var (cpu, ownCpu, acked) = (serverCpu(), OwnCpu(self), Volatile.Read(ref _acked));
        await Task.Delay(TimeSpan.FromSeconds(_options.Seconds), cancellationToken);
        var (cpuSpent, ownSpent, ackedThen) = (serverCpu() - cpu, OwnCpu(self) - ownCpu, Volatile.Read(ref _acked));
        await arrivals;
        await DrainAsync(cancellationToken);
        return new ChatLoadReport
        {
            Options = _options,
            Sent = _sent,
            Acked = _acked,
            Expected = _acked * (_options.GroupSize - 1),
            Delivered = _delivered,
            Errors = _errors.ToDictionary(),
            AckedPerSecond = (ackedThen - acked) / (double)_options.Seconds,
            Ack = _ack,
            Receipt = _receipt,
            WorstLag = _lag,
            ServerCpu = cpuSpent / _options.Seconds,
            OwnCpu = ownSpent / _options.Seconds,
        };
    }

    /// <summary>On a thread of its own, which wakes every millisecond and sends what is due.</summary>
    private void Arrive(long start, long until)
    {
        using var never = new ManualResetEvent(false);
        for (var i = 0L; ; never.WaitOne(1))
        {
            var now = Clock.Now;
            for (long due; (due = start + i * 1_000_000 / _options.Rate) <= now; i++)
            {
                if (due >= until)
                {
                    return;
                }

                _lag = Math.Max(_lag, now - due);
                Send(_senders[(int)(i % _senders.Count)], due);
            }
        }
    }

    private Task FillWindowsAsync()
    {
        foreach (var sender in _senders)
        {
            for (var i = 0; i < _options.Window; i++)
            {
                Send(sender, Clock.Now);
            }
        }

        return Task.CompletedTask;
    }

    private void Send(Sender sender, long due)
    {
        var id = sender.Begin(due);
        Interlocked.Increment(ref _sent);
        if (_options.Transport == Transport.Http)
        {
            _ = PostAsync(sender, id);
            return;
        }

        var sending = sender.Socket.SendAsync(id, sender.Room.Id, ClientId(sender, id), due, Words, _ending.Token);
        if (!sending.IsCompletedSuccessfully)
        {
            _ = ObserveAsync(sending);
        }
    }

    private async Task ObserveAsync(ValueTask sending)
    {
        try
        {
            await sending;
        }
        catch (Exception e) when (!_ending.IsCancellationRequested)
        {
            Count(e.GetType().Name);
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task PostAsync(Sender sender, long id)
    {
        try
        {
            var clientId = ClientId(sender, id);
            var ack = await _api.SendAsync(sender.Person, sender.Room, clientId, $"{sender.DueOf(id)} {Words}", _ending.Token);
            Acked(sender, id, ack.Seq, ack.Id);
        }
        catch (HttpRequestException e)
        {
            Count(e.StatusCode?.ToString() ?? e.HttpRequestError.ToString());
        }
        catch (OperationCanceledException)
        {
            // The run is over, or 30 s were: what was not acknowledged shows in the counts.
        }
    }

    private async Task ReadAsync(Sender sender)
    {
        try
        {
            var code = await sender.Socket.ReadAsync(frame => Hear(sender, frame), strings: false, _ending.Token);
            Count($"closed {code}");
        }
        catch (Exception e) when (!_ending.IsCancellationRequested)
        {
            Count(e.GetType().Name);
        }
        catch (Exception e) when (e is OperationCanceledException or System.Net.WebSockets.WebSocketException)
        {
            // The run is over.
        }
    }

    private void Hear(Sender sender, Frame frame)
    {
        switch (frame.Op)
        {
            case FrameOp.Ready:
                sender.Ready.TrySetResult();
                break;
            case FrameOp.Ok:
                Acked(sender, frame.RequestId, frame.Seq, frame.MessageId);
                break;
            case FrameOp.Entry when frame.IsMessage && frame.SenderId != sender.Person.Id:
                Interlocked.Increment(ref _delivered);
                Record(_receipt, frame.Stamp);
                break;
            case FrameOp.Error or FrameOp.Resync or FrameOp.Reset or FrameOp.Reconnect:
                Count(frame.Op.ToString());
                Refill(sender);
                break;
        }
    }

    private void Acked(Sender sender, long id, long seq, long messageId)
    {
        Interlocked.Increment(ref _acked);
        Record(_ack, sender.DueOf(id));
        _journal?.Add(new Ack(sender.Person.Id, sender.Room.Id, ClientId(sender, id), seq, messageId));
        Refill(sender);
    }

    private void Refill(Sender sender)
    {
        if (_options.Rate == 0 && Clock.Now < _until)
        {
            Send(sender, Clock.Now);
        }
    }

    private void Record(Histogram histogram, long due)
    {
        if (due >= _from && due < _until)
        {
            histogram.Record(Clock.Now - due);
        }
    }

    /// <summary>Until everything sent is acknowledged and delivered, or nothing has moved for 5 s.</summary>
    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        long Moved() => Volatile.Read(ref _acked) + Volatile.Read(ref _delivered);
        for (var (moved, at) = (Moved(), Clock.Now); Clock.Now - at < 5_000_000; await Task.Delay(50, cancellationToken))
        {
            if (Volatile.Read(ref _acked) + _errors.Values.Sum() >= _sent && Volatile.Read(ref _delivered) >= _acked * (_options.GroupSize - 1))
            {
                return;
            }

            if (Moved() != moved)
            {
                (moved, at) = (Moved(), Clock.Now);
            }
        }
    }

    private string ClientId(Sender sender, long id) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_run}-{sender.Person.Id}-{id}");

    private void Count(string error) => _errors.AddOrUpdate(error, 1, (_, n) => n + 1);

    private static double OwnCpu(Process self)
    {
        self.Refresh();
        return self.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>A person with a connection, who writes to one room.</summary>
    private sealed class Sender(Person person, Room room, ChatSocket socket)
    {
        // Due times of what is in flight; far more than a connection may have unanswered.
        private readonly long[] _due = new long[1 << 14];
        private long _last;

        public Person Person => person;

        public Room Room => room;

        public ChatSocket Socket => socket;

        public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long Begin(long due)
        {
            var id = Interlocked.Increment(ref _last);
            _due[id % _due.Length] = due;
            return id;
        }

        public long DueOf(long id) => _due[id % _due.Length];
    }
}
