using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Sqlite.Feeds;

/// <summary>The hottest read: a statement per id on one connection and in one snapshot costs less than taking a list of ids apart in SQL.</summary>
internal sealed class SqlitePostFacts(SqliteDatabase database) : IPostFacts
{
    /// <summary>By key alone: post, author, what the viewer did; and for what is not public whether it names the viewer.</summary>
    internal const string Sql =
        """
        SELECT p.author_id, p.version, p.state, p.audience, p.list_id, p.root_id, p.share_of, u.disabled, a.reactions, a.bookmark IS NOT NULL, a.share_id IS NOT NULL,
            CASE WHEN p.audience = 1 THEN 0 ELSE EXISTS (SELECT 1 FROM post_mention m WHERE m.user_id = ?1 AND m.post_id = p.id) END,
            p.share_of IS NOT NULL AND octet_length(p.text) = 0
        FROM post p
        LEFT JOIN users u ON u.id = p.author_id
        LEFT JOIN post_action a ON a.user_id = ?1 AND a.post_id = p.id
        WHERE p.id = ?2
        """;

    public Task<PageFacts> OfAsync(UserId? viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync(connection => Read(connection, viewer, ids), cancellationToken);

    private static PageFacts Read(SqliteConnection connection, UserId? viewer, IReadOnlyList<PostId> ids)
    {
        var posts = new PostFacts?[ids.Count];
        var overlays = new Overlay[ids.Count];
        var epoch = 0L;
        if (viewer is { } person)
        {
            using var row = connection.Use("SELECT epoch FROM relation_epoch WHERE user_id = ?1");
            epoch = row.Bind(1, person.Value).Scalar() ?? 0;
        }

        using var post = connection.Use(Sql);
        post.Bind(1, viewer?.Value ?? 0);
        for (var i = 0; i < ids.Count; i++)
        {
            if (post.Bind(2, ids[i].Value).Step())
            {
                // An author without an account is one whose account is gone.
                posts[i] = new(
                    ids[i], new(post.Int64(0)), post.Int32(1), (PostState)post.Int32(2), (Audience)post.Int32(3), post.Int64(4), new(post.Int64(5)),
                    new(post.Int64(6)), post.IsNull(7) || post.Bool(7), post.Bool(11))
                { IsPlainShare = post.Bool(12) };
                overlays[i] = new(post.Int32(8), post.Bool(9), post.Bool(10));
            }

            post.Reset();
        }

        return new(epoch, posts, overlays);
    }
}
