using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqlitePostStore(SqliteDatabase database, Snowflake ids) : IPostStore
{
    internal const string OfAuthorSql = "SELECT id FROM post WHERE author_id = ?1 AND root_id IS NULL AND state = 1 AND id < ?2 ORDER BY id DESC LIMIT ?3";
    internal const string CommentsSql = "SELECT id FROM post WHERE parent_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";

    private readonly SqlitePublishing _publishing = new(ids);

    public Task<Result<Published>> PublishAsync(NewPost post, CancellationToken cancellationToken) =>
        database.WriteAsync(_publishing, post, cancellationToken);

    public Post? Lock(WriteTx tx, PostId id) => Read(SqliteTx.Of(tx), id);

    public void Update(WriteTx tx, Post before, Post after, PostOp op)
    {
        var sqlite = SqliteTx.Of(tx);
        using (var update = sqlite.Use(
            "UPDATE post SET audience = ?2, list_id = ?3, state = ?4, version = ?5, text = ?6, mentions = ?7, edited_at = ?8 WHERE id = ?1"))
        {
            update.Bind(1, after.Id.Value).Bind(2, (int)after.Audience).Bind(3, PostRows.OrNull(after.List)).Bind(4, (int)after.State).Bind(5, after.Version)
                .Bind(6, after.Text).Bind(7, Mention.Write(after.Mentions)).Bind(8, after.EditedAt).Run();
        }

        if (after.Text != before.Text || after.State == PostState.Deleted)
        {
            EraseWords(sqlite, before);
            WriteWords(sqlite, after, PostWords.Tags(after.Text));
        }

        if (after.State == PostState.Deleted)
        {
            Run(sqlite, "DELETE FROM post_version WHERE post_id = ?1", after.Id.Value);
            Run(sqlite, "UPDATE post_action SET share_id = NULL, shared_at = NULL WHERE user_id = ?1 AND post_id = ?2 AND share_id = ?3",
                before.Author.Value, before.ShareOf.Value, before.Id.Value);
            tx.Publish(new ActionsChanged(before.Author));
            Count(sqlite, before, -1);
        }
        else if (after.Audience != before.Audience && op == PostOp.Updated)
        {
            Run(sqlite, "DELETE FROM post_version WHERE post_id = ?1", after.Id.Value);
        }
        else if (after.Text != before.Text)
        {
            using var keep = sqlite.Use("INSERT INTO post_version (post_id, version, text, ended_at) VALUES (?1, ?2, ?3, ?4)");
            keep.Bind(1, before.Id.Value).Bind(2, before.Version).Bind(3, before.Text).Bind(4, tx.Now).Run();
        }

        Log(sqlite, after, op);
    }

    public PostId? ShareOf(WriteTx tx, UserId author, PostId post)
    {
        using var row = SqliteTx.Of(tx).Use("SELECT share_id FROM post_action WHERE user_id = ?1 AND post_id = ?2");
        return row.Bind(1, author.Value).Bind(2, post.Value).Scalar() is { } share ? new(share) : null;
    }

    public bool OwnsList(WriteTx tx, UserId author, long list) => OwnsList(SqliteTx.Of(tx), author, list);

    public Task<IReadOnlyList<Post?>> FindAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Post?>>(
            connection =>
            {
                var found = new Post?[ids.Count];
                using var row = connection.Use($"SELECT {PostRows.Columns} FROM post WHERE id = ?1");
                for (var i = 0; i < ids.Count; i++)
                {
                    found[i] = row.Bind(1, ids[i].Value).Step() ? PostRows.Post(row) : null;
                    row.Reset();
                }

                return found;
            },
            cancellationToken);

    public Task<IReadOnlyList<PostId>> OfAuthorAsync(UserId author, PostId? before, int limit, CancellationToken cancellationToken) =>
        IdsAsync(
            OfAuthorSql, author.Value, before?.Value ?? long.MaxValue, limit, cancellationToken);

    public Task<IReadOnlyList<PostId>> CommentsAsync(PostId parent, PostId? after, int limit, CancellationToken cancellationToken) =>
        IdsAsync(CommentsSql, parent.Value, after?.Value ?? 0, limit, cancellationToken);

    public Task<IReadOnlyList<PostVersion>> VersionsAsync(PostId id, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PostVersion>>(
            connection =>
            {
                var versions = new List<PostVersion>();
                using var rows = connection.Use("SELECT version, text, ended_at FROM post_version WHERE post_id = ?1 ORDER BY version DESC").Bind(1, id.Value);
                while (rows.Step())
                {
                    versions.Add(new(rows.Int32(0), rows.Text(1), rows.Time(2)));
                }

                return versions;
            },
            cancellationToken);

    public Task<IReadOnlyDictionary<string, UserId>> MentionedAsync(UserId author, IReadOnlyCollection<string> names, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyDictionary<string, UserId>>(
            connection =>
            {
                var found = new Dictionary<string, UserId>(StringComparer.Ordinal);
                using var row = connection.Use(
                    """
                    SELECT u.id FROM users u
                    WHERE u.name_key = ?2 AND u.disabled = 0
                        AND NOT EXISTS (SELECT 1 FROM relation b WHERE b.user_id = u.id AND b.kind = 4 AND b.target_id = ?1)
                        AND NOT EXISTS (SELECT 1 FROM relation b WHERE b.user_id = ?1 AND b.kind = 4 AND b.target_id = u.id)
                    """);
                foreach (var name in names)
                {
                    if (row.Bind(1, author.Value).Bind(2, UserName.KeyOf(name)).Step())
                    {
                        found[name] = new(row.Int64(0));
                    }

                    row.Reset();
                }

                return found;
            },
            cancellationToken);

    public int PruneKeys(WriteTx tx, long oldest, int limit)
    {
        using var prune = SqliteTx.Of(tx).Use(
            """
            DELETE FROM post_key WHERE (bucket, user_id, client_id) IN
                (SELECT bucket, user_id, client_id FROM post_key WHERE bucket < ?1 ORDER BY bucket, user_id, client_id LIMIT ?2)
            """);
        return prune.Bind(1, oldest).Bind(2, limit).Run();
    }

    internal static Post? Read(SqliteTx tx, PostId id)
    {
        using var row = tx.Use($"SELECT {PostRows.Columns} FROM post WHERE id = ?1").Bind(1, id.Value);
        return row.Step() ? PostRows.Post(row) : null;
    }

    internal static bool OwnsList(SqliteTx tx, UserId author, long list)
    {
        using var row = tx.Use("SELECT 1 FROM people_list WHERE id = ?1 AND owner_id = ?2");
        return row.Bind(1, list).Bind(2, author.Value).Step();
    }

    /// <summary>Tags and mentions of what stands in timelines; those of a comment are in its row alone.</summary>
    internal static void WriteWords(SqliteTx tx, Post post, IReadOnlyList<string> tags)
    {
        if (post.IsComment)
        {
            return;
        }

        foreach (var tag in tags)
        {
            using var insert = tx.Use("INSERT OR IGNORE INTO post_tag (tag, post_id) VALUES (?1, ?2)");
            insert.Bind(1, tag).Bind(2, post.Id.Value).Run();
        }

        foreach (var mention in post.Mentions)
        {
            Run(tx, "INSERT OR IGNORE INTO post_mention (user_id, post_id) VALUES (?1, ?2)", mention.User.Value, post.Id.Value);
        }
    }

    /// <summary>What others will count for it: an answer at what it answers and at the root, a share at what it shares.</summary>
    internal static void Count(SqliteTx tx, Post post, int delta)
    {
        if (post.IsComment)
        {
            SqliteCountStore.Write(tx, post.Root, PostTally.Comments, delta);
            if (post.Parent != post.Root)
            {
                SqliteCountStore.Write(tx, post.Parent, PostTally.Comments, delta);
            }
        }
        else if (post.ShareOf.Value != 0)
        {
            SqliteCountStore.Write(tx, post.ShareOf, PostTally.Shares, delta);
        }
    }

    internal static void Log(SqliteTx tx, Post post, PostOp op)
    {
        using var log = tx.Use("INSERT INTO post_log (post_id, author_id, op, at) VALUES (?1, ?2, ?3, ?4)");
        log.Bind(1, post.Id.Value).Bind(2, post.Author.Value).Bind(3, (int)op).Bind(4, tx.Now).Run();
        tx.Publish(new PostChanged(post.Facts, op, tx.Now));
    }

    private static void EraseWords(SqliteTx tx, Post post)
    {
        foreach (var tag in PostWords.Tags(post.Text))
        {
            using var delete = tx.Use("DELETE FROM post_tag WHERE tag = ?1 AND post_id = ?2");
            delete.Bind(1, tag).Bind(2, post.Id.Value).Run();
        }

        foreach (var mention in post.Mentions)
        {
            Run(tx, "DELETE FROM post_mention WHERE user_id = ?1 AND post_id = ?2", mention.User.Value, post.Id.Value);
        }
    }

    private static void Run(SqliteTx tx, string sql, params ReadOnlySpan<long> values)
    {
        using var statement = tx.Use(sql);
        for (var i = 0; i < values.Length; i++)
        {
            statement.Bind(i + 1, values[i]);
        }

        _ = statement.Run();
    }

    private Task<IReadOnlyList<PostId>> IdsAsync(string sql, long of, long beyond, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PostId>>(
            connection =>
            {
                var found = new List<PostId>();
                using var rows = connection.Use(sql).Bind(1, of).Bind(2, beyond).Bind(3, limit);
                while (rows.Step())
                {
                    found.Add(new(rows.Int64(0)));
                }

                return found;
            },
            cancellationToken);
}
