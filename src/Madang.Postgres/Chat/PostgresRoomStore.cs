using Madang.Api;
using Madang.Chat;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Chat;

internal sealed class PostgresRoomStore(PostgresDatabase database) : IRoomStore
{
    public LockedRoom? Lock(WriteTx tx, RoomId room)
    {
        var postgres = PostgresTx.Of(tx);
        RoomKind kind;
        string? title;
        long head;
        using (var command = postgres.Use("SELECT kind, title, head_seq FROM room WHERE id = $1 FOR NO KEY UPDATE", room.Value))
        using (var row = command.ExecuteReader())
        {
            if (!row.Read())
            {
                return null;
            }

            (kind, title, head) = ((RoomKind)row.GetInt16(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2));
        }

        var members = new List<Member>();
        using var all = postgres.Use("SELECT user_id, role, read_seq, joined_at FROM member WHERE room_id = $1 ORDER BY user_id", room.Value);
        using var rows = all.ExecuteReader();
        while (rows.Read())
        {
            members.Add(ChatRows.Member(rows, 0));
        }

        return new(room, kind, title, head, members);
    }

    public RoomId? FindDirect(WriteTx tx, UserId one, UserId other)
    {
        using var command = PostgresTx.Of(tx).Use(
            "SELECT room_id FROM room_direct WHERE a = $1 AND b = $2", Math.Min(one.Value, other.Value), Math.Max(one.Value, other.Value));
        return command.ExecuteScalar() is long id ? new RoomId(id) : null;
    }

    public RoomId ReserveDirect(WriteTx tx, RoomId room, UserId one, UserId other)
    {
        // Waits for another transaction that is reserving the same pair; if that one commits, its room is visible to the next statement.
        var reserved = PostgresTx.Of(tx).Run(
            "INSERT INTO room_direct (a, b, room_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            Math.Min(one.Value, other.Value), Math.Max(one.Value, other.Value), room.Value);
        return reserved == 1 ? room : FindDirect(tx, one, other) ?? throw new InvalidOperationException("The direct room vanished.");
    }

    public void Create(WriteTx tx, RoomId room, RoomKind kind, string? title, IReadOnlyList<Member> members)
    {
        var postgres = PostgresTx.Of(tx);
        _ = postgres.Run(
            "INSERT INTO room (id, kind, title, head_seq, created_at) VALUES ($1, $2, $3, 0, $4)", room.Value, (short)kind, title, tx.Now);
        _ = postgres.Run(
            "INSERT INTO member (room_id, user_id, role, read_seq, joined_at) SELECT $1, m.user_id, m.role, 0, $4 FROM unnest($2::bigint[], $3::smallint[]) m (user_id, role)",
            room.Value, members.Select(member => member.User.Value).ToArray(), members.Select(member => (short)member.Role).ToArray(), tx.Now);
    }

    public void Rename(WriteTx tx, RoomId room, string? title) =>
        _ = PostgresTx.Of(tx).Run("UPDATE room SET title = $2 WHERE id = $1", room.Value, title);

    public KeyUse? FindKey(WriteTx tx, UserId user, string clientId)
    {
        var bucket = KeyBucket.Of(tx.Now);
        using var command = PostgresTx.Of(tx).Use(
            "SELECT room_id, seq, digest FROM message_key WHERE bucket IN ($1, $2) AND user_id = $3 AND client_id = $4",
            bucket, bucket - 1, user.Value, clientId);
        using var row = command.ExecuteReader();
        return row.Read() ? new(new(row.GetInt64(0)), row.GetInt64(1), row.GetInt64(2)) : null;
    }

    public bool TryAddKey(WriteTx tx, UserId user, string clientId, KeyUse use) => PostgresTx.Of(tx).Run(
        "INSERT INTO message_key (bucket, user_id, client_id, room_id, seq, digest) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        KeyBucket.Of(tx.Now), user.Value, clientId, use.Room.Value, use.Seq, use.Digest) == 1;

    public int PruneKeys(WriteTx tx, long oldestKept, int limit) => PostgresTx.Of(tx).Run(
        """
        DELETE FROM message_key k USING (SELECT bucket, user_id, client_id FROM message_key WHERE bucket < $1 ORDER BY bucket, user_id, client_id LIMIT $2) old
        WHERE k.bucket = old.bucket AND k.user_id = old.user_id AND k.client_id = old.client_id
        """, oldestKept, limit);

    public async Task<IReadOnlyList<Room>> FindAsync(UserId viewer, IReadOnlyCollection<RoomId> rooms, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            SELECT r.id, r.kind, r.title, r.head_seq, me.read_seq, r.created_at, {ChatRows.MessageColumns}
            FROM member me JOIN room r ON r.id = me.room_id LEFT JOIN message m ON m.room_id = r.id AND m.seq = r.head_seq
            WHERE me.user_id = $1 AND me.room_id = ANY($2)
            """).With(viewer.Value, rooms.Select(room => room.Value).ToArray());
        return await CompleteAsync(command, cancellationToken);
    }

    public async Task<IReadOnlyList<Room>> ListAsync(UserId viewer, RoomId? below, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            SELECT r.id, r.kind, r.title, r.head_seq, me.read_seq, r.created_at, {ChatRows.MessageColumns}
            FROM member me JOIN room r ON r.id = me.room_id LEFT JOIN message m ON m.room_id = r.id AND m.seq = r.head_seq
            WHERE me.user_id = $1 AND me.room_id < $2
            ORDER BY me.room_id DESC LIMIT $3
            """).With(viewer.Value, below?.Value ?? long.MaxValue, limit);
        return await CompleteAsync(command, cancellationToken);
    }

    public async Task<AuditStep> AuditAsync(RoomId after, int rooms, long oldestBucket, CancellationToken cancellationToken)
    {
        // Null when fewer rooms are left: this step goes to the end.
        await using var end = database.Source.CreateCommand("SELECT id FROM room WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2").With(after.Value, rooms - 1L);
        var last = await end.ExecuteScalarAsync(cancellationToken) as long?;
        var found = new List<string>();
        await using var command = database.Source.CreateCommand(AuditSql).With(after.Value, last ?? long.MaxValue, oldestBucket);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add($"room {rows.GetInt64(0)}: {rows.GetString(1)}");
        }

        return new(found, last is { } id ? new RoomId(id) : null);
    }

    private const string AuditSql =
        """
        WITH log AS (SELECT room_id, COUNT(*) AS count, MAX(seq) AS last FROM message WHERE room_id > $1 AND room_id <= $2 GROUP BY room_id),
             own AS (SELECT room_id, sender_id, MAX(seq) AS last FROM message WHERE room_id > $1 AND room_id <= $2 GROUP BY room_id, sender_id),
             crew AS (SELECT room_id, COUNT(*) AS count, COUNT(*) FILTER (WHERE role = 2) AS owners, MIN(user_id) AS a, MAX(user_id) AS b
                      FROM member WHERE room_id > $1 AND room_id <= $2 GROUP BY room_id),
             part AS (SELECT * FROM room WHERE id > $1 AND id <= $2)
        SELECT r.id, 'head_seq is ' || r.head_seq || ', but there are ' || COALESCE(l.count, 0) || ' messages up to ' || COALESCE(l.last, 0)
        FROM part r LEFT JOIN log l ON l.room_id = r.id WHERE r.head_seq <> COALESCE(l.count, 0) OR r.head_seq <> COALESCE(l.last, 0)
        UNION ALL
        SELECT l.room_id, 'messages without a room' FROM log l WHERE NOT EXISTS (SELECT FROM part r WHERE r.id = l.room_id)
        UNION ALL
        SELECT m.room_id, 'member ' || m.user_id || ' has read ' || m.read_seq || ' of ' || r.head_seq || ' and written ' || COALESCE(o.last, 0)
        FROM part r JOIN member m ON m.room_id = r.id LEFT JOIN own o ON o.room_id = m.room_id AND o.sender_id = m.user_id
        WHERE m.read_seq NOT BETWEEN COALESCE(o.last, 0) AND r.head_seq
        UNION ALL
        SELECT r.id, 'group of ' || c.count || ' without an owner' FROM part r JOIN crew c ON c.room_id = r.id WHERE r.kind = 2 AND c.owners = 0
        UNION ALL
        SELECT r.id, 'is not the direct room of its ' || COALESCE(c.count, 0) || ' members' FROM part r LEFT JOIN crew c ON c.room_id = r.id
        WHERE r.kind = 1 AND (COALESCE(c.count, 0) <> 2 OR NOT EXISTS (SELECT FROM room_direct d WHERE d.a = c.a AND d.b = c.b AND d.room_id = r.id))
        UNION ALL
        SELECT m.room_id, 'message ' || m.seq || ' is not what its client id names' FROM message m
        WHERE m.room_id > $1 AND m.room_id <= $2 AND floor(extract(epoch FROM m.created_at) / 604800)::bigint >= $3 AND NOT EXISTS
            (SELECT FROM message_key k WHERE k.bucket = floor(extract(epoch FROM m.created_at) / 604800)::bigint AND k.user_id = m.sender_id AND k.client_id = m.client_id
             AND k.room_id = m.room_id AND k.seq = m.seq)
        LIMIT 1000
        """;

    /// <summary>Runs the query for rooms and their last messages (one snapshot), then the one for members, however many rooms.</summary>
    private async Task<IReadOnlyList<Room>> CompleteAsync(NpgsqlCommand query, CancellationToken cancellationToken)
    {
        var rooms = new List<Room>();
        await using (var rows = await query.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                rooms.Add(new(
                    new(rows.GetInt64(0)), (RoomKind)rows.GetInt16(1), rows.IsDBNull(2) ? null : rows.GetString(2), [], rows.GetInt64(3), rows.GetInt64(4),
                    rows.IsDBNull(6) ? null : ChatRows.Message(rows, 6), ChatRows.Time(rows, 5)));
            }
        }

        if (rooms.Count == 0)
        {
            return rooms;
        }

        var members = rooms.ToDictionary(room => room.Id, _ => new List<Member>());
        await using var command = database.Source.CreateCommand(
            "SELECT room_id, user_id, role, read_seq, joined_at FROM member WHERE room_id = ANY($1) ORDER BY room_id, user_id")
            .With(rooms.Select(room => room.Id.Value).ToArray());
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                members[new(rows.GetInt64(0))].Add(ChatRows.Member(rows, 1));
            }
        }

        return [.. rooms.Select(room => room with { Members = members[room.Id] })];
    }
}
