using Madang.Api;
using Madang.Chat;
using Madang.Realtime;
using Madang.Storage;

namespace Madang.Sqlite.Chat;

internal sealed class SqliteMessageStore(SqliteDatabase database, SqliteRoomMemory memory, Inbox inbox, Snowflake ids) : IMessageStore
{
    private readonly SqlitePosting _posting = new(memory, inbox, ids);

    public Task<Result<Posted>> PostAsync(NewMessage message, CancellationToken cancellationToken) =>
        database.WriteAsync(_posting, message, cancellationToken);

    public Task<History?> ReadAsync(UserId viewer, RoomId room, HistoryQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => Read(connection, viewer, room, query), cancellationToken);

    public Task<IReadOnlyDictionary<(RoomId Room, long Seq), Message>> FindAsync(
        UserId viewer, IReadOnlyCollection<(RoomId Room, long Seq)> places, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<(RoomId, long), Message>>(
            connection =>
            {
                var found = new Dictionary<(RoomId, long), Message>(places.Count);
                using var rows = connection.Use(
                    $"""
                    SELECT {ChatRows.MessageColumns}
                    FROM json_each(?2) j
                    CROSS JOIN member me ON me.room_id = j.value ->> 0 AND me.user_id = ?1
                    CROSS JOIN room r ON r.id = me.room_id
                    CROSS JOIN message m ON m.room_id = me.room_id AND m.seq = j.value ->> 1
                    """).Bind(1, viewer.Value).Bind(2, ChatRows.Pairs(places.Select(place => (place.Room.Value, place.Seq))));
                while (rows.Step())
                {
                    var message = ChatRows.Message(rows);
                    found[(message.Room, message.Seq)] = message;
                }

                return found;
            },
            cancellationToken);

    private static History? Read(SqliteConnection connection, UserId viewer, RoomId room, HistoryQuery query)
    {
        long head;
        using (var me = connection.Use(
            "SELECT r.head_seq FROM member me JOIN room r ON r.id = me.room_id WHERE me.room_id = ?1 AND me.user_id = ?2"))
        {
            if (me.Bind(1, room.Value).Bind(2, viewer.Value).Scalar() is not { } found)
            {
                return null;
            }

            head = found;
        }

        var window = query.In(head);
        if (window.IsEmpty)
        {
            return new(window, []);
        }

        var messages = new List<Message>((int)(window.Last - window.First + 1));
        using var rows = connection.Use(
            $"SELECT {ChatRows.MessageColumns} FROM room r JOIN message m ON m.room_id = r.id WHERE r.id = ?2 AND m.seq BETWEEN ?3 AND ?4 ORDER BY m.seq");
        rows.Bind(1, viewer.Value).Bind(2, room.Value).Bind(3, window.First).Bind(4, window.Last);
        while (rows.Step())
        {
            messages.Add(ChatRows.Message(rows));
        }

        return new(window, messages);
    }
}
