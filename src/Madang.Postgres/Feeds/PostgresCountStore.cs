using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresCountStore(PostgresDatabase database) : IPostCountStore
{
    public (IReadOnlyList<PostId> Posts, int Deeds) AddUp(WriteTx tx, int limit)
    {
        var (sums, deeds) = (new SortedDictionary<(long Post, short What), long>(), 0);
        using (var take = PostgresTx.Of(tx).Use(
            // What another node is adding up right now it keeps.
            """
            DELETE FROM post_tally WHERE seq = ANY (ARRAY(SELECT seq FROM post_tally ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED))
            RETURNING post_id, what, delta
            """,
            limit))
        {
            using var rows = take.ExecuteReader();
            while (rows.Read())
            {
                var key = (rows.GetInt64(0), rows.GetInt16(1));
                sums[key] = sums.GetValueOrDefault(key) + rows.GetInt32(2);
                deeds++;
            }
        }

        if (deeds > 0)
        {
            // In key order, so that two nodes never wait for each other crosswise.
            _ = PostgresTx.Of(tx).Run(
                """
                INSERT INTO post_count (post_id, what, count) SELECT s.post_id, s.what, s.count FROM unnest($1::bigint[], $2::smallint[], $3::bigint[]) s (post_id, what, count)
                ON CONFLICT (post_id, what) DO UPDATE SET count = post_count.count + excluded.count
                """,
                sums.Keys.Select(key => key.Post).ToArray(), sums.Keys.Select(key => key.What).ToArray(), sums.Values.ToArray());
        }

        return ([.. sums.Keys.Select(key => new PostId(key.Post)).Distinct()], deeds);
    }

    public async Task<IReadOnlyList<PostCounts>> OfAsync(IReadOnlyList<PostId> ids, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<PostId, PostCounts>();
        await using var command = database.Keyed.CreateCommand(
            "SELECT c.post_id, c.what, c.count FROM unnest($1::bigint[]) j (id) JOIN post_count c ON c.post_id = j.id")
            .With([PostgresPostStore.Values([.. ids.Distinct()])]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            PostId id = new(rows.GetInt64(0));
            if (!counts.TryGetValue(id, out var own))
            {
                counts[id] = own = new();
            }

            own.Set(rows.GetInt16(1), rows.GetInt64(2));
        }

        return [.. ids.Select(id => counts.GetValueOrDefault(id, PostCounts.None))];
    }
}
