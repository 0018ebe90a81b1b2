using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

/// <summary>The hot write: post by post, since their rows, the log and the counts are appended; only client ids, tags and mentions have places of their own.</summary>
internal sealed class SqlitePublishing(Snowflake ids) : SqliteHotVerb<NewPost, Result<Published>>
{
    public override void Run(SqliteTx tx, IReadOnlyList<NewPost> items, Span<Result<Published>> results)
    {
        for (var i = 0; i < items.Count; i++)
        {
            results[i] = Publish(tx, items[i]);
        }
    }

    private Result<Published> Publish(SqliteTx tx, NewPost item)
    {
        if (FindKey(tx, item) is { } use)
        {
            return use.Digest == item.Digest ? new Published(Read(tx, use.Post), Repeated: true) : ApiErrors.IdempotencyConflict;
        }

        if (item.Audience == Audience.List && !SqlitePostStore.OwnsList(tx, item.Author, item.List))
        {
            return Posts.NoSuchList;
        }

        if (item.ShareOf.Value != 0)
        {
            if (CheckShare(tx, item) is { } refused)
            {
                return refused;
            }

            if (FindShare(tx, item) is { } before)
            {
                return new Published(Read(tx, before), Repeated: true);
            }
        }
        else if (item.Root.Value != 0 && CheckComment(tx, item) is { } refused)
        {
            return refused;
        }

        var post = item.As(new(ids.Next()), tx.Now);
        Write(tx, post, item);
        return new Published(post, Repeated: false);
    }

    private static (PostId Post, long Digest)? FindKey(SqliteTx tx, NewPost item)
    {
        using var row = tx.Use("SELECT post_id, digest FROM post_key WHERE bucket IN (?1, ?1 - 1) AND user_id = ?2 AND client_id = ?3");
        row.Bind(1, KeyBucket.Of(tx.Now)).Bind(2, item.Author.Value).Bind(3, item.ClientId);
        return row.Step() ? (new(row.Int64(0)), row.Int64(1)) : null;
    }

    private static Error? CheckShare(SqliteTx tx, NewPost item)
    {
        UserId author;
        using (var row = tx.Use("SELECT author_id, audience, root_id FROM post WHERE id = ?1 AND state = 1").Bind(1, item.ShareOf.Value))
        {
            if (!row.Step())
            {
                return ApiErrors.NotFound;
            }

            author = new(row.Int64(0));
            if ((Audience)row.Int32(1) != Audience.Public || !row.IsNull(2))
            {
                return FeedsErrors.NotShareable;
            }
        }

        return IsBlocked(tx, item.Author, author) ? AccountsErrors.Blocked : null;
    }

    private static Error? CheckComment(SqliteTx tx, NewPost item)
    {
        foreach (var id in (PostId[])[item.Root, item.Parent])
        {
            UserId author;
            using (var row = tx.Use("SELECT author_id FROM post WHERE id = ?1 AND state = 1").Bind(1, id.Value))
            {
                if (!row.Step())
                {
                    return ApiErrors.NotFound;
                }

                author = new(row.Int64(0));
            }

            if (IsBlocked(tx, item.Author, author))
            {
                return AccountsErrors.Blocked;
            }
        }

        return null;
    }

    private static PostId? FindShare(SqliteTx tx, NewPost item)
    {
        if (!item.IsPlainShare)
        {
            return null;
        }

        using var row = tx.Use("SELECT share_id FROM post_action WHERE user_id = ?1 AND post_id = ?2 AND shared_at > ?3");
        return row.Bind(1, item.Author.Value).Bind(2, item.ShareOf.Value).Bind(3, tx.Now - item.ShareWindow).Scalar() is { } share ? new(share) : null;
    }

    private static bool IsBlocked(SqliteTx tx, UserId one, UserId other)
    {
        using var row = tx.Use(
            """
            SELECT 1 FROM relation WHERE user_id = ?1 AND kind = 4 AND target_id = ?2
            UNION ALL SELECT 1 FROM relation WHERE user_id = ?2 AND kind = 4 AND target_id = ?1
            """);
        return row.Bind(1, one.Value).Bind(2, other.Value).Step();
    }

    private static Post Read(SqliteTx tx, PostId id) =>
        SqlitePostStore.Read(tx, id) ?? throw new InvalidOperationException($"Post {id} has a client id but no row.");

    private static void Write(SqliteTx tx, Post post, NewPost item)
    {
        using (var insert = tx.Use(
            $"INSERT INTO post ({PostRows.Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL)"))
        {
            insert.Bind(1, post.Id.Value).Bind(2, post.Author.Value).Bind(3, post.Version).Bind(4, (int)post.State).Bind(5, (int)post.Audience)
                .Bind(6, PostRows.OrNull(post.List)).Bind(7, PostRows.OrNull(post.Root.Value)).Bind(8, PostRows.OrNull(post.Parent.Value))
                .Bind(9, PostRows.OrNull(post.ShareOf.Value)).Bind(10, post.Text).Bind(11, Mention.Write(post.Mentions)).Bind(12, post.CreatedAt).Run();
        }

        using (var key = tx.Use("INSERT INTO post_key (bucket, user_id, client_id, post_id, digest) VALUES (?1, ?2, ?3, ?4, ?5)"))
        {
            key.Bind(1, KeyBucket.Of(tx.Now)).Bind(2, item.Author.Value).Bind(3, item.ClientId).Bind(4, post.Id.Value).Bind(5, item.Digest).Run();
        }

        SqlitePostStore.WriteWords(tx, post, item.Tags);
        if (item.IsPlainShare)
        {
            using var share = tx.Use(
                """
                INSERT INTO post_action (user_id, post_id, reactions, share_id, shared_at) VALUES (?1, ?2, 0, ?3, ?4)
                ON CONFLICT (user_id, post_id) DO UPDATE SET share_id = excluded.share_id, shared_at = excluded.shared_at
                """);
            share.Bind(1, post.Author.Value).Bind(2, post.ShareOf.Value).Bind(3, post.Id.Value).Bind(4, tx.Now).Run();
            tx.Publish(new ActionsChanged(post.Author));
        }

        SqlitePostStore.Count(tx, post, 1);
        SqlitePostStore.Log(tx, post, PostOp.Created);
    }
}
