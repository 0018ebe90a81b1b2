using Madang.Feeds;
using Madang.Feeds.Posts;
using Madang.Feeds.Timelines;
using Madang.Postgres.Accounts;

namespace Madang.Postgres.Feeds;

/// <summary>
/// The order of commits is (xid, seq) below the oldest transaction that still runs; beyond it one may yet commit in between, so what lies there is told and
/// told again.
/// </summary>
internal sealed class PostgresPostTail(PostgresDatabase database) : IPostTail
{
    public async Task<TailPlace> EndAsync(CancellationToken cancellationToken)
    {
        // No seq is 0: whatever the oldest running transaction writes lies beyond.
        await using var select = database.Keyed.CreateCommand("SELECT pg_snapshot_xmin(pg_current_snapshot())::text");
        return new TailPlace(ulong.Parse((string)(await select.ExecuteScalarAsync(cancellationToken))!, System.Globalization.CultureInfo.InvariantCulture), 0);
    }

    public async Task<IReadOnlyList<TailEntry>> AfterAsync(TailPlace after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Keyed.CreateCommand(
            """
            SELECT l.xid::text, l.seq, l.xid < pg_snapshot_xmin(pg_current_snapshot()), l.op, p.id, p.author_id, p.version, p.state, p.audience,
              coalesce(p.list_id, 0), coalesce(p.root_id, 0), coalesce(p.share_of, 0), p.share_of IS NOT NULL AND p.text = ''
            FROM (SELECT * FROM post_log WHERE (xid, seq) > ($1::text::xid8, $2) ORDER BY xid, seq LIMIT $3) l JOIN post p ON p.id = l.post_id
            ORDER BY l.xid, l.seq
            """).With(after.Transaction.ToString(System.Globalization.CultureInfo.InvariantCulture), after.Seq, (long)limit);
        return await select.ReadAllAsync(
            row => new TailEntry(
                new TailPlace(ulong.Parse(row.GetString(0), System.Globalization.CultureInfo.InvariantCulture), row.GetInt64(1)), row.GetBoolean(2),
                new PostFacts(
                    new(row.GetInt64(4)), new(row.GetInt64(5)), row.GetInt32(6), (PostState)row.GetInt16(7), (Audience)row.GetInt16(8), row.GetInt64(9),
                    new(row.GetInt64(10)), new(row.GetInt64(11)), AuthorGone: false, Addressed: false)
                { IsPlainShare = row.GetBoolean(12) },
                (PostOp)row.GetInt16(3)),
            cancellationToken);
    }
}
