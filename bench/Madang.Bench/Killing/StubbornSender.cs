using System.Collections.Concurrent;
using System.Net.WebSockets;
using Madang.Bench.Measuring;
using Madang.Bench.Wire;

namespace Madang.Bench.Killing;

/// <summary>
/// A person who sends one message after the other, each again and again with the same client id until it is acknowledged, over as many
/// connections as it takes; and who notes every message received, resuming after the last.
/// </summary>
internal sealed class StubbornSender(Uri server, Person person, IReadOnlyList<Room> rooms, string cursor, Journal journal, int seed)
{
    private static readonly TimeSpan AckPatience = TimeSpan.FromSeconds(5);

    private readonly Random _random = new(seed);
    private readonly ConcurrentDictionary<long, List<long>> _received = new();
    private TaskCompletionSource<Frame>? _answer;
    private volatile string _cursor = cursor;
    private volatile string _doing = "";
    private long _request;

    public Person Person => person;

    public int Acked { get; private set; }

    public int Reconnects { get; private set; }

    public int Retries { get; private set; }

    /// <summary>What the server said that it must not say.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>Sequences received live, by room, in the order they came.</summary>
    public IReadOnlyDictionary<long, List<long>> Received => _received;

    public override string ToString() => $"{person.Id} has {Acked} acknowledged, {Reconnects} reconnects, {Retries} retries, {_doing}";

    /// <summary>Sends <paramref name="count"/> messages; then goes on receiving until cancelled.</summary>
    public async Task RunAsync(int count, Action<int> acked, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _doing = "connects";
                using var socket = await ChatSocket.ConnectAsync(server, person, _cursor, cancellationToken);
                var reading = socket.ReadAsync(Hear, strings: true, cancellationToken);
                await SendRestAsync(socket, reading, count, acked, cancellationToken);
                _doing = "receives";
                if (Acked < count)
                {
                    socket.Abort();
                }

                await reading;
            }
            catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or TimeoutException)
            {
                // The server is dead, or was: connect again.
            }
            catch (OperationCanceledException)
            {
                // Cancelled, or the connection was aborted under a send.
            }

            Reconnects++;
            await Task.WhenAny(Task.Delay(_random.Next(20, 200), cancellationToken));
        }
    }

    private async Task SendRestAsync(ChatSocket socket, Task reading, int count, Action<int> acked, CancellationToken cancellationToken)
    {
        while (Acked < count && !reading.IsCompleted)
        {
            // Three quarters to the first room, the rest to the others: the choice is the message's own, so that a retry makes it again.
            var room = rooms[Acked % 4 == 3 ? 1 + Acked / 4 % (rooms.Count - 1) : 0];
            var clientId = $"{ApiClient.Text(person.Id)}-{ApiClient.Text(Acked)}";
            var answer = new TaskCompletionSource<Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _answer, answer);
            _doing = "sends";
            await socket.SendAsync(++_request, room.Id, clientId, Acked, "seven 일곱", cancellationToken);
            _doing = "waits for an answer";
            var first = await Task.WhenAny(answer.Task, reading, Task.Delay(AckPatience, cancellationToken));
            if (first == answer.Task && await answer.Task is { Op: FrameOp.Ok } ok)
            {
                journal.Add(new Ack(person.Id, room.Id, clientId, ok.Seq, ok.MessageId));
                Acked++;
                acked(1);
                continue;
            }

            Retries++;
            if (first != answer.Task)
            {
                // No answer: this connection is no good any more.
                return;
            }

            await Task.Delay(_random.Next(20, 200), cancellationToken);
        }
    }

    private void Hear(Frame frame)
    {
        switch (frame.Op)
        {
            case FrameOp.Ok or FrameOp.Error when frame.RequestId == _request:
                Volatile.Read(ref _answer)?.TrySetResult(frame);
                break;
            case FrameOp.Entry when frame.IsMessage:
                _received.GetOrAdd(frame.RoomId, _ => []).Add(frame.Seq);
                _cursor = frame.Cursor ?? _cursor;
                break;
            case FrameOp.Entry:
                _cursor = frame.Cursor ?? _cursor;
                break;
            case FrameOp.Reset:
                Faults.Enqueue($"{person.Id} was told to reset at cursor {_cursor}");
                break;
        }
    }
}
