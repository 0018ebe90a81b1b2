using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Timelines;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteTimelineStore(SqliteDatabase database) : ITimelineStore
{
    /// <summary>Mentions that are looked at in one go: most are of posts that are for more than who is mentioned.</summary>
    private const int MentionsAtATime = 400;

    private const string Stands = "root_id IS NULL AND state = 1";

    public Task<Slice> OfAuthorsAsync(long[] authors, Reach reach, CancellationToken cancellationToken) =>
        authors.Length == 0 || reach.Count == 0
            ? Task.FromResult(Slice.End(reach.Up))
            : database.ReadAsync(connection => Gather(connection, new Gathering(authors, reach)), cancellationToken);

    public Task<Slice> OfTagsAsync(string[] tags, Reach reach, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            // As many of each as are wanted of all: more of one could not be among them.
            using var select = connection.Use(reach.Up
                ? "SELECT post_id FROM post_tag WHERE tag = ?1 AND post_id > ?2 ORDER BY post_id LIMIT ?3"
                : "SELECT post_id FROM post_tag WHERE tag = ?1 AND post_id < ?2 ORDER BY post_id DESC LIMIT ?3");
            var ids = new SortedSet<long>();
            foreach (var tag in tags)
            {
                _ = select.Bind(1, tag).Bind(2, reach.From).Bind(3, reach.Count);
                while (select.Step())
                {
                    ids.Add(select.Int64(0));
                }

                select.Reset();
            }

            return Slice.Of([.. (reach.Up ? ids : ids.Reverse()).Take(reach.Count)], reach);
        },
        cancellationToken);

    public Task<Slice> DirectAsync(UserId reader, Reach reach, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use(reach.Up
                ? "SELECT m.post_id, p.audience, p.state FROM post_mention m JOIN post p ON p.id = m.post_id WHERE m.user_id = ?1 AND m.post_id > ?2 ORDER BY m.post_id LIMIT ?3"
                : "SELECT m.post_id, p.audience, p.state FROM post_mention m JOIN post p ON p.id = m.post_id WHERE m.user_id = ?1 AND m.post_id < ?2 ORDER BY m.post_id DESC LIMIT ?3");
            _ = select.Bind(1, reader.Value).Bind(2, reach.From).Bind(3, MentionsAtATime);
            var (ids, seen, last) = (new List<long>(), 0, 0L);
            while (ids.Count < reach.Count && select.Step())
            {
                (last, seen) = (select.Int64(0), seen + 1);
                if (select.Int32(1) == (int)Audience.Direct && select.Int32(2) == (int)PostState.Live)
                {
                    ids.Add(last);
                }
            }

            return seen == MentionsAtATime || ids.Count == reach.Count ? new Slice(ids, last) : new Slice(ids, reach.Up ? long.MaxValue : 0);
        },
        cancellationToken);

    public Task<long[]?> MembersAsync(UserId owner, long list, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var own = connection.Use("SELECT 1 FROM people_list WHERE id = ?1 AND owner_id = ?2");
            if (!own.Bind(1, list).Bind(2, owner.Value).Step())
            {
                return null;
            }

            using var select = connection.Use("SELECT user_id FROM people_list_member WHERE list_id = ?1 ORDER BY user_id");
            return Ids(select.Bind(1, list)).ToArray();
        },
        cancellationToken);

    public Task<IReadOnlyList<UserId>> MentionedAsync(PostId post, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<UserId>>(
        connection =>
        {
            using var select = connection.Use("SELECT user_id FROM post_mention WHERE post_id = ?1");
            return [.. Ids(select.Bind(1, post.Value)).Select(id => new UserId(id))];
        },
        cancellationToken);

    public Task<bool> HasTagAsync(PostId post, string[] tags, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use("SELECT 1 FROM post_tag WHERE tag = ?1 AND post_id = ?2");
            foreach (var tag in tags)
            {
                if (select.Bind(1, tag).Bind(2, post.Value).Step())
                {
                    return true;
                }

                select.Reset();
            }

            return false;
        },
        cancellationToken);

    public Task<FeedMark?> MarkAsync(UserId reader, long list, CancellationToken cancellationToken) => database.ReadAsync<FeedMark?>(
        connection =>
        {
            using var select = connection.Use("SELECT post_id, at FROM timeline_mark WHERE user_id = ?1 AND list_id = ?2");
            return select.Bind(1, reader.Value).Bind(2, list).Step() ? new FeedMark(new PostId(select.Int64(0)), select.Time(1)) : null;
        },
        cancellationToken);

    public FeedMark Mark(WriteTx tx, UserId reader, long list, PostId post)
    {
        using var put = SqliteTx.Of(tx).Use(
            """
            INSERT INTO timeline_mark (user_id, list_id, post_id, at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (user_id, list_id) DO UPDATE SET
              at = CASE WHEN excluded.post_id > post_id THEN excluded.at ELSE at END, post_id = max(post_id, excluded.post_id)
            RETURNING post_id, at
            """);
        _ = put.Bind(1, reader.Value).Bind(2, list).Bind(3, post.Value).Bind(4, tx.Now).Step();
        return new FeedMark(new PostId(put.Int64(0)), put.Time(1));
    }

    private static Slice Gather(SqliteConnection connection, Gathering gathering)
    {
        var up = gathering.Reach.Up;
        using (var along = connection.Use(up
            ? $"SELECT id, author_id FROM post INDEXED BY post_newest WHERE {Stands} AND id > ?1 ORDER BY id"
            : $"SELECT id, author_id FROM post INDEXED BY post_newest WHERE {Stands} AND id < ?1 ORDER BY id DESC"))
        {
            _ = along.Bind(1, gathering.Reach.From);
            bool more;
            while ((more = along.Step()) && gathering.Along(along.Int64(0), along.Int64(1)))
            {
            }

            if (!more)
            {
                return gathering.AtEnd();
            }
        }

        if (gathering.IsDone)
        {
            return gathering.Finish();
        }

        using var one = connection.Use(up
            ? $"SELECT id FROM post INDEXED BY post_of_author WHERE author_id = ?1 AND {Stands} AND id > ?2 AND id < ?3 ORDER BY id LIMIT ?4"
            : $"SELECT id FROM post INDEXED BY post_of_author WHERE author_id = ?1 AND {Stands} AND id < ?2 AND id > ?3 ORDER BY id DESC LIMIT ?4");
        foreach (var author in gathering.Authors)
        {
            _ = one.Bind(1, author).Bind(2, gathering.From).Bind(3, gathering.Limit).Bind(4, gathering.Missing);
            while (one.Step() && gathering.Take(one.Int64(0)))
            {
            }

            one.Reset();
        }

        return gathering.Finish();
    }

    private static IEnumerable<long> Ids(Statement select)
    {
        while (select.Step())
        {
            yield return select.Int64(0);
        }
    }
}
