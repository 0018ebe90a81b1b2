using Madang.Chat;
using Npgsql;

namespace Madang.Postgres.Chat;

/// <summary>Rows of chat as records.</summary>
internal static class ChatRows
{
    /// <summary>The columns that <see cref="Message"/> reads, of <c>message m JOIN room r</c> for the viewer in <c>$1</c>. The last one: whether it shows as a stub.</summary>
    public const string MessageColumns =
        """
        m.room_id, m.seq, m.id, m.sender_id, m.client_id, m.text, m.reply_to, m.created_at,
        r.kind = 2 AND EXISTS (SELECT FROM relation b WHERE b.user_id = $1 AND b.kind = 4 AND b.target_id = m.sender_id)
        """;

    /// <summary>Reads <see cref="MessageColumns"/> from <paramref name="column"/> on.</summary>
    public static Message Message(NpgsqlDataReader row, int column = 0)
    {
        var message = new Message(
            new(row.GetInt64(column + 2)), new(row.GetInt64(column)), row.GetInt64(column + 1), new(row.GetInt64(column + 3)), row.GetString(column + 4),
            row.GetString(column + 5), row.IsDBNull(column + 6) ? null : row.GetInt64(column + 6), Time(row, column + 7));
        return row.GetBoolean(column + 8) ? message.AsStub() : message;
    }

    /// <summary>Reads <c>user_id, role, read_seq, joined_at</c> from <paramref name="column"/> on.</summary>
    public static Member Member(NpgsqlDataReader row, int column) =>
        new(new(row.GetInt64(column)), (MemberRole)row.GetInt16(column + 1), row.GetInt64(column + 2), Time(row, column + 3));

    public static DateTimeOffset Time(NpgsqlDataReader row, int column) => new(row.GetDateTime(column));
}
