using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteCountStore(SqliteDatabase database) : IPostCountStore
{
    public (IReadOnlyList<PostId> Posts, int Deeds) AddUp(WriteTx tx, int limit)
    {
        var sqlite = SqliteTx.Of(tx);
        var (sums, last, deeds) = (new SortedDictionary<(long Post, int What), long>(), 0L, 0);
        using (var rows = sqlite.Use("SELECT seq, post_id, what, delta FROM post_tally ORDER BY seq LIMIT ?1").Bind(1, limit))
        {
            while (rows.Step())
            {
                last = rows.Int64(0);
                var key = (rows.Int64(1), rows.Int32(2));
                sums[key] = sums.GetValueOrDefault(key) + rows.Int64(3);
                deeds++;
            }
        }

        if (deeds == 0)
        {
            return ([], 0);
        }

        using (var add = sqlite.Use(
            "INSERT INTO post_count (post_id, what, count) VALUES (?1, ?2, ?3) ON CONFLICT (post_id, what) DO UPDATE SET count = count + excluded.count"))
        {
            foreach (var ((post, what), sum) in sums)
            {
                add.Bind(1, post).Bind(2, what).Bind(3, sum).Again();
            }
        }

        using var delete = sqlite.Use("DELETE FROM post_tally WHERE seq <= ?1");
        _ = delete.Bind(1, last).Run();
        return ([.. sums.Keys.Select(key => new PostId(key.Post)).Distinct()], deeds);
    }

    public Task<IReadOnlyList<PostCounts>> OfAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PostCounts>>(
            connection =>
            {
                var counts = new PostCounts[ids.Count];
                using var rows = connection.Use("SELECT what, count FROM post_count WHERE post_id = ?1");
                for (var i = 0; i < ids.Count; i++)
                {
                    PostCounts? own = null;
                    rows.Bind(1, ids[i].Value);
                    while (rows.Step())
                    {
                        (own ??= new()).Set(rows.Int32(0), rows.Int64(1));
                    }

                    rows.Reset();
                    counts[i] = own ?? PostCounts.None;
                }

                return counts;
            },
            cancellationToken);

    /// <summary>Writes a deed down; it counts a moment later.</summary>
    internal static void Write(SqliteTx tx, PostId post, int what, int delta)
    {
        using var insert = tx.Use("INSERT INTO post_tally (post_id, what, delta) VALUES (?1, ?2, ?3)");
        insert.Bind(1, post.Value).Bind(2, what).Bind(3, delta).Run();
        tx.Publish(DeedWritten.Once);
    }
}
