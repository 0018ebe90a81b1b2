using Madang.Feeds;
using Madang.Feeds.Posts;
using Npgsql;

namespace Madang.Postgres.Feeds;

/// <summary>Rows of posts as records.</summary>
internal static class PostRows
{
    /// <summary>The columns that <see cref="Post"/> reads, of <c>post p</c>.</summary>
    public const string Columns =
        "p.id, p.author_id, p.version, p.state, p.audience, p.list_id, p.root_id, p.parent_id, p.share_of, p.text, p.mentions, p.created_at, p.edited_at";

    /// <summary>Reads <see cref="Columns"/> from <paramref name="column"/> on.</summary>
    public static Post Post(NpgsqlDataReader row, int column = 0) => new(
        new(row.GetInt64(column)), new(row.GetInt64(column + 1)), row.GetInt32(column + 2), (PostState)row.GetInt16(column + 3),
        (Audience)row.GetInt16(column + 4), IdOrZero(row, column + 5), new(IdOrZero(row, column + 6)), new(IdOrZero(row, column + 7)),
        new(IdOrZero(row, column + 8)), row.GetString(column + 9), Mention.Read(row.GetString(column + 10)), Time(row, column + 11),
        row.IsDBNull(column + 12) ? null : Time(row, column + 12));

    public static long IdOrZero(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);

    public static DateTimeOffset Time(NpgsqlDataReader row, int column) => new(row.GetDateTime(column));

    /// <summary>Ids are never 0, so 0 stands for none.</summary>
    public static object? OrNull(long id) => id == 0 ? null : id;
}
