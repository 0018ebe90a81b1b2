using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresPostStore(PostgresDatabase database, Snowflake ids) : IPostStore
{
    internal const string OfAuthorSql = "SELECT id FROM post WHERE author_id = $1 AND root_id IS NULL AND state = 1 AND id < $2 ORDER BY id DESC LIMIT $3";
    internal const string CommentsSql = "SELECT id FROM post WHERE parent_id = $1 AND id > $2 ORDER BY id LIMIT $3";

    private readonly PostgresPublishing _publishing = new(ids);

    public async Task<Result<Published>> PublishAsync(NewPost post, CancellationToken cancellationToken)
    {
        try
        {
            return await database.WriteAsync(_publishing, post, cancellationToken);
        }
        catch (PostgresException fault) when (fault is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "post_key" })
        {
            // The same client id was used on another node between our look-up and our insert. The second look finds it.
            return await database.WriteAsync(_publishing, post, cancellationToken);
        }
    }

    public Post? Lock(WriteTx tx, PostId id)
    {
        using var command = PostgresTx.Of(tx).Use($"SELECT {PostRows.Columns} FROM post p WHERE p.id = $1 FOR NO KEY UPDATE", id.Value);
        using var row = command.ExecuteReader();
        return row.Read() ? PostRows.Post(row) : null;
    }

    public void Update(WriteTx tx, Post before, Post after, PostOp op)
    {
        var postgres = PostgresTx.Of(tx);
        using var writes = postgres.Batch();
        writes.Add(
            "UPDATE post SET audience = $2, list_id = $3, state = $4, version = $5, text = $6, mentions = $7, edited_at = $8 WHERE id = $1",
            after.Id.Value, (short)after.Audience, PostRows.OrNull(after.List), (short)after.State, after.Version, after.Text, Mention.Write(after.Mentions),
            after.EditedAt);
        if (after.Text != before.Text || after.State == PostState.Deleted)
        {
            writes.Add(
                "DELETE FROM post_tag t USING unnest($1::text[]) s (tag) WHERE t.tag = s.tag AND t.post_id = $2",
                PostWords.Tags(before.Text).ToArray(), before.Id.Value);
            writes.Add(
                "DELETE FROM post_mention m USING unnest($1::bigint[]) s (user_id) WHERE m.user_id = s.user_id AND m.post_id = $2",
                before.Mentions.Select(mention => mention.User.Value).ToArray(), before.Id.Value);
            AddWords(writes, [(after, PostWords.Tags(after.Text))]);
        }

        if (after.State == PostState.Deleted)
        {
            writes.Add("DELETE FROM post_version WHERE post_id = $1", after.Id.Value);
            writes.Add(
                "UPDATE post_action SET share_id = NULL, shared_at = NULL WHERE user_id = $1 AND post_id = $2 AND share_id = $3",
                before.Author.Value, before.ShareOf.Value, before.Id.Value);
            AddCounts(tx, writes, [before], -1);
        }
        else if (after.Audience != before.Audience && op == PostOp.Updated)
        {
            writes.Add("DELETE FROM post_version WHERE post_id = $1", after.Id.Value);
        }
        else if (after.Text != before.Text)
        {
            writes.Add(
                "INSERT INTO post_version (post_id, version, text, ended_at) VALUES ($1, $2, $3, $4)", before.Id.Value, before.Version, before.Text, tx.Now);
        }

        AddLog(tx, writes, [after], op);
        _ = writes.ExecuteNonQuery();
    }

    public PostId? ShareOf(WriteTx tx, UserId author, PostId post)
    {
        using var command = PostgresTx.Of(tx).Use("SELECT share_id FROM post_action WHERE user_id = $1 AND post_id = $2", author.Value, post.Value);
        return command.ExecuteScalar() is long share ? new(share) : null;
    }

    public bool OwnsList(WriteTx tx, UserId author, long list)
    {
        using var command = PostgresTx.Of(tx).Use("SELECT true FROM people_list WHERE id = $1 AND owner_id = $2", list, author.Value);
        return command.ExecuteScalar() is true;
    }

    public async Task<IReadOnlyList<Post?>> FindAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<PostId, Post>(ids.Count);
        await using var command = database.Keyed.CreateCommand(
            $"SELECT {PostRows.Columns} FROM unnest($1::bigint[]) j (id) JOIN post p ON p.id = j.id").With([Values(ids)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var post = PostRows.Post(rows);
            found[post.Id] = post;
        }

        return [.. ids.Select(found.GetValueOrDefault)];
    }

    public Task<IReadOnlyList<PostId>> OfAuthorAsync(UserId author, PostId? before, int limit, CancellationToken cancellationToken) =>
        IdsAsync(
            OfAuthorSql, author.Value, before?.Value ?? long.MaxValue, limit, cancellationToken);

    public Task<IReadOnlyList<PostId>> CommentsAsync(PostId parent, PostId? after, int limit, CancellationToken cancellationToken) =>
        IdsAsync(CommentsSql, parent.Value, after?.Value ?? 0, limit, cancellationToken);

    public async Task<IReadOnlyList<PostVersion>> VersionsAsync(PostId id, CancellationToken cancellationToken)
    {
        var versions = new List<PostVersion>();
        await using var command = database.Source.CreateCommand(
            "SELECT version, text, ended_at FROM post_version WHERE post_id = $1 ORDER BY version DESC").With(id.Value);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            versions.Add(new(rows.GetInt32(0), rows.GetString(1), PostRows.Time(rows, 2)));
        }

        return versions;
    }

    public async Task<IReadOnlyDictionary<string, UserId>> MentionedAsync(UserId author, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, UserId>(StringComparer.Ordinal);
        var asked = names.ToArray();
        await using var command = database.Keyed.CreateCommand(
            """
            SELECT s.name, u.id
            FROM unnest($2::text[], $3::text[]) s (name, name_key)
            JOIN users u ON u.name_key = s.name_key AND NOT u.disabled
            WHERE NOT EXISTS (SELECT FROM relation b WHERE b.user_id = u.id AND b.kind = 4 AND b.target_id = $1)
                AND NOT EXISTS (SELECT FROM relation b WHERE b.user_id = $1 AND b.kind = 4 AND b.target_id = u.id)
            """).With(author.Value, asked, asked.Select(UserName.KeyOf).ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found[rows.GetString(0)] = new(rows.GetInt64(1));
        }

        return found;
    }

    public int PruneKeys(WriteTx tx, long oldest, int limit) => PostgresTx.Of(tx).Run(
        """
        DELETE FROM post_key k USING (SELECT bucket, user_id, client_id FROM post_key WHERE bucket < $1 ORDER BY bucket, user_id, client_id LIMIT $2) old
        WHERE k.bucket = old.bucket AND k.user_id = old.user_id AND k.client_id = old.client_id
        """,
        oldest, limit);

    internal static long[] Values(IReadOnlyList<PostId> ids) => [.. ids.Select(id => id.Value)];

    /// <summary>Tags and mentions of what stands in timelines; those of a comment are in its row alone.</summary>
    internal static void AddWords(NpgsqlBatch writes, IReadOnlyList<(Post Post, IReadOnlyList<string> Tags)> posts)
    {
        var tags = posts.Where(one => !one.Post.IsComment).SelectMany(one => one.Tags, (one, tag) => (Tag: tag, Post: one.Post.Id.Value))
            .OrderBy(one => one.Tag, StringComparer.Ordinal).ThenBy(one => one.Post).ToList();
        if (tags.Count > 0)
        {
            writes.Add(
                "INSERT INTO post_tag (tag, post_id) SELECT * FROM unnest($1::text[], $2::bigint[])",
                tags.Select(one => one.Tag).ToArray(), tags.Select(one => one.Post).ToArray());
        }

        var mentions = posts.Where(one => !one.Post.IsComment).SelectMany(one => one.Post.Mentions, (one, mention) => (User: mention.User.Value, Post: one.Post.Id.Value))
            .Order().ToList();
        if (mentions.Count > 0)
        {
            writes.Add(
                "INSERT INTO post_mention (user_id, post_id) SELECT * FROM unnest($1::bigint[], $2::bigint[])",
                mentions.Select(one => one.User).ToArray(), mentions.Select(one => one.Post).ToArray());
        }
    }

    /// <summary>What others will count for them: an answer at what it answers and at the root, a share at what it shares.</summary>
    internal static void AddCounts(WriteTx tx, NpgsqlBatch writes, IReadOnlyList<Post> posts, int delta)
    {
        var deeds = new List<(long Post, short What)>();
        foreach (var post in posts)
        {
            if (post.IsComment)
            {
                deeds.Add((post.Root.Value, PostTally.Comments));
                if (post.Parent != post.Root)
                {
                    deeds.Add((post.Parent.Value, PostTally.Comments));
                }
            }
            else if (post.ShareOf.Value != 0)
            {
                deeds.Add((post.ShareOf.Value, PostTally.Shares));
            }
        }

        if (deeds.Count > 0)
        {
            writes.Add(
                "INSERT INTO post_tally (post_id, what, delta) SELECT d.post_id, d.what, $3 FROM unnest($1::bigint[], $2::smallint[]) d (post_id, what)",
                deeds.Select(deed => deed.Post).ToArray(), deeds.Select(deed => deed.What).ToArray(), delta);
            tx.Publish(DeedWritten.Once);
        }
    }

    internal static void AddLog(WriteTx tx, NpgsqlBatch writes, IReadOnlyList<Post> posts, PostOp op)
    {
        writes.Add(
            "INSERT INTO post_log (post_id, author_id, op, at) SELECT l.post_id, l.author_id, $3, $4 FROM unnest($1::bigint[], $2::bigint[]) l (post_id, author_id)",
            posts.Select(post => post.Id.Value).ToArray(), posts.Select(post => post.Author.Value).ToArray(), (short)op, tx.Now);
        foreach (var post in posts)
        {
            tx.Publish(new PostChanged(post.Facts, op, tx.Now));
        }
    }

    private async Task<IReadOnlyList<PostId>> IdsAsync(string sql, long of, long beyond, int limit, CancellationToken cancellationToken)
    {
        var found = new List<PostId>();
        await using var command = database.Keyed.CreateCommand(sql).With(of, beyond, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(new(rows.GetInt64(0)));
        }

        return found;
    }
}
