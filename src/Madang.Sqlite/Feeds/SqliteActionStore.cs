using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteActionStore(SqliteDatabase database) : IPostActionStore
{
    internal const string BookmarksSql =
        "SELECT bookmark, post_id FROM post_action WHERE user_id = ?1 AND bookmark IS NOT NULL AND bookmark < ?2 ORDER BY bookmark DESC LIMIT ?3";

    internal const string ReactorsSql = "SELECT user_id, reactions FROM post_action WHERE post_id = ?1 AND reactions <> 0 AND user_id > ?2 ORDER BY user_id LIMIT ?3";

    public UserId? React(WriteTx tx, UserId user, PostId post, ReactionKind kind, bool on)
    {
        var sqlite = SqliteTx.Of(tx);
        UserId author;
        using (var row = sqlite.Use("SELECT author_id, state FROM post WHERE id = ?1").Bind(1, post.Value))
        {
            if (!row.Step() || (on && (PostState)row.Int32(1) == PostState.Deleted))
            {
                return null;
            }

            author = new(row.Int64(0));
        }

        using (var put = sqlite.Use(on
            ? """
              INSERT INTO post_action (user_id, post_id, reactions) VALUES (?1, ?2, ?3)
              ON CONFLICT (user_id, post_id) DO UPDATE SET reactions = reactions | ?3 WHERE (reactions & ?3) = 0
              """
            : "UPDATE post_action SET reactions = reactions & ~?3 WHERE user_id = ?1 AND post_id = ?2 AND (reactions & ?3) <> 0"))
        {
            if (put.Bind(1, user.Value).Bind(2, post.Value).Bind(3, ReactionBits.Of(kind)).Run() == 0)
            {
                return null;
            }
        }

        SqliteCountStore.Write(sqlite, post, (int)kind, on ? 1 : -1);
        tx.Publish(new ActionsChanged(user));
        return author;
    }

    public void Bookmark(WriteTx tx, UserId user, PostId post, long? mark)
    {
        using var put = SqliteTx.Of(tx).Use(mark is null
            ? "UPDATE post_action SET bookmark = ?3 WHERE user_id = ?1 AND post_id = ?2"
            : """
              INSERT INTO post_action (user_id, post_id, reactions, bookmark) VALUES (?1, ?2, 0, ?3)
              ON CONFLICT (user_id, post_id) DO UPDATE SET bookmark = coalesce(bookmark, excluded.bookmark)
              """);
        put.Bind(1, user.Value).Bind(2, post.Value).Bind(3, mark).Run();
        tx.Publish(new ActionsChanged(user));
    }

    public Task<IReadOnlyList<(long Mark, PostId Post)>> BookmarksAsync(UserId user, long? before, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(long, PostId)>>(
            connection =>
            {
                var found = new List<(long, PostId)>();
                using var rows = connection.Use(BookmarksSql);
                rows.Bind(1, user.Value).Bind(2, before ?? long.MaxValue).Bind(3, limit);
                while (rows.Step())
                {
                    found.Add((rows.Int64(0), new(rows.Int64(1))));
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<(UserId User, int Reactions)>> ReactorsAsync(PostId post, UserId? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(UserId, int)>>(
            connection =>
            {
                var found = new List<(UserId, int)>();
                using var rows = connection.Use(ReactorsSql);
                rows.Bind(1, post.Value).Bind(2, after?.Value ?? 0).Bind(3, limit);
                while (rows.Step())
                {
                    found.Add((new(rows.Int64(0)), rows.Int32(1)));
                }

                return found;
            },
            cancellationToken);
}
