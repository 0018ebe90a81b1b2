using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Sqlite.Feeds;

/// <summary>Rows of posts as records.</summary>
internal static class PostRows
{
    /// <summary>The columns that <see cref="Post"/> reads.</summary>
    public const string Columns = "id, author_id, version, state, audience, list_id, root_id, parent_id, share_of, text, mentions, created_at, edited_at";

    public static Post Post(Statement row) => new(
        new(row.Int64(0)), new(row.Int64(1)), row.Int32(2), (PostState)row.Int32(3), (Audience)row.Int32(4), row.Int64(5), new(row.Int64(6)), new(row.Int64(7)),
        new(row.Int64(8)), row.Text(9), Mention.Read(row.Text(10)), row.Time(11), row.TimeOrNull(12));

    /// <summary>Ids are never 0, so 0 stands for none.</summary>
    public static long? OrNull(long id) => id == 0 ? null : id;
}
