using Madang.Api;
using Madang.Chat;
using Madang.Storage;

namespace Madang.Sqlite.Chat;

internal sealed class SqliteMemberStore(SqliteDatabase database, SqliteRoomMemory memory) : IMemberStore
{
    public void Add(WriteTx tx, RoomId room, Member member)
    {
        Insert(SqliteTx.Of(tx), room, member);
        memory.Forget(room);
    }

    public void Remove(WriteTx tx, RoomId room, UserId user)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM member WHERE room_id = ?1 AND user_id = ?2");
        _ = delete.Bind(1, room.Value).Bind(2, user.Value).Run();
        memory.Forget(room);
    }

    public void SetRole(WriteTx tx, RoomId room, UserId user, MemberRole role)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE member SET role = ?3 WHERE room_id = ?1 AND user_id = ?2");
        _ = update.Bind(1, room.Value).Bind(2, user.Value).Bind(3, (long)role).Run();
    }

    public (ReadMark Mark, bool Moved)? MarkRead(WriteTx tx, RoomId room, UserId user, long seq)
    {
        long head, read;
        using (var row = SqliteTx.Of(tx).Use(
            "SELECT r.head_seq, me.read_seq FROM member me CROSS JOIN room r ON r.id = me.room_id WHERE me.room_id = ?1 AND me.user_id = ?2"))
        {
            if (!row.Bind(1, room.Value).Bind(2, user.Value).Step())
            {
                return null;
            }

            (head, read) = (row.Int64(0), row.Int64(1));
        }

        var next = Math.Max(read, Math.Min(seq, head));
        if (next > read)
        {
            using var update = SqliteTx.Of(tx).Use("UPDATE member SET read_seq = ?3 WHERE room_id = ?1 AND user_id = ?2");
            _ = update.Bind(1, room.Value).Bind(2, user.Value).Bind(3, next).Run();
        }

        return (new(room, next, head - next), next > read);
    }

    public bool AnyBlock(WriteTx tx, UserId user, IReadOnlyCollection<UserId> others)
    {
        using var row = SqliteTx.Of(tx).Use(
            """
            SELECT 1 FROM json_each(?2) j
            WHERE EXISTS (SELECT 1 FROM relation b WHERE b.user_id = ?1 AND b.kind = 4 AND b.target_id = j.value)
               OR EXISTS (SELECT 1 FROM relation b WHERE b.user_id = j.value AND b.kind = 4 AND b.target_id = ?1)
            """);
        return row.Bind(1, user.Value).Bind(2, ChatRows.List(others.Select(other => other.Value))).Step();
    }

    public Task<IReadOnlyList<UserId>?> OnlookersAsync(UserId actor, RoomId room, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<UserId>?>(
            connection =>
            {
                using (var me = connection.Use("SELECT 1 FROM member WHERE room_id = ?1 AND user_id = ?2"))
                {
                    if (!me.Bind(1, room.Value).Bind(2, actor.Value).Step())
                    {
                        return null;
                    }
                }

                var users = new List<UserId>();
                using var rows = connection.Use(
                    """
                    SELECT m.user_id FROM room r JOIN member m ON m.room_id = r.id
                    WHERE r.id = ?1 AND m.user_id <> ?2
                      AND NOT EXISTS (SELECT 1 FROM relation b WHERE b.user_id = m.user_id AND b.kind = 4 AND b.target_id = ?2)
                      AND NOT (r.kind = 1 AND EXISTS (SELECT 1 FROM relation b WHERE b.user_id = ?2 AND b.kind = 4 AND b.target_id = m.user_id))
                    """).Bind(1, room.Value).Bind(2, actor.Value);
                while (rows.Step())
                {
                    users.Add(new(rows.Int64(0)));
                }

                return users;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<RoomId, RoomGlance>> GlanceAsync(
        UserId viewer, IReadOnlyCollection<RoomId> rooms, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<RoomId, RoomGlance>>(
            connection =>
            {
                var found = new Dictionary<RoomId, RoomGlance>(rooms.Count);
                using var rows = connection.Use(
                    """
                    SELECT r.id, r.kind, r.title, r.head_seq, me.read_seq
                    FROM json_each(?2) j
                    CROSS JOIN member me ON me.room_id = j.value AND me.user_id = ?1
                    CROSS JOIN room r ON r.id = me.room_id
                    """).Bind(1, viewer.Value).Bind(2, ChatRows.List(rooms.Select(room => room.Value)));
                while (rows.Step())
                {
                    found[new(rows.Int64(0))] = new((RoomKind)rows.Int32(1), rows.TextOrNull(2), rows.Int64(3), rows.Int64(4));
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<(RoomId Room, UserId User), Member>> FindAsync(
        IReadOnlyCollection<(RoomId Room, UserId User)> memberships, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<(RoomId, UserId), Member>>(
            connection =>
            {
                var found = new Dictionary<(RoomId, UserId), Member>(memberships.Count);
                using var rows = connection.Use(
                    """
                    SELECT m.room_id, m.user_id, m.role, m.read_seq, m.joined_at
                    FROM json_each(?1) j CROSS JOIN member m ON m.room_id = j.value ->> 0 AND m.user_id = j.value ->> 1
                    """).Bind(1, ChatRows.Pairs(memberships.Select(one => (one.Room.Value, one.User.Value))));
                while (rows.Step())
                {
                    found[(new(rows.Int64(0)), new(rows.Int64(1)))] = ChatRows.Member(rows, 1);
                }

                return found;
            },
            cancellationToken);

    public static void Insert(SqliteTx tx, RoomId room, Member member)
    {
        using var insert = tx.Use("INSERT INTO member (room_id, user_id, role, read_seq, joined_at) VALUES (?1, ?2, ?3, ?4, ?5)");
        _ = insert.Bind(1, room.Value).Bind(2, member.User.Value).Bind(3, (long)member.Role).Bind(4, member.ReadSeq).Bind(5, member.JoinedAt).Run();
    }
}
