using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Timelines;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

/// <summary>Reads by key on the sessions that do nothing else: a plan from when these tables were empty would scan them for ever.</summary>
internal sealed class PostgresTimelineStore(PostgresDatabase database) : ITimelineStore
{
    /// <summary>Mentions that are looked at in one go: most are of posts that are for more than who is mentioned.</summary>
    private const int MentionsAtATime = 400;

    /// <summary>Posts of everybody that one question reads along: they are held against the authors here, so they travel.</summary>
    private const int AlongAtATime = 512;
    private const int MostAlong = 4096;

    private const string Stands = "root_id IS NULL AND state = 1";

    public async Task<Slice> OfAuthorsAsync(long[] authors, Reach reach, CancellationToken cancellationToken)
    {
        if (authors.Length == 0 || reach.Count == 0)
        {
            return Slice.End(reach.Up);
        }

        var gathering = new Gathering(authors, reach);
        var budget = Math.Min(gathering.Budget, MostAlong);
        for (var read = 0; read < budget && !gathering.IsDone; read += AlongAtATime)
        {
            if (!await AlongAsync(gathering, Math.Min(AlongAtATime, budget - read), cancellationToken))
            {
                return gathering.AtEnd();
            }
        }

        if (!gathering.IsDone)
        {
            await LookAsync(gathering, cancellationToken);
        }

        return gathering.Finish();
    }

    public async Task<Slice> OfTagsAsync(string[] tags, Reach reach, CancellationToken cancellationToken)
    {
        // As many of each as are wanted of all: more of one could not be among them.
        var (beyond, order) = reach.Up ? (">", "") : ("<", "DESC");
        await using var select = database.Keyed.CreateCommand(
            $"""
            SELECT DISTINCT p.post_id FROM unnest($1) AS t (tag)
            CROSS JOIN LATERAL (SELECT post_id FROM post_tag WHERE tag = t.tag AND post_id {beyond} $2 ORDER BY post_id {order} LIMIT $3) p
            ORDER BY 1 {order} LIMIT $3
            """).With(tags, reach.From, reach.Count);
        return Slice.Of(await select.ReadAllAsync(row => row.GetInt64(0), cancellationToken), reach);
    }

    public async Task<Slice> DirectAsync(UserId reader, Reach reach, CancellationToken cancellationToken)
    {
        var (beyond, order) = reach.Up ? (">", "") : ("<", "DESC");
        await using var select = database.Keyed.CreateCommand(
            $"""
            SELECT m.post_id, p.audience = 5 AND p.state = 1
            FROM (SELECT post_id FROM post_mention WHERE user_id = $1 AND post_id {beyond} $2 ORDER BY post_id {order} LIMIT $3) m
            JOIN post p ON p.id = m.post_id ORDER BY m.post_id {order}
            """).With(reader.Value, reach.From, (long)MentionsAtATime);
        var mentions = await select.ReadAllAsync(row => (Id: row.GetInt64(0), IsDirect: row.GetBoolean(1)), cancellationToken);
        List<long> ids = [.. mentions.Where(mention => mention.IsDirect).Select(mention => mention.Id).Take(reach.Count)];
        return ids.Count == reach.Count ? new Slice(ids, ids[^1])
            : mentions.Count == MentionsAtATime ? new Slice(ids, mentions[^1].Id)
            : new Slice(ids, reach.Up ? long.MaxValue : 0);
    }

    public async Task<long[]?> MembersAsync(UserId owner, long list, CancellationToken cancellationToken)
    {
        // A list without people is there all the same.
        await using var select = database.Keyed.CreateCommand(
            "SELECT m.user_id FROM people_list l LEFT JOIN people_list_member m ON m.list_id = l.id WHERE l.id = $1 AND l.owner_id = $2").With(list, owner.Value);
        var members = await select.ReadAllAsync(row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), cancellationToken);
        return members.Count == 0 ? null : [.. members.OfType<long>().Order()];
    }

    public async Task<IReadOnlyList<UserId>> MentionedAsync(PostId post, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT user_id FROM post_mention WHERE post_id = $1").With(post.Value);
        return await select.ReadAllAsync(Rows.UserId, cancellationToken);
    }

    public async Task<bool> HasTagAsync(PostId post, string[] tags, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            "SELECT 1 FROM unnest($1) AS t (tag) JOIN post_tag p ON p.tag = t.tag AND p.post_id = $2 LIMIT 1").With(tags, post.Value);
        return await select.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public async Task<FeedMark?> MarkAsync(UserId reader, long list, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand("SELECT post_id, at FROM timeline_mark WHERE user_id = $1 AND list_id = $2").With(reader.Value, list);
        return await select.ReadAllAsync(ReadMark, cancellationToken) is [var mark] ? mark : null;
    }

    public FeedMark Mark(WriteTx tx, UserId reader, long list, PostId post)
    {
        using var put = PostgresTx.Of(tx).Use(
            """
            INSERT INTO timeline_mark AS m (user_id, list_id, post_id, at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (user_id, list_id) DO UPDATE SET
              at = CASE WHEN excluded.post_id > m.post_id THEN excluded.at ELSE m.at END, post_id = greatest(m.post_id, excluded.post_id)
            RETURNING post_id, at
            """,
            reader.Value, list, post.Value, tx.Now);
        return put.ReadAll(ReadMark)[0];
    }

    /// <summary>False when everybody's posts have ended.</summary>
    private async Task<bool> AlongAsync(Gathering gathering, int count, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(gathering.Reach.Up
            ? $"SELECT id, author_id FROM post WHERE {Stands} AND id > 0 AND id > $1 ORDER BY id LIMIT $2"
            : $"SELECT id, author_id FROM post WHERE {Stands} AND id > 0 AND id < $1 ORDER BY id DESC LIMIT $2").With(gathering.From, (long)count);
        await using var rows = await select.ExecuteReaderAsync(cancellationToken);
        var read = 0;
        while (await rows.ReadAsync(cancellationToken))
        {
            read++;
            if (!gathering.Along(rows.GetInt64(0), rows.GetInt64(1)))
            {
                return true;
            }
        }

        return read == count;
    }

    private async Task LookAsync(Gathering gathering, CancellationToken cancellationToken)
    {
        var (beyond, order) = gathering.Reach.Up ? (">", "") : ("<", "DESC");
        await using var select = database.Keyed.CreateCommand(
            $"""
            SELECT p.id FROM unnest($1) AS a (id)
            CROSS JOIN LATERAL (SELECT id FROM post WHERE author_id = a.id AND {Stands} AND id {beyond} $2 ORDER BY id {order} LIMIT $3) p
            ORDER BY 1 {order} LIMIT $3
            """).With(gathering.Authors, gathering.From, (long)gathering.Missing);
        foreach (var id in await select.ReadAllAsync(row => row.GetInt64(0), cancellationToken))
        {
            gathering.Take(id);
        }
    }

    private static FeedMark ReadMark(NpgsqlDataReader row) => new(new PostId(row.GetInt64(0)), row.GetDateTime(1));
}
