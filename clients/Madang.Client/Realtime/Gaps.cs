using Madang.Client.Resources;

namespace Madang.Client.Realtime;

/// <summary>Finds holes in the numbers of the rooms that the application has loaded, and reads them from history.</summary>
internal sealed class Gaps(Rooms rooms, Lock gate, Action<string, IReadOnlyList<Message>> refilled)
{
    private const int Limit = 100;
    private readonly Dictionary<string, Tracked> _rooms = new(StringComparer.Ordinal);

    public void Track(string roomId, long seq)
    {
        if (!_rooms.TryGetValue(roomId, out var room))
        {
            _rooms[roomId] = room = new() { Heard = seq };
        }

        room.Known = Math.Max(room.Known, seq);
    }

    public void Forget() => _rooms.Clear();

    public void Heard(Message message)
    {
        if (!_rooms.TryGetValue(message.RoomId, out var room))
        {
            return;
        }

        room.Heard = Math.Max(room.Heard, message.Seq);
        if (!room.IsFilling && message.Seq == room.Known + 1)
        {
            room.Known = message.Seq;
        }
        else
        {
            Fill(message.RoomId, room);
        }
    }

    /// <summary>Takes up what a broken line has left open.</summary>
    public void Resume()
    {
        foreach (var (id, room) in _rooms.ToList())
        {
            Fill(id, room);
        }
    }

    private void Fill(string id, Tracked room)
    {
        if (!room.IsFilling && room.Heard > room.Known)
        {
            room.IsFilling = true;
            _ = FillAsync(id, room);
        }
    }

    private async Task FillAsync(string id, Tracked room)
    {
        var after = room.Known;
        try
        {
            for (var isOpen = true; isOpen;)
            {
                var page = await rooms.HistoryAsync(id, after: after, limit: Limit);
                lock (gate)
                {
                    isOpen = Found(id, room, page.Items);
                    after = room.Known;
                }
            }
        }
        catch (MadangException)
        {
            // The next message, or the next ready, tries again.
        }

        lock (gate)
        {
            room.IsFilling = false;
        }
    }

    private bool Found(string id, Tracked room, IReadOnlyList<Message> messages)
    {
        if (_rooms.GetValueOrDefault(id) != room)
        {
            return false;
        }

        if (messages.Count == 0)
        {
            // The room is gone for us, or was cut: there is nothing to wait for.
            room.Known = room.Heard;
            return false;
        }

        room.Known = Math.Max(room.Known, messages[^1].Seq);
        refilled(id, messages);
        return room.Known < room.Heard;
    }

    private sealed class Tracked
    {
        /// <summary>Everything up to here is with the application.</summary>
        public long Known { get; set; }

        /// <summary>The highest seq heard of.</summary>
        public long Heard { get; set; }

        public bool IsFilling { get; set; }
    }
}
