using Madang.Client.Resources;

namespace Madang.Client.Realtime;

/// <summary>Sends in order per room, one at a time, with one client id per message, until the server has it or refuses it (docs/realtime, rule 11).</summary>
internal sealed class Outbox(Rooms rooms, TimeProvider time, Random random, Lock gate, IOutboxEvents events)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private readonly Dictionary<string, List<Letter>> _rooms = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Letter> _asked = [];

    private enum Place
    {
        Queued,
        Socket,
        Http,
        Delayed,
    }

    /// <summary>Completes with the message as the server has it; a second call with the same client id joins the first.</summary>
    public Task<Message> Add(string roomId, NewMessage message)
    {
        if (!_rooms.TryGetValue(roomId, out var queue))
        {
            _rooms[roomId] = queue = [];
        }

        if (queue.Find(each => each.Message.ClientId == message.ClientId) is { } waiting)
        {
            return waiting.Done.Task;
        }

        var letter = new Letter(roomId, message, new Alarm(time, gate));
        queue.Add(letter);
        Next(roomId);
        return letter.Done.Task;
    }

    /// <summary>Every try that waits for its time starts now.</summary>
    public void LineReady()
    {
        foreach (var letter in Heads(Place.Delayed))
        {
            Try(letter);
        }
    }

    /// <summary>What was in flight is repeated over HTTP.</summary>
    public void LineLost()
    {
        _asked.Clear();
        foreach (var letter in Heads(Place.Socket))
        {
            TryHttp(letter);
        }
    }

    public void Answered(long id, Message? message)
    {
        if (_asked.Remove(id) && message is { Hidden: false })
        {
            Settle(message);
        }
    }

    public void Answered(long? id, MadangException reason)
    {
        if (id is { } asked && _asked.Remove(asked, out var letter) && letter.Place == Place.Socket)
        {
            Failed(letter, reason);
        }
    }

    /// <summary>The message is on the server, whoever says so.</summary>
    public void Settle(Message message)
    {
        if (_rooms.GetValueOrDefault(message.RoomId)?.Find(each => each.Message.ClientId == message.ClientId) is { } letter)
        {
            Remove(letter);
            letter.Done.TrySetResult(message);
            events.Acked(message);
            Next(letter.RoomId);
        }
    }

    /// <summary>What has not been settled may be on the server or not.</summary>
    public void Stop()
    {
        foreach (var letter in _rooms.Values.SelectMany(queue => queue))
        {
            letter.Timer.Clear();
            letter.Done.TrySetException(new MadangException("interrupted", "The client stopped before the server answered; send it again with the same client id."));
        }

        _rooms.Clear();
        _asked.Clear();
    }

    private void Next(string roomId)
    {
        if (_rooms.GetValueOrDefault(roomId) is [{ Place: Place.Queued } head, ..])
        {
            Try(head);
        }
    }

    private void Try(Letter letter)
    {
        if (events.Request(id => ClientFrame.Send(id, letter.RoomId, letter.Message)) is not { } id)
        {
            TryHttp(letter);
            return;
        }

        _asked[id] = letter;
        letter.Place = Place.Socket;
        letter.Timer.Set(AnswerWithin, () => TryHttp(letter));
    }

    private void TryHttp(Letter letter)
    {
        letter.Timer.Clear();
        letter.Place = Place.Http;
        _ = PostAsync(letter);
    }

    private async Task PostAsync(Letter letter)
    {
        try
        {
            var message = await rooms.PostAsync(letter.RoomId, letter.Message);
            lock (gate)
            {
                Settle(message);
            }
        }
        catch (MadangException reason)
        {
            lock (gate)
            {
                if (letter.Place == Place.Http && _rooms.GetValueOrDefault(letter.RoomId)?.Contains(letter) == true)
                {
                    Failed(letter, reason);
                }
            }
        }
    }

    private void Failed(Letter letter, MadangException reason)
    {
        if (reason.Status == 401)
        {
            events.SignedOut();
        }
        else if (!reason.IsPassing)
        {
            Remove(letter);
            letter.Done.TrySetException(reason);
            events.Refused(letter.RoomId, letter.Message.ClientId, reason);
            Next(letter.RoomId);
        }
        else
        {
            var delay = reason.RetryAfter ?? Jitter.Delay(letter.Failures, random.NextDouble());
            letter.Failures++;
            letter.Place = Place.Delayed;
            letter.Timer.Set(delay, () => Try(letter));
        }
    }

    private List<Letter> Heads(Place place) => [.. _rooms.Values.Select(queue => queue[0]).Where(letter => letter.Place == place)];

    private void Remove(Letter letter)
    {
        letter.Timer.Clear();
        if (_rooms.TryGetValue(letter.RoomId, out var queue) && queue.Remove(letter) && queue.Count == 0)
        {
            _rooms.Remove(letter.RoomId);
        }
    }

    private sealed class Letter(string roomId, NewMessage message, Alarm timer)
    {
        public string RoomId => roomId;

        public NewMessage Message => message;

        /// <summary>Until when to wait for the answer, or for the next try.</summary>
        public Alarm Timer => timer;

        public Place Place { get; set; } = Place.Queued;

        public int Failures { get; set; }

        public TaskCompletionSource<Message> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

internal interface IOutboxEvents
{
    /// <summary>Sends a frame with the next request id; null when no socket is ready.</summary>
    long? Request(Func<long, string> frame);

    void Acked(Message message);

    void Refused(string roomId, string clientId, MadangException reason);

    void SignedOut();
}
