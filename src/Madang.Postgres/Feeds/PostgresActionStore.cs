using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresActionStore(PostgresDatabase database) : IPostActionStore
{
    internal const string BookmarksSql =
        "SELECT bookmark, post_id FROM post_action WHERE user_id = $1 AND bookmark IS NOT NULL AND bookmark < $2 ORDER BY bookmark DESC LIMIT $3";

    internal const string ReactorsSql = "SELECT user_id, reactions FROM post_action WHERE post_id = $1 AND reactions <> 0 AND user_id > $2 ORDER BY user_id LIMIT $3";

    public UserId? React(WriteTx tx, UserId user, PostId post, ReactionKind kind, bool on)
    {
        var postgres = PostgresTx.Of(tx);
        UserId author;
        using (var find = postgres.Use("SELECT author_id FROM post WHERE id = $1 AND ($2 OR state <> 3)", post.Value, !on))
        {
            if (find.ExecuteScalar() is not long id)
            {
                return null;
            }

            author = new(id);
        }

        var changed = on
            ? postgres.Run(
                """
                INSERT INTO post_action AS a (user_id, post_id, reactions) VALUES ($1, $2, $3)
                ON CONFLICT (user_id, post_id) DO UPDATE SET reactions = a.reactions | $3 WHERE (a.reactions & $3) = 0
                """,
                user.Value, post.Value, ReactionBits.Of(kind))
            : postgres.Run(
                "UPDATE post_action SET reactions = reactions & ~$3 WHERE user_id = $1 AND post_id = $2 AND (reactions & $3) <> 0",
                user.Value, post.Value, ReactionBits.Of(kind));
        if (changed == 0)
        {
            return null;
        }

        _ = postgres.Run("INSERT INTO post_tally (post_id, what, delta) VALUES ($1, $2, $3)", post.Value, (short)kind, on ? 1 : -1);
        tx.Publish(DeedWritten.Once);
        return author;
    }

    public void Bookmark(WriteTx tx, UserId user, PostId post, long? mark) => _ = mark is null
        ? PostgresTx.Of(tx).Run("UPDATE post_action SET bookmark = NULL WHERE user_id = $1 AND post_id = $2", user.Value, post.Value)
        : PostgresTx.Of(tx).Run(
            """
            INSERT INTO post_action AS a (user_id, post_id, reactions, bookmark) VALUES ($1, $2, 0, $3)
            ON CONFLICT (user_id, post_id) DO UPDATE SET bookmark = coalesce(a.bookmark, excluded.bookmark)
            """,
            user.Value, post.Value, mark.Value);

    public async Task<IReadOnlyList<(long Mark, PostId Post)>> BookmarksAsync(UserId user, long? before, int limit, CancellationToken cancellationToken)
    {
        var found = new List<(long, PostId)>();
        await using var command = database.Keyed.CreateCommand(BookmarksSql).With(user.Value, before ?? long.MaxValue, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add((rows.GetInt64(0), new(rows.GetInt64(1))));
        }

        return found;
    }

    public async Task<IReadOnlyList<(UserId User, int Reactions)>> ReactorsAsync(PostId post, UserId? after, int limit, CancellationToken cancellationToken)
    {
        var found = new List<(UserId, int)>();
        await using var command = database.Keyed.CreateCommand(ReactorsSql).With(post.Value, after?.Value ?? 0, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add((new(rows.GetInt64(0)), rows.GetInt32(1)));
        }

        return found;
    }
}
