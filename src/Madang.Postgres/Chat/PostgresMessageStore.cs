using Madang.Api;
using Madang.Chat;
using Madang.Realtime;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Chat;

internal sealed class PostgresMessageStore(PostgresDatabase database, Inbox inbox, Snowflake ids) : IMessageStore
{
    private readonly PostgresPosting _posting = new(inbox, ids);

    public async Task<Result<Posted>> PostAsync(NewMessage message, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(_posting, message, cancellationToken);
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "message_key" })
        {
            // The same client id went to another room on another node between our look-up and our insert. The second look finds it.
            return await database.WriteAsync(_posting, message, cancellationToken);
        }
    }

    public async Task<History?> ReadAsync(UserId viewer, RoomId room, HistoryQuery query, CancellationToken cancellationToken)
    {
        await using var me = database.Source.CreateCommand(
            "SELECT r.head_seq FROM member me JOIN room r ON r.id = me.room_id WHERE me.room_id = $1 AND me.user_id = $2")
            .With(room.Value, viewer.Value);
        if (await me.ExecuteScalarAsync(cancellationToken) is not long head)
        {
            return null;
        }

        var window = query.In(head);
        if (window.IsEmpty)
        {
            return new(window, []);
        }

        var messages = new List<Message>((int)(window.Last - window.First + 1));
        await using var command = database.Source.CreateCommand(
            $"SELECT {ChatRows.MessageColumns} FROM room r JOIN message m ON m.room_id = r.id WHERE r.id = $2 AND m.seq BETWEEN $3 AND $4 ORDER BY m.seq")
            .With(viewer.Value, room.Value, window.First, window.Last);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            messages.Add(ChatRows.Message(rows));
        }

        return new(window, messages);
    }

    public async Task<IReadOnlyDictionary<(RoomId Room, long Seq), Message>> FindAsync(
        UserId viewer, IReadOnlyCollection<(RoomId Room, long Seq)> places, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(RoomId, long), Message>(places.Count);
        await using var command = database.Source.CreateCommand(
            $"""
            SELECT {ChatRows.MessageColumns}
            FROM unnest($2::bigint[], $3::bigint[]) j (room_id, seq)
            JOIN member me ON me.room_id = j.room_id AND me.user_id = $1
            JOIN room r ON r.id = me.room_id
            JOIN message m ON m.room_id = me.room_id AND m.seq = j.seq
            """).With(viewer.Value, places.Select(place => place.Room.Value).ToArray(), places.Select(place => place.Seq).ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var message = ChatRows.Message(rows);
            found[(message.Room, message.Seq)] = message;
        }

        return found;
    }
}
