using System.Collections.Concurrent;
using Madang.Accounts;
using Madang.Api;
using Madang.Chat;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Postgres.Chat;

/// <summary>
/// The hot write, for a whole batch at once: lock the rooms by ascending id, look up what decides, write each table by one statement, append to the
/// inboxes last. Everything after the lock is read by statements that begin after it, so it is current.
/// </summary>
internal sealed class PostgresPosting(Inbox inbox, Snowflake ids) : PostgresHotVerb<NewMessage, Result<Posted>>
{
    private const int MostSizes = 100_000;

    // How many inbox rows a message of the room wrote last time. A guess for the size of batches, nothing more.
    private readonly ConcurrentDictionary<RoomId, int> _sizes = new();

    public override string Name => "messages";

    /// <summary>
    /// By room, so that the two sessions never wait for each other's rooms. A retry goes to the room of its original; a client id used for two rooms at
    /// once meets the key of message_key, and its batch then runs item by item.
    /// </summary>
    public override int PartitionOf(NewMessage item) => item.Room.GetHashCode();

    public override int WeightOf(NewMessage item) => _sizes.GetValueOrDefault(item.Room, 2);

    public override void Run(PostgresTx tx, IReadOnlyList<NewMessage> items, Span<Result<Posted>> results)
    {
        var rooms = LockRooms(tx, items);
        var batch = new Batch(tx.Now, ids);
        Read(tx, items, rooms, batch);
        for (var i = 0; i < items.Count; i++)
        {
            results[i] = batch.Decide(items[i], rooms.GetValueOrDefault(items[i].Room));
        }

        if (batch.Posts.Count > 0)
        {
            Write(tx, batch);
            inbox.Append(tx, batch.Entries());
            Remember(batch);
        }
    }

    private static Dictionary<RoomId, BatchRoom> LockRooms(PostgresTx tx, IReadOnlyList<NewMessage> items)
    {
        var rooms = new Dictionary<RoomId, BatchRoom>();
        using var command = tx.Use(
            "SELECT id, kind, head_seq FROM room WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE",
            items.Select(item => item.Room.Value).Distinct().Order().ToArray());
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            rooms[new(rows.GetInt64(0))] = new((RoomKind)rows.GetInt16(1)) { HeadSeq = rows.GetInt64(2) };
        }

        return rooms;
    }

    /// <summary>Members, client ids used before and blocks, in one round trip.</summary>
    private static void Read(PostgresTx tx, IReadOnlyList<NewMessage> items, Dictionary<RoomId, BatchRoom> rooms, Batch batch)
    {
        var bucket = KeyBucket.Of(tx.Now);
        var senders = items.Select(item => item.Sender.Value).Distinct().ToArray();
        using var reads = tx.Batch();
        reads.Add("SELECT room_id, user_id FROM member WHERE room_id = ANY($1) ORDER BY room_id, user_id", rooms.Keys.Select(room => room.Value).ToArray());
        // OFFSET: as below.
        reads.Add(
            """
            SELECT s.user_id, s.client_id, k.digest, m.room_id, m.seq, m.id, m.sender_id, m.client_id, m.text, m.reply_to, m.created_at, false
            FROM unnest($1::bigint[], $2::text[]) s (user_id, client_id)
            CROSS JOIN LATERAL (SELECT digest, room_id, seq FROM message_key WHERE bucket = ANY($3) AND user_id = s.user_id AND client_id = s.client_id OFFSET 0) k
            LEFT JOIN message m ON m.room_id = k.room_id AND m.seq = k.seq
            """,
            items.Select(item => item.Sender.Value).ToArray(), items.Select(item => item.ClientId).ToArray(), new[] { bucket, bucket - 1 });
        reads.Add("SELECT user_id, target_id FROM relation WHERE target_id = ANY($1) AND kind = 4", senders);
        // Whom the senders have blocked matters in direct rooms only, so the other one of those is asked for by key. OFFSET keeps the planner from
        // turning the look-up into a pass over all blocks, which a plan made on an empty table would repeat for ever.
        reads.Add(
            """
            SELECT s.user_id, m.user_id
            FROM unnest($1::bigint[], $2::bigint[]) s (room_id, user_id)
            JOIN member m ON m.room_id = s.room_id AND m.user_id <> s.user_id
            CROSS JOIN LATERAL (SELECT FROM relation b WHERE b.user_id = s.user_id AND b.kind = 4 AND b.target_id = m.user_id OFFSET 0) b
            """,
            items.Where(item => IsDirect(rooms, item)).Select(item => item.Room.Value).ToArray(),
            items.Where(item => IsDirect(rooms, item)).Select(item => item.Sender.Value).ToArray());
        using var rows = reads.ExecuteReader();
        while (rows.Read())
        {
            rooms[new(rows.GetInt64(0))].Members.Add(new(rows.GetInt64(1)));
        }

        _ = rows.NextResult();
        while (rows.Read())
        {
            batch.AddKey(new(rows.GetInt64(0)), rows.GetString(1), rows.GetInt64(2), rows.IsDBNull(3) ? null : ChatRows.Message(rows, 3));
        }

        while (rows.NextResult())
        {
            while (rows.Read())
            {
                batch.AddBlock(new(rows.GetInt64(0)), new(rows.GetInt64(1)));
            }
        }
    }

    private static bool IsDirect(Dictionary<RoomId, BatchRoom> rooms, NewMessage item) =>
        rooms.TryGetValue(item.Room, out var room) && room.Kind == RoomKind.Direct;

    private static void Write(PostgresTx tx, Batch batch)
    {
        var posts = batch.Posts;
        using var writes = tx.Batch();
        writes.Add(
            """
            INSERT INTO message (room_id, seq, id, sender_id, client_id, text, reply_to, created_at)
            SELECT m.room_id, m.seq, m.id, m.sender_id, m.client_id, m.text, NULLIF(m.reply_to, 0), $8
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[])
                m (room_id, seq, id, sender_id, client_id, text, reply_to)
            """,
            posts.Select(post => post.Message.Room.Value).ToArray(), posts.Select(post => post.Message.Seq).ToArray(),
            posts.Select(post => post.Message.Id.Value).ToArray(), posts.Select(post => post.Message.Sender.Value).ToArray(),
            posts.Select(post => post.Message.ClientId).ToArray(), posts.Select(post => post.Message.Text).ToArray(),
            posts.Select(post => post.Message.ReplyTo ?? 0).ToArray(), tx.Now);

        var heads = posts.GroupBy(post => post.Message.Room, (room, own) => (Room: room.Value, Head: own.Max(post => post.Message.Seq))).ToList();
        writes.Add(
            "UPDATE room r SET head_seq = h.seq FROM unnest($1::bigint[], $2::bigint[]) h (room_id, seq) WHERE r.id = h.room_id",
            heads.Select(head => head.Room).ToArray(), heads.Select(head => head.Head).ToArray());

        var marks = posts.GroupBy(
            post => (post.Message.Room, post.Message.Sender),
            (key, own) => (Room: key.Room.Value, Sender: key.Sender.Value, Seq: own.Max(post => post.Message.Seq))).ToList();
        writes.Add(
            """
            UPDATE member m SET read_seq = s.seq FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) s (room_id, user_id, seq)
            WHERE m.room_id = s.room_id AND m.user_id = s.user_id
            """,
            marks.Select(mark => mark.Room).ToArray(), marks.Select(mark => mark.Sender).ToArray(), marks.Select(mark => mark.Seq).ToArray());

        // In key order: two transactions that use the same ids wait for each other, never crosswise.
        var keys = posts.OrderBy(post => post.Message.Sender).ThenBy(post => post.Message.ClientId, StringComparer.Ordinal).ToList();
        writes.Add(
            """
            INSERT INTO message_key (bucket, user_id, client_id, room_id, seq, digest)
            SELECT $1, k.user_id, k.client_id, k.room_id, k.seq, k.digest
            FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) k (user_id, client_id, room_id, seq, digest)
            """,
            KeyBucket.Of(tx.Now), keys.Select(key => key.Message.Sender.Value).ToArray(), keys.Select(key => key.Message.ClientId).ToArray(),
            keys.Select(key => key.Message.Room.Value).ToArray(), keys.Select(key => key.Message.Seq).ToArray(), keys.Select(key => key.Digest).ToArray());
        _ = writes.ExecuteNonQuery();
    }

    private void Remember(Batch batch)
    {
        if (_sizes.Count > MostSizes)
        {
            _sizes.Clear();
        }

        foreach (var post in batch.Posts)
        {
            _sizes[post.Message.Room] = post.Room.Members.Count;
        }
    }

    private sealed class BatchRoom(RoomKind kind)
    {
        public RoomKind Kind => kind;

        public long HeadSeq { get; set; }

        /// <summary>Ascending.</summary>
        public List<UserId> Members { get; } = [];
    }

    private sealed record Post(Message Message, long Digest, BatchRoom Room, IReadOnlyCollection<UserId>? NotLive);

    /// <summary>What is known and decided so far.</summary>
    private sealed class Batch(DateTimeOffset now, Snowflake ids)
    {
        /// <summary>A message is missing where the client id made a room.</summary>
        private readonly Dictionary<(UserId, string), (long Digest, Message? Message)> _keys = [];

        private readonly HashSet<(UserId Owner, UserId Target)> _blocks = [];

        public List<Post> Posts { get; } = [];

        public void AddKey(UserId user, string clientId, long digest, Message? message) => _keys[(user, clientId)] = (digest, message);

        public void AddBlock(UserId owner, UserId target) => _blocks.Add((owner, target));

        public IReadOnlyList<NewEntry> Entries() =>
            [.. Posts.Select(post => new NewEntry(
                new(EntryType.MessageCreated, post.Message.Room.Value, post.Message.Seq), post.Room.Members, post.Message, post.NotLive))];

        public Result<Posted> Decide(NewMessage item, BatchRoom? room)
        {
            if (room is null || room.Members.BinarySearch(item.Sender) < 0)
            {
                return ApiErrors.NotFound;
            }

            if (_keys.TryGetValue((item.Sender, item.ClientId), out var use))
            {
                return use.Message is { } before && before.Room == item.Room && use.Digest == item.Digest
                    ? new Posted(before, Repeated: true)
                    : ApiErrors.IdempotencyConflict;
            }

            if (item.ReplyTo > room.HeadSeq)
            {
                return Messages.NoSuchReply;
            }

            var blockers = _blocks.Count == 0 ? [] : room.Members.Where(member => _blocks.Contains((member, item.Sender))).ToList();
            if (room.Kind == RoomKind.Direct
                && (blockers.Count > 0 || room.Members.Exists(member => _blocks.Contains((item.Sender, member)))))
            {
                return AccountsErrors.Blocked;
            }

            room.HeadSeq++;
            var message = new Message(new(ids.Next()), item.Room, room.HeadSeq, item.Sender, item.ClientId, item.Text, item.ReplyTo, now);
            _keys[(item.Sender, item.ClientId)] = (item.Digest, message);
            Posts.Add(new(message, item.Digest, room, blockers.Count == 0 ? null : blockers));
            return new Posted(message, Repeated: false);
        }
    }
}
