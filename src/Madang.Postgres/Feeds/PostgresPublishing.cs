using Madang.Accounts;
using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

/// <summary>The hot write, for a whole batch at once: look up what decides, decide in memory, write each table by one statement.</summary>
internal sealed class PostgresPublishing(Snowflake ids) : PostgresHotVerb<NewPost, Result<Published>>
{
    public override string Name => "posts";

    /// <summary>By author: whoever sends something twice meets it again on the same session.</summary>
    public override int PartitionOf(NewPost item) => item.Author.GetHashCode();

    public override int WeightOf(NewPost item) => 3 + item.Tags.Count + item.Mentions.Count;

    public override void Run(PostgresTx tx, IReadOnlyList<NewPost> items, Span<Result<Published>> results)
    {
        LockSharers(tx, items);
        var batch = new Batch(tx.Now, ids);
        Read(tx, items, batch);
        for (var i = 0; i < items.Count; i++)
        {
            results[i] = batch.Decide(items[i]);
        }

        if (batch.Posts.Count > 0)
        {
            Write(tx, batch);
        }
    }

    /// <summary>Two nodes on which one person shares the same thing at once take turns, so that the second one finds the first share.</summary>
    private static void LockSharers(PostgresTx tx, IReadOnlyList<NewPost> items)
    {
        var sharers = items.Where(item => item.IsPlainShare).Select(item => item.Author.Value).Distinct().Order().ToArray();
        if (sharers.Length > 0)
        {
            _ = tx.Run("SELECT FROM users WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", sharers);
        }
    }

    /// <summary>Client ids used before, what is answered or shared, earlier shares, lists and blocks, in one round trip.</summary>
    private static void Read(PostgresTx tx, IReadOnlyList<NewPost> items, Batch batch)
    {
        var bucket = KeyBucket.Of(tx.Now);
        var bound = items.Where(item => item.Root.Value != 0 || item.ShareOf.Value != 0).ToList();
        using var reads = tx.Batch();
        // OFFSET keeps the planner from going through all keys of an author, which a plan made while there were none would repeat for ever.
        reads.Add(
            $"""
            SELECT s.user_id, s.client_id, k.digest, {PostRows.Columns}
            FROM unnest($1::bigint[], $2::text[]) s (user_id, client_id)
            CROSS JOIN LATERAL (SELECT digest, post_id FROM post_key WHERE bucket = ANY($3) AND user_id = s.user_id AND client_id = s.client_id OFFSET 0) k
            JOIN post p ON p.id = k.post_id
            """,
            items.Select(item => item.Author.Value).ToArray(), items.Select(item => item.ClientId).ToArray(), new[] { bucket, bucket - 1 });
        reads.Add(
            "SELECT p.id, p.author_id, p.audience, p.root_id IS NOT NULL FROM unnest($1::bigint[]) t (id) JOIN post p ON p.id = t.id WHERE p.state = 1",
            bound.SelectMany(item => (long[])[item.Root.Value, item.Parent.Value, item.ShareOf.Value]).Where(id => id != 0).Distinct().ToArray());
        reads.Add(
            $"""
            SELECT s.user_id, s.post_id, a.shared_at, {PostRows.Columns}
            FROM unnest($1::bigint[], $2::bigint[]) s (user_id, post_id)
            JOIN post_action a ON a.user_id = s.user_id AND a.post_id = s.post_id
            JOIN post p ON p.id = a.share_id
            """,
            bound.Where(item => item.IsPlainShare).Select(item => item.Author.Value).ToArray(),
            bound.Where(item => item.IsPlainShare).Select(item => item.ShareOf.Value).ToArray());
        var listed = items.Where(item => item.Audience == Audience.List).ToList();
        reads.Add(
            "SELECT l.owner_id, l.id FROM unnest($1::bigint[]) s (id) JOIN people_list l ON l.id = s.id",
            listed.Select(item => item.List).Distinct().ToArray());
        reads.Add(
            """
            SELECT s.author_id, p.author_id
            FROM unnest($1::bigint[], $2::bigint[]) s (author_id, post_id)
            JOIN post p ON p.id = s.post_id
            CROSS JOIN LATERAL (
                SELECT FROM relation b WHERE b.user_id = s.author_id AND b.kind = 4 AND b.target_id = p.author_id
                UNION ALL SELECT FROM relation b WHERE b.user_id = p.author_id AND b.kind = 4 AND b.target_id = s.author_id OFFSET 0) b
            """,
            bound.SelectMany(item => (long[])[item.Author.Value, item.Author.Value]).ToArray(),
            bound.SelectMany(item => item.ShareOf.Value != 0 ? (long[])[item.ShareOf.Value, item.ShareOf.Value] : [item.Root.Value, item.Parent.Value]).ToArray());
        using var rows = reads.ExecuteReader();
        batch.Take(rows);
    }

    private static void Write(PostgresTx tx, Batch batch)
    {
        var posts = batch.Posts;
        using var writes = tx.Batch();
        writes.Add(
            """
            INSERT INTO post (id, author_id, version, state, audience, list_id, root_id, parent_id, share_of, text, mentions, created_at)
            SELECT p.id, p.author_id, 1, 1, p.audience, NULLIF(p.list_id, 0), NULLIF(p.root_id, 0), NULLIF(p.parent_id, 0), NULLIF(p.share_of, 0), p.text, p.mentions, $10
            FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::text[])
                p (id, author_id, audience, list_id, root_id, parent_id, share_of, text, mentions)
            """,
            Longs(one => one.Post.Id.Value), Longs(one => one.Post.Author.Value), posts.Select(one => (short)one.Post.Audience).ToArray(),
            Longs(one => one.Post.List), Longs(one => one.Post.Root.Value), Longs(one => one.Post.Parent.Value), Longs(one => one.Post.ShareOf.Value),
            posts.Select(one => one.Post.Text).ToArray(), posts.Select(one => Mention.Write(one.Post.Mentions)).ToArray(), tx.Now);

        // In key order: two transactions that use the same ids wait for each other, never crosswise.
        var keys = posts.OrderBy(one => one.Post.Author).ThenBy(one => one.Item.ClientId, StringComparer.Ordinal).ToList();
        writes.Add(
            """
            INSERT INTO post_key (bucket, user_id, client_id, post_id, digest)
            SELECT $1, k.user_id, k.client_id, k.post_id, k.digest
            FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) k (user_id, client_id, post_id, digest)
            """,
            KeyBucket.Of(tx.Now), keys.Select(one => one.Post.Author.Value).ToArray(), keys.Select(one => one.Item.ClientId).ToArray(),
            keys.Select(one => one.Post.Id.Value).ToArray(), keys.Select(one => one.Item.Digest).ToArray());
        var shares = posts.Where(one => one.Item.IsPlainShare).OrderBy(one => (one.Post.Author.Value, one.Post.ShareOf.Value)).ToList();
        if (shares.Count > 0)
        {
            writes.Add(
                """
                INSERT INTO post_action (user_id, post_id, reactions, share_id, shared_at)
                SELECT s.user_id, s.post_id, 0, s.share_id, $4 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) s (user_id, post_id, share_id)
                ON CONFLICT (user_id, post_id) DO UPDATE SET share_id = excluded.share_id, shared_at = excluded.shared_at
                """,
                shares.Select(one => one.Post.Author.Value).ToArray(), shares.Select(one => one.Post.ShareOf.Value).ToArray(),
                shares.Select(one => one.Post.Id.Value).ToArray(), tx.Now);
        }

        PostgresPostStore.AddWords(writes, [.. posts.Select(one => (one.Post, one.Item.Tags))]);
        PostgresPostStore.AddCounts(tx, writes, [.. posts.Select(one => one.Post)], 1);
        PostgresPostStore.AddLog(tx, writes, [.. posts.Select(one => one.Post)], PostOp.Created);
        _ = writes.ExecuteNonQuery();

        long[] Longs(Func<(Post Post, NewPost Item), long> of) => [.. posts.Select(of)];
    }

    /// <summary>What is known and decided so far.</summary>
    private sealed class Batch(DateTimeOffset now, Snowflake ids)
    {
        private readonly Dictionary<(UserId, string), (long Digest, Post Post)> _keys = [];
        private readonly Dictionary<PostId, (Audience Audience, bool IsComment)> _targets = [];
        private readonly Dictionary<PostId, UserId> _authors = [];
        private readonly Dictionary<(UserId, PostId), (DateTimeOffset At, Post Post)> _shares = [];
        private readonly HashSet<(UserId, long)> _lists = [];
        private readonly HashSet<(UserId, UserId)> _blocks = [];

        public List<(Post Post, NewPost Item)> Posts { get; } = [];

        public void Take(NpgsqlDataReader rows)
        {
            while (rows.Read())
            {
                _keys[(new(rows.GetInt64(0)), rows.GetString(1))] = (rows.GetInt64(2), PostRows.Post(rows, 3));
            }

            _ = rows.NextResult();
            while (rows.Read())
            {
                PostId id = new(rows.GetInt64(0));
                _targets[id] = ((Audience)rows.GetInt16(2), rows.GetBoolean(3));
                _authors[id] = new(rows.GetInt64(1));
            }

            _ = rows.NextResult();
            while (rows.Read())
            {
                _shares[(new(rows.GetInt64(0)), new(rows.GetInt64(1)))] = (PostRows.Time(rows, 2), PostRows.Post(rows, 3));
            }

            _ = rows.NextResult();
            while (rows.Read())
            {
                _lists.Add((new(rows.GetInt64(0)), rows.GetInt64(1)));
            }

            _ = rows.NextResult();
            while (rows.Read())
            {
                _blocks.Add((new(rows.GetInt64(0)), new(rows.GetInt64(1))));
            }
        }

        public Result<Published> Decide(NewPost item)
        {
            if (_keys.TryGetValue((item.Author, item.ClientId), out var use))
            {
                return use.Digest == item.Digest ? new Published(use.Post, Repeated: true) : ApiErrors.IdempotencyConflict;
            }

            if (item.Audience == Audience.List && !_lists.Contains((item.Author, item.List)))
            {
                return Madang.Feeds.Posts.Posts.NoSuchList;
            }

            if (Check(item) is { } refused)
            {
                return refused;
            }

            if (item.IsPlainShare && _shares.TryGetValue((item.Author, item.ShareOf), out var before) && before.At > now - item.ShareWindow)
            {
                return new Published(before.Post, Repeated: true);
            }

            var post = item.As(new(ids.Next()), now);
            _keys[(item.Author, item.ClientId)] = (item.Digest, post);
            if (item.IsPlainShare)
            {
                _shares[(item.Author, item.ShareOf)] = (now, post);
            }

            Posts.Add((post, item));
            return new Published(post, Repeated: false);
        }

        private Error? Check(NewPost item)
        {
            if (item.ShareOf.Value != 0)
            {
                return !_targets.TryGetValue(item.ShareOf, out var original) ? ApiErrors.NotFound
                    : original.Audience != Audience.Public || original.IsComment ? FeedsErrors.NotShareable
                    : _blocks.Contains((item.Author, _authors[item.ShareOf])) ? AccountsErrors.Blocked
                    : null;
            }

            return item.Root.Value == 0 ? null
                : !_targets.ContainsKey(item.Root) || !_targets.ContainsKey(item.Parent) ? ApiErrors.NotFound
                : _blocks.Contains((item.Author, _authors[item.Root])) || _blocks.Contains((item.Author, _authors[item.Parent])) ? AccountsErrors.Blocked
                : null;
        }
    }
}
