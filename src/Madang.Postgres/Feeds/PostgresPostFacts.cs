using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;

namespace Madang.Postgres.Feeds;

/// <summary>The hottest read: one statement, so one snapshot, on sessions that may only walk indexes.</summary>
internal sealed class PostgresPostFacts(PostgresDatabase database) : IPostFacts
{
    /// <summary>By key alone: post, author, what the viewer did; and for what is not public whether it names the viewer. The epoch is read once a statement.</summary>
    internal const string Sql =
        """
        SELECT coalesce((SELECT e.epoch FROM relation_epoch e WHERE e.user_id = $1), 0), j.n,
            p.author_id, p.version, p.state, p.audience, p.list_id, p.root_id, p.share_of, coalesce(u.disabled, true), coalesce(a.reactions, 0),
            a.bookmark IS NOT NULL, a.share_id IS NOT NULL,
            CASE WHEN p.audience = 1 THEN false ELSE EXISTS (SELECT FROM post_mention m WHERE m.user_id = $1 AND m.post_id = p.id) END,
            p.share_of IS NOT NULL AND p.text = ''
        FROM unnest($2::bigint[]) WITH ORDINALITY j (id, n)
        LEFT JOIN post p ON p.id = j.id
        LEFT JOIN users u ON u.id = p.author_id
        LEFT JOIN post_action a ON a.user_id = $1 AND a.post_id = p.id
        """;

    public async Task<PageFacts> OfAsync(UserId? viewer, IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var posts = new PostFacts?[ids.Count];
        var overlays = new Overlay[ids.Count];
        var epoch = 0L;

        // Without a post the epoch must still be answered: an id that nobody has brings a row along.
        var asked = ids.Count == 0 ? [0L] : PostgresPostStore.Values(ids);
        await using var command = database.Keyed.CreateCommand(Sql).With(viewer?.Value ?? 0, asked);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            epoch = rows.GetInt64(0);
            if (rows.IsDBNull(2))
            {
                continue;
            }

            var at = (int)rows.GetInt64(1) - 1;
            posts[at] = new(
                ids[at], new(rows.GetInt64(2)), rows.GetInt32(3), (PostState)rows.GetInt16(4), (Audience)rows.GetInt16(5), PostRows.IdOrZero(rows, 6),
                new(PostRows.IdOrZero(rows, 7)), new(PostRows.IdOrZero(rows, 8)), rows.GetBoolean(9), rows.GetBoolean(13))
            { IsPlainShare = rows.GetBoolean(14) };
            overlays[at] = new(rows.GetInt32(10), rows.GetBoolean(11), rows.GetBoolean(12));
        }

        return new(epoch, posts, overlays);
    }
}
