using Madang.Api;
using Madang.Chat;
using Madang.Storage;

namespace Madang.Sqlite.Chat;

internal sealed class SqliteRoomStore(SqliteDatabase database) : IRoomStore
{
    /// <summary>In the current bucket and the one before.</summary>
    public const string FindKeySql =
        "SELECT room_id, seq, digest FROM message_key WHERE bucket IN (?1, ?1 - 1) AND user_id = ?2 AND client_id = ?3";

    public LockedRoom? Lock(WriteTx tx, RoomId room)
    {
        var sqlite = SqliteTx.Of(tx);
        using var row = sqlite.Use("SELECT kind, title, head_seq FROM room WHERE id = ?1").Bind(1, room.Value);
        if (!row.Step())
        {
            return null;
        }

        var members = new List<Member>();
        using var rows = sqlite.Use("SELECT user_id, role, read_seq, joined_at FROM member WHERE room_id = ?1 ORDER BY user_id").Bind(1, room.Value);
        while (rows.Step())
        {
            members.Add(ChatRows.Member(rows, 0));
        }

        return new(room, (RoomKind)row.Int32(0), row.TextOrNull(1), row.Int64(2), members);
    }

    public RoomId? FindDirect(WriteTx tx, UserId one, UserId other)
    {
        using var row = SqliteTx.Of(tx).Use("SELECT room_id FROM room_direct WHERE a = ?1 AND b = ?2");
        return row.Bind(1, Math.Min(one.Value, other.Value)).Bind(2, Math.Max(one.Value, other.Value)).Scalar() is { } id ? new(id) : null;
    }

    public RoomId ReserveDirect(WriteTx tx, RoomId room, UserId one, UserId other)
    {
        // One writer: nobody comes between the look-up and the insert.
        if (FindDirect(tx, one, other) is { } existing)
        {
            return existing;
        }

        using var insert = SqliteTx.Of(tx).Use("INSERT INTO room_direct (a, b, room_id) VALUES (?1, ?2, ?3)");
        _ = insert.Bind(1, Math.Min(one.Value, other.Value)).Bind(2, Math.Max(one.Value, other.Value)).Bind(3, room.Value).Run();
        return room;
    }

    public void Create(WriteTx tx, RoomId room, RoomKind kind, string? title, IReadOnlyList<Member> members)
    {
        var sqlite = SqliteTx.Of(tx);
        using (var insert = sqlite.Use("INSERT INTO room (id, kind, title, head_seq, created_at) VALUES (?1, ?2, ?3, 0, ?4)"))
        {
            _ = insert.Bind(1, room.Value).Bind(2, (long)kind).Bind(3, title).Bind(4, tx.Now).Run();
        }

        foreach (var member in members)
        {
            SqliteMemberStore.Insert(sqlite, room, member);
        }
    }

    public void Rename(WriteTx tx, RoomId room, string? title)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE room SET title = ?2 WHERE id = ?1");
        _ = update.Bind(1, room.Value).Bind(2, title).Run();
    }

    public KeyUse? FindKey(WriteTx tx, UserId user, string clientId)
    {
        using var row = SqliteTx.Of(tx).Use(FindKeySql);
        row.Bind(1, KeyBucket.Of(tx.Now)).Bind(2, user.Value).Bind(3, clientId);
        return row.Step() ? new(new(row.Int64(0)), row.Int64(1), row.Int64(2)) : null;
    }

    public bool TryAddKey(WriteTx tx, UserId user, string clientId, KeyUse use)
    {
        using var insert = SqliteTx.Of(tx).Use(
            "INSERT INTO message_key (bucket, user_id, client_id, room_id, seq, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING");
        return insert.Bind(1, KeyBucket.Of(tx.Now)).Bind(2, user.Value).Bind(3, clientId).Bind(4, use.Room.Value).Bind(5, use.Seq).Bind(6, use.Digest).Run() == 1;
    }

    public int PruneKeys(WriteTx tx, long oldestKept, int limit)
    {
        var sqlite = SqliteTx.Of(tx);
        var old = new List<(long Bucket, long User, string ClientId)>(limit);
        using (var rows = sqlite.Use("SELECT bucket, user_id, client_id FROM message_key WHERE bucket < ?1 ORDER BY bucket, user_id, client_id LIMIT ?2"))
        {
            _ = rows.Bind(1, oldestKept).Bind(2, limit);
            while (rows.Step())
            {
                old.Add((rows.Int64(0), rows.Int64(1), rows.Text(2)));
            }
        }

        // One by one by the whole key: a row-value IN would look through all ids of each of these people.
        using var delete = sqlite.Use("DELETE FROM message_key WHERE bucket = ?1 AND user_id = ?2 AND client_id = ?3");
        foreach (var (bucket, user, clientId) in old)
        {
            delete.Bind(1, bucket).Bind(2, user).Bind(3, clientId).Again();
        }

        return old.Count;
    }

    public Task<IReadOnlyList<Room>> FindAsync(UserId viewer, IReadOnlyCollection<RoomId> rooms, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Room>>(
            connection =>
            {
                using var rows = connection.Use(
                    """
                    SELECT r.id, r.kind, r.title, r.head_seq, me.read_seq, r.created_at
                    FROM json_each(?2) j
                    CROSS JOIN member me ON me.room_id = j.value AND me.user_id = ?1
                    CROSS JOIN room r ON r.id = me.room_id
                    """).Bind(1, viewer.Value).Bind(2, ChatRows.List(rooms.Select(room => room.Value)));
                return Complete(connection, viewer, Heads(rows));
            },
            cancellationToken);

    public Task<IReadOnlyList<Room>> ListAsync(UserId viewer, RoomId? below, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Room>>(
            connection =>
            {
                using var rows = connection.Use(
                    """
                    SELECT r.id, r.kind, r.title, r.head_seq, me.read_seq, r.created_at
                    FROM member me CROSS JOIN room r ON r.id = me.room_id
                    WHERE me.user_id = ?1 AND me.room_id < ?2
                    ORDER BY me.room_id DESC LIMIT ?3
                    """).Bind(1, viewer.Value).Bind(2, below?.Value ?? long.MaxValue).Bind(3, limit);
                return Complete(connection, viewer, Heads(rows));
            },
            cancellationToken);

    public Task<AuditStep> AuditAsync(RoomId after, int rooms, long oldestBucket, CancellationToken cancellationToken) =>
        database.ReadAsync(
            connection =>
            {
                // Null when fewer rooms are left: this step goes to the end.
                long? last;
                using (var end = connection.Use("SELECT id FROM room WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2"))
                {
                    last = end.Bind(1, after.Value).Bind(2, rooms - 1L).Scalar();
                }

                var found = new List<string>();
                using var rows = connection.Use(AuditSql).Bind(1, after.Value).Bind(2, last ?? long.MaxValue).Bind(3, oldestBucket);
                while (rows.Step())
                {
                    found.Add($"room {rows.Int64(0)}: {rows.Text(1)}");
                }

                return new AuditStep(found, last is { } id ? new RoomId(id) : null);
            },
            cancellationToken);

    private const string AuditSql =
        """
        WITH log AS (SELECT room_id, COUNT(*) AS count, MAX(seq) AS last FROM message WHERE room_id > ?1 AND room_id <= ?2 GROUP BY room_id),
             own AS (SELECT room_id, sender_id, MAX(seq) AS last FROM message WHERE room_id > ?1 AND room_id <= ?2 GROUP BY room_id, sender_id),
             crew AS (SELECT room_id, COUNT(*) AS count, SUM(role = 2) AS owners, MIN(user_id) AS a, MAX(user_id) AS b
                      FROM member WHERE room_id > ?1 AND room_id <= ?2 GROUP BY room_id),
             part AS (SELECT * FROM room WHERE id > ?1 AND id <= ?2)
        SELECT r.id, 'head_seq is ' || r.head_seq || ', but there are ' || COALESCE(l.count, 0) || ' messages up to ' || COALESCE(l.last, 0)
        FROM part r LEFT JOIN log l ON l.room_id = r.id WHERE r.head_seq <> COALESCE(l.count, 0) OR r.head_seq <> COALESCE(l.last, 0)
        UNION ALL
        SELECT l.room_id, 'messages without a room' FROM log l WHERE NOT EXISTS (SELECT 1 FROM part r WHERE r.id = l.room_id)
        UNION ALL
        SELECT m.room_id, 'member ' || m.user_id || ' has read ' || m.read_seq || ' of ' || r.head_seq || ' and written ' || COALESCE(o.last, 0)
        FROM part r JOIN member m ON m.room_id = r.id LEFT JOIN own o ON o.room_id = m.room_id AND o.sender_id = m.user_id
        WHERE m.read_seq NOT BETWEEN COALESCE(o.last, 0) AND r.head_seq
        UNION ALL
        SELECT r.id, 'group of ' || c.count || ' without an owner' FROM part r JOIN crew c ON c.room_id = r.id WHERE r.kind = 2 AND c.owners = 0
        UNION ALL
        SELECT r.id, 'is not the direct room of its ' || COALESCE(c.count, 0) || ' members' FROM part r LEFT JOIN crew c ON c.room_id = r.id
        WHERE r.kind = 1 AND (COALESCE(c.count, 0) <> 2 OR NOT EXISTS (SELECT 1 FROM room_direct d WHERE d.a = c.a AND d.b = c.b AND d.room_id = r.id))
        UNION ALL
        SELECT m.room_id, 'message ' || m.seq || ' is not what its client id names' FROM message m
        WHERE m.room_id > ?1 AND m.room_id <= ?2 AND m.created_at / 604800000 >= ?3 AND NOT EXISTS
            (SELECT 1 FROM message_key k WHERE k.bucket = m.created_at / 604800000 AND k.user_id = m.sender_id AND k.client_id = m.client_id
             AND k.room_id = m.room_id AND k.seq = m.seq)
        LIMIT 1000
        """;

    private static List<Room> Heads(Statement rows)
    {
        var rooms = new List<Room>();
        while (rows.Step())
        {
            rooms.Add(new(
                new(rows.Int64(0)), (RoomKind)rows.Int32(1), rows.TextOrNull(2), [], rows.Int64(3), rows.Int64(4), null, rows.Time(5)));
        }

        return rooms;
    }

    /// <summary>Adds members and last messages: two queries, however many rooms.</summary>
    private static List<Room> Complete(SqliteConnection connection, UserId viewer, List<Room> rooms)
    {
        if (rooms.Count == 0)
        {
            return rooms;
        }

        var list = ChatRows.List(rooms.Select(room => room.Id.Value));
        var members = rooms.ToDictionary(room => room.Id, _ => new List<Member>());
        using (var rows = connection.Use(
            """
            SELECT m.room_id, m.user_id, m.role, m.read_seq, m.joined_at
            FROM json_each(?1) j CROSS JOIN member m ON m.room_id = j.value ORDER BY m.room_id, m.user_id
            """).Bind(1, list))
        {
            while (rows.Step())
            {
                members[new(rows.Int64(0))].Add(ChatRows.Member(rows, 1));
            }
        }

        var last = new Dictionary<RoomId, Message>();
        using (var rows = connection.Use(
            $"""
            SELECT {ChatRows.MessageColumns}
            FROM json_each(?2) j CROSS JOIN room r ON r.id = j.value CROSS JOIN message m ON m.room_id = r.id AND m.seq = r.head_seq
            """).Bind(1, viewer.Value).Bind(2, list))
        {
            while (rows.Step())
            {
                var message = ChatRows.Message(rows);
                last[message.Room] = message;
            }
        }

        return [.. rooms.Select(room => room with { Members = members[room.Id], LastMessage = last.GetValueOrDefault(room.Id) })];
    }
}
