using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Sqlite.Feeds;

/// <summary>By key alone, a statement per id on one connection: that costs less than taking a list of ids apart in SQL.</summary>
internal sealed class SqlitePostFactRows(SqliteDatabase database) : IPostFactRows
{
    /// <summary>Post and author. Whom a post names stands in its own row as well as in post_mention, which is ordered by who is named.</summary>
    internal const string PostsSql =
        """
        SELECT p.author_id, p.version, p.state, p.audience, p.list_id, p.root_id, p.share_of, u.disabled, p.share_of IS NOT NULL AND octet_length(p.text) = 0,
            CASE WHEN p.audience = 1 THEN '' ELSE p.mentions END
        FROM post p
        LEFT JOIN users u ON u.id = p.author_id
        WHERE p.id = ?1
        """;

    internal const string NewestActionsSql =
        "SELECT post_id, reactions, bookmark IS NOT NULL, share_id IS NOT NULL FROM post_action WHERE user_id = ?1 ORDER BY post_id DESC LIMIT ?2";

    internal const string ActionsSql =
        "SELECT reactions, bookmark IS NOT NULL, share_id IS NOT NULL FROM post_action WHERE user_id = ?1 AND post_id = ?2";

    public Task<IReadOnlyList<PostRow?>> PostsAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PostRow?>>(
            connection =>
            {
                var found = new PostRow?[ids.Count];
                using var row = connection.Use(PostsSql);
                for (var i = 0; i < ids.Count; i++)
                {
                    found[i] = row.Bind(1, ids[i].Value).Step() ? Read(row, ids[i]) : null;
                    row.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<ViewerRows> ViewerAsync(UserId viewer, int limit, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var epoch = connection.Use("SELECT epoch FROM relation_epoch WHERE user_id = ?1");
            var (posts, overlays) = (new List<long>(), new List<Overlay>());
            using var rows = connection.Use(NewestActionsSql);
            _ = rows.Bind(1, viewer.Value).Bind(2, limit);
            while (rows.Step())
            {
                posts.Add(rows.Int64(0));
                overlays.Add(new(rows.Int32(1), rows.Bool(2), rows.Bool(3)));
            }

            posts.Reverse();
            overlays.Reverse();
            return new ViewerRows(epoch.Bind(1, viewer.Value).Scalar() ?? 0, posts.Count < limit ? 0 : posts[0], [.. posts], [.. overlays]);
        },
        cancellationToken);

    public Task<IReadOnlyList<Overlay>> ActionsAsync(UserId viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Overlay>>(
            connection =>
            {
                var overlays = new Overlay[ids.Count];
                using var row = connection.Use(ActionsSql);
                row.Bind(1, viewer.Value);
                for (var i = 0; i < ids.Count; i++)
                {
                    if (row.Bind(2, ids[i].Value).Step())
                    {
                        overlays[i] = new(row.Int32(0), row.Bool(1), row.Bool(2));
                    }

                    row.Reset();
                }

                return overlays;
            },
            cancellationToken);

    // An author without an account is one whose account is gone.
    private static PostRow Read(Statement row, PostId id) => new(
        new(
            id, new(row.Int64(0)), row.Int32(1), (PostState)row.Int32(2), (Audience)row.Int32(3), row.Int64(4), new(row.Int64(5)), new(row.Int64(6)),
            row.IsNull(7) || row.Bool(7), Addressed: false)
        { IsPlainShare = row.Bool(8) },
        [.. Mention.Read(row.Text(9)).Select(mention => mention.User)]);
}
