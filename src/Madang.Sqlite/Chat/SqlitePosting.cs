using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Sqlite.Chat;

/// <summary>
/// The hot write. All messages of a batch are decided first, from memory and by look-ups; then each table gets its rows once, in key order, so that
/// messages that lie on the same page share its write: that is what a commit costs.
/// </summary>
internal sealed class SqlitePosting(SqliteRoomMemory memory, Inbox inbox, Snowflake ids) : SqliteHotVerb<NewMessage, Result<Posted>>
{
    public override void Run(SqliteTx tx, IReadOnlyList<NewMessage> items, Span<Result<Posted>> results)
    {
        var batch = new Batch(tx);
        for (var i = 0; i < items.Count; i++)
        {
            results[i] = Decide(batch, items[i]);
        }

        if (batch.Messages.Count > 0)
        {
            Write(batch);
        }
    }

    public override void Forget() => memory.ForgetAll();

    private Result<Posted> Decide(Batch batch, NewMessage item)
    {
        if (memory.Find(batch.Tx, item.Room) is not { } room || !room.Has(item.Sender))
        {
            return ApiErrors.NotFound;
        }

        if (FindKey(batch, item) is { } use)
        {
            return use.Room == item.Room && use.Digest == item.Digest && use.Seq > 0
                ? new Posted(batch.Find(item) ?? Reread(batch.Tx, use), Repeated: true)
                : ApiErrors.IdempotencyConflict;
        }

        if (item.ReplyTo > room.HeadSeq)
        {
            return Messages.NoSuchReply;
        }

        var blockers = batch.BlockersOf(item.Sender);
        if (room.Kind == RoomKind.Direct && (blockers.Contains(room.Other(item.Sender)) || Blocks(batch.Tx, item.Sender, room.Other(item.Sender))))
        {
            return AccountsErrors.Blocked;
        }

        room.HeadSeq++;
        var message = new Message(new(ids.Next()), item.Room, room.HeadSeq, item.Sender, item.ClientId, item.Text, item.ReplyTo, batch.Tx.Now);
        batch.Add(message, item.Digest, room, blockers);
        return new Posted(message, Repeated: false);
    }

    private static KeyUse? FindKey(Batch batch, NewMessage item)
    {
        if (batch.FindKey(item) is { } now)
        {
            return now;
        }

        using var row = batch.Tx.Use(SqliteRoomStore.FindKeySql);
        row.Bind(1, KeyBucket.Of(batch.Tx.Now)).Bind(2, item.Sender.Value).Bind(3, item.ClientId);
        return row.Step() ? new(new(row.Int64(0)), row.Int64(1), row.Int64(2)) : null;
    }

    /// <summary>The sender's own message of an earlier batch.</summary>
    private static Message Reread(SqliteTx tx, KeyUse use)
    {
        using var row = tx.Use(
            "SELECT room_id, seq, id, sender_id, client_id, text, reply_to, created_at, 0 FROM message WHERE room_id = ?1 AND seq = ?2");
        return row.Bind(1, use.Room.Value).Bind(2, use.Seq).Step()
            ? ChatRows.Message(row)
            : throw new InvalidOperationException($"Message {use.Seq} of room {use.Room} has a client id but no row.");
    }

    private static bool Blocks(SqliteTx tx, UserId owner, UserId target)
    {
        using var row = tx.Use("SELECT 1 FROM relation WHERE user_id = ?1 AND kind = 4 AND target_id = ?2");
        return row.Bind(1, owner.Value).Bind(2, target.Value).Step();
    }

    private void Write(Batch batch)
    {
        var tx = batch.Tx;
        batch.Messages.Sort(static (one, other) => (one.Message.Room, one.Message.Seq).CompareTo((other.Message.Room, other.Message.Seq)));
        using (var insert = tx.Use("INSERT INTO message (room_id, seq, id, sender_id, client_id, text, reply_to, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"))
        {
            foreach (var (message, _) in batch.Messages)
            {
                insert.Bind(1, message.Room.Value).Bind(2, message.Seq).Bind(3, message.Id.Value).Bind(4, message.Sender.Value)
                    .Bind(5, message.ClientId).Bind(6, message.Text).Bind(7, message.ReplyTo).Bind(8, message.CreatedAt).Again();
            }
        }

        using (var head = tx.Use("UPDATE room SET head_seq = ?2 WHERE id = ?1"))
        {
            foreach (var room in batch.Rooms.OrderBy(room => room.Id))
            {
                head.Bind(1, room.Id.Value).Bind(2, room.HeadSeq).Again();
            }
        }

        using (var mark = tx.Use("UPDATE member SET read_seq = ?3 WHERE room_id = ?1 AND user_id = ?2"))
        {
            // Sorted by seq within a room already: the last one of a sender stands. Nobody can have read beyond their own newest message.
            foreach (var ((room, sender), seq) in batch.Marks.OrderBy(one => one.Key))
            {
                mark.Bind(1, room.Value).Bind(2, sender.Value).Bind(3, seq).Again();
            }
        }

        var bucket = KeyBucket.Of(tx.Now);
        batch.Messages.Sort(static (one, other) => Order(one.Message, other.Message));
        using (var key = tx.Use("INSERT INTO message_key (bucket, user_id, client_id, room_id, seq, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"))
        {
            foreach (var (message, digest) in batch.Messages)
            {
                key.Bind(1, bucket).Bind(2, message.Sender.Value).Bind(3, message.ClientId).Bind(4, message.Room.Value).Bind(5, message.Seq).Bind(6, digest).Again();
            }
        }

        inbox.Append(tx, batch.Entries);
    }

    private static int Order(Message one, Message other) =>
        one.Sender.CompareTo(other.Sender) is var order && order != 0 ? order : string.CompareOrdinal(one.ClientId, other.ClientId);

    /// <summary>What this batch has decided but not written yet.</summary>
    private sealed class Batch(SqliteTx tx)
    {
        private static readonly IReadOnlyList<UserId> Nobody = [];
        private readonly Dictionary<(UserId, string), (Message Message, long Digest)> _keys = [];
        private readonly Dictionary<UserId, IReadOnlyList<UserId>> _blockers = [];

        public SqliteTx Tx => tx;

        public List<(Message Message, long Digest)> Messages { get; } = [];

        public List<NewEntry> Entries { get; } = [];

        public HashSet<RememberedRoom> Rooms { get; } = [];

        public Dictionary<(RoomId Room, UserId Sender), long> Marks { get; } = [];

        public void Add(Message message, long digest, RememberedRoom room, IReadOnlyList<UserId> blockers)
        {
            _keys[(message.Sender, message.ClientId)] = (message, digest);
            Messages.Add((message, digest));
            Rooms.Add(room);
            Marks[(message.Room, message.Sender)] = message.Seq;
            IReadOnlyCollection<UserId>? notLive = blockers.Count == 0 ? null : [.. blockers.Where(room.Has)];
            Entries.Add(new(new(EntryType.MessageCreated, message.Room.Value, message.Seq), room.Users, message, notLive is { Count: 0 } ? null : notLive));
        }

        public KeyUse? FindKey(NewMessage item) =>
            _keys.TryGetValue((item.Sender, item.ClientId), out var one) ? new(one.Message.Room, one.Message.Seq, one.Digest) : null;

        public Message? Find(NewMessage item) => _keys.TryGetValue((item.Sender, item.ClientId), out var one) ? one.Message : null;

        /// <summary>Who has blocked the sender, asked once a batch: closures that could change it have run before.</summary>
        public IReadOnlyList<UserId> BlockersOf(UserId sender)
        {
            if (_blockers.TryGetValue(sender, out var known))
            {
                return known;
            }

            List<UserId>? blockers = null;
            using var rows = tx.Use("SELECT user_id FROM relation WHERE target_id = ?1 AND kind = 4").Bind(1, sender.Value);
            while (rows.Step())
            {
                (blockers ??= []).Add(new(rows.Int64(0)));
            }

            return _blockers[sender] = blockers ?? Nobody;
        }
    }
}
