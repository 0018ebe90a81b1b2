using Madang.Api;
using Madang.Chat;
using Madang.Storage;

namespace Madang.Postgres.Chat;

internal sealed class PostgresMemberStore(PostgresDatabase database) : IMemberStore
{
    public void Add(WriteTx tx, RoomId room, Member member) => _ = PostgresTx.Of(tx).Run(
        "INSERT INTO member (room_id, user_id, role, read_seq, joined_at) VALUES ($1, $2, $3, $4, $5)",
        room.Value, member.User.Value, (short)member.Role, member.ReadSeq, member.JoinedAt);

    public void Remove(WriteTx tx, RoomId room, UserId user) =>
        _ = PostgresTx.Of(tx).Run("DELETE FROM member WHERE room_id = $1 AND user_id = $2", room.Value, user.Value);

    public void SetRole(WriteTx tx, RoomId room, UserId user, MemberRole role) =>
        _ = PostgresTx.Of(tx).Run("UPDATE member SET role = $3 WHERE room_id = $1 AND user_id = $2", room.Value, user.Value, (short)role);

    public (ReadMark Mark, bool Moved)? MarkRead(WriteTx tx, RoomId room, UserId user, long seq)
    {
        // The member's row is locked and not the room's: who reads does not wait for who writes. A head that moves meanwhile is only unread.
        long head, read;
        using (var command = PostgresTx.Of(tx).Use(
            """
            SELECT r.head_seq, me.read_seq FROM member me JOIN room r ON r.id = me.room_id
            WHERE me.room_id = $1 AND me.user_id = $2 FOR NO KEY UPDATE OF me
            """, room.Value, user.Value))
        using (var row = command.ExecuteReader())
        {
            if (!row.Read())
            {
                return null;
            }

            (head, read) = (row.GetInt64(0), row.GetInt64(1));
        }

        // A sender's own mark may be ahead of the head this statement saw: both moved while it waited for the row.
        head = Math.Max(head, read);
        var next = Math.Max(read, Math.Min(seq, head));
        if (next > read)
        {
            _ = PostgresTx.Of(tx).Run("UPDATE member SET read_seq = $3 WHERE room_id = $1 AND user_id = $2", room.Value, user.Value, next);
        }

        return (new(room, next, head - next), next > read);
    }

    public bool AnyBlock(WriteTx tx, UserId user, IReadOnlyCollection<UserId> others)
    {
        using var command = PostgresTx.Of(tx).Use(
            """
            SELECT EXISTS (SELECT FROM relation b WHERE b.user_id = $1 AND b.kind = 4 AND b.target_id = ANY($2))
                OR EXISTS (SELECT FROM relation b WHERE b.target_id = $1 AND b.kind = 4 AND b.user_id = ANY($2))
            """, user.Value, others.Select(other => other.Value).ToArray());
        return command.ExecuteScalar() is true;
    }

    public async Task<IReadOnlyList<UserId>?> OnlookersAsync(UserId actor, RoomId room, CancellationToken cancellationToken)
    {
        // The actor's own row comes along and tells that they are in the room.
        await using var command = database.Source.CreateCommand(
            """
            SELECT m.user_id FROM room r JOIN member m ON m.room_id = r.id
            WHERE r.id = $1
              AND EXISTS (SELECT FROM member me WHERE me.room_id = $1 AND me.user_id = $2)
              AND NOT EXISTS (SELECT FROM relation b WHERE b.user_id = m.user_id AND b.kind = 4 AND b.target_id = $2)
              AND NOT (r.kind = 1 AND EXISTS (SELECT FROM relation b WHERE b.user_id = $2 AND b.kind = 4 AND b.target_id = m.user_id))
            """).With(room.Value, actor.Value);
        var users = new List<UserId>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            users.Add(new(rows.GetInt64(0)));
        }

        return users.Remove(actor) ? users : null;
    }

    public async Task<IReadOnlyDictionary<RoomId, RoomGlance>> GlanceAsync(
        UserId viewer, IReadOnlyCollection<RoomId> rooms, CancellationToken cancellationToken)
    {
        var found = new Dictionary<RoomId, RoomGlance>(rooms.Count);
        await using var command = database.Source.CreateCommand(
            """
            SELECT r.id, r.kind, r.title, r.head_seq, me.read_seq FROM member me JOIN room r ON r.id = me.room_id
            WHERE me.user_id = $1 AND me.room_id = ANY($2)
            """).With(viewer.Value, rooms.Select(room => room.Value).ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found[new(rows.GetInt64(0))] =
                new((RoomKind)rows.GetInt16(1), rows.IsDBNull(2) ? null : rows.GetString(2), rows.GetInt64(3), rows.GetInt64(4));
        }

        return found;
    }

    public async Task<IReadOnlyDictionary<(RoomId Room, UserId User), Member>> FindAsync(
        IReadOnlyCollection<(RoomId Room, UserId User)> memberships, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(RoomId, UserId), Member>(memberships.Count);
        await using var command = database.Source.CreateCommand(
            """
            SELECT m.room_id, m.user_id, m.role, m.read_seq, m.joined_at
            FROM unnest($1::bigint[], $2::bigint[]) j (room_id, user_id) JOIN member m ON m.room_id = j.room_id AND m.user_id = j.user_id
            """).With(memberships.Select(one => one.Room.Value).ToArray(), memberships.Select(one => one.User.Value).ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found[(new(rows.GetInt64(0)), new(rows.GetInt64(1)))] = ChatRows.Member(rows, 1);
        }

        return found;
    }
}
