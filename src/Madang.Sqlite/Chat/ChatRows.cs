using System.Text;
using Madang.Chat;

namespace Madang.Sqlite.Chat;

/// <summary>Rows of chat as records, and lists of ids as one parameter.</summary>
internal static class ChatRows
{
    /// <summary>The columns that <see cref="Message"/> reads, of <c>message m JOIN room r</c> for the viewer in <c>?1</c>. The last one: whether it shows as a stub.</summary>
    public const string MessageColumns =
        """
        m.room_id, m.seq, m.id, m.sender_id, m.client_id, m.text, m.reply_to, m.created_at,
        r.kind = 2 AND EXISTS (SELECT 1 FROM relation b WHERE b.user_id = ?1 AND b.kind = 4 AND b.target_id = m.sender_id)
        """;

    public static Message Message(Statement row)
    {
        var message = new Message(
            new(row.Int64(2)), new(row.Int64(0)), row.Int64(1), new(row.Int64(3)), row.Text(4), row.Text(5), row.Int64OrNull(6), row.Time(7));
        return row.Bool(8) ? message.AsStub() : message;
    }

    /// <summary>Reads <c>user_id, role, read_seq, joined_at</c> from <paramref name="column"/> on.</summary>
    public static Member Member(Statement row, int column) =>
        new(new(row.Int64(column)), (MemberRole)row.Int32(column + 1), row.Int64(column + 2), row.Time(column + 3));

    /// <summary>A list of numbers for <c>json_each</c>.</summary>
    public static string List(IEnumerable<long> numbers) => $"[{string.Join(',', numbers)}]";

    /// <summary>A list of pairs for <c>json_each</c>: <c>value -&gt;&gt; 0</c>, <c>value -&gt;&gt; 1</c>.</summary>
    public static string Pairs(IEnumerable<(long, long)> pairs)
    {
        var text = new StringBuilder("[");
        foreach (var (one, other) in pairs)
        {
            text.Append(text.Length > 1 ? ",[" : "[").Append(one).Append(',').Append(other).Append(']');
        }

        return text.Append(']').ToString();
    }
}
