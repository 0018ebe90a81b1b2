using System.Text.Json;
using Madang.Bench.Measuring;
using Madang.Bench.Wire;

namespace Madang.Bench.Killing;

/// <summary>The journal against what the server tells now: nothing lost, nothing twice, order kept, over history, inboxes and live receipt.</summary>
internal sealed class Audit(ApiClient api, IReadOnlyList<Room> rooms)
{
    private readonly List<string> _faults = [];

    public async Task<IReadOnlyList<string>> RunAsync(
        IReadOnlyList<Ack> journal, IReadOnlyList<StubbornSender> senders, IReadOnlyDictionary<long, string> firstCursors, CancellationToken cancellationToken)
    {
        CheckJournal(journal);
        var heads = new Dictionary<long, long>();
        foreach (var room in rooms)
        {
            heads[room.Id] = await CheckRoomAsync(room, journal.Where(ack => ack.Room == room.Id).ToList(), cancellationToken);
        }

        foreach (var sender in senders)
        {
            var mine = rooms.Where(room => room.Members.Contains(sender.Person)).ToList();
            foreach (var room in mine)
            {
                CheckSequence($"{sender.Person.Id} live in room {room.Id}", sender.Received.GetValueOrDefault(room.Id) ?? [], heads[room.Id]);
            }

            await CheckInboxAsync(sender.Person, firstCursors[sender.Person.Id], mine, heads, cancellationToken);
        }

        return _faults;
    }

    private void CheckJournal(IReadOnlyList<Ack> journal)
    {
        Expect(journal.DistinctBy(ack => ack.ClientId).Count() == journal.Count, "a client id was acknowledged twice");
        Expect(journal.DistinctBy(ack => ack.Id).Count() == journal.Count, "two messages have one id");
        foreach (var line in journal.GroupBy(ack => (ack.Sender, ack.Room)))
        {
            var seqs = line.Select(ack => ack.Seq).ToList();
            Expect(seqs.SequenceEqual(seqs.Order()), $"messages of {line.Key.Sender} in room {line.Key.Room} changed their order");
        }
    }

    private async Task<long> CheckRoomAsync(Room room, List<Ack> journal, CancellationToken cancellationToken)
    {
        var acks = journal.ToDictionary(ack => ack.ClientId);
        var head = 0L;
        for (string? after = "0"; after is not null;)
        {
            var page = await api.GetAsync($"/v1/rooms/{room.Id}/messages?after={after}&limit=100", room.Members[0].Token, cancellationToken);
            foreach (var message in page.GetProperty("items").EnumerateArray())
            {
                var seq = message.GetProperty("seq").GetInt64();
                Expect(seq == head + 1, $"room {room.Id}: seq {seq} follows {head}");
                head = seq;
                var clientId = message.GetProperty("client_id").GetString()!;
                Expect(
                    acks.Remove(clientId, out var ack) && ack.Seq == seq && ack.Id == ApiClient.Number(message.GetProperty("id").GetString()!),
                    $"room {room.Id} seq {seq}: {clientId} is not what was acknowledged, or is there twice");
            }

            after = page.GetProperty("next").GetString();
        }

        Expect(acks.Count == 0, $"room {room.Id}: {acks.Count} acknowledged messages are lost, {acks.Keys.FirstOrDefault()} among them");
        return head;
    }

    private async Task CheckInboxAsync(
        Person person, string cursor, List<Room> mine, Dictionary<long, long> heads, CancellationToken cancellationToken)
    {
        var seen = mine.ToDictionary(room => room.Id, _ => new List<long>());
        JsonElement page;
        do
        {
            page = await api.GetAsync($"/v1/sync?since={Uri.EscapeDataString(cursor)}&limit=500", person.Token, cancellationToken);
            Expect(!page.TryGetProperty("reset", out _), $"the inbox of {person.Id} was reset");
            foreach (var entry in page.GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("type").GetString() == "message.created"))
            {
                var message = entry.GetProperty("data");
                seen[ApiClient.Number(message.GetProperty("room_id").GetString()!)].Add(message.GetProperty("seq").GetInt64());
            }

            cursor = page.GetProperty("cursor").GetString()!;
        }
        while (page.GetProperty("limited").GetBoolean());

        foreach (var (room, seqs) in seen)
        {
            CheckSequence($"inbox of {person.Id}, room {room}", seqs, heads[room]);
        }
    }

    private void CheckSequence(string where, List<long> seqs, long head)
    {
        for (var i = 0; i < seqs.Count; i++)
        {
            if (seqs[i] != i + 1)
            {
                Expect(false, $"{where}: seq {seqs[i]} in place of {i + 1}");
                return;
            }
        }

        Expect(seqs.Count == head, $"{where}: {seqs.Count} of {head} messages");
    }

    private void Expect(bool holds, string fault)
    {
        if (!holds)
        {
            _faults.Add(fault);
        }
    }
}
