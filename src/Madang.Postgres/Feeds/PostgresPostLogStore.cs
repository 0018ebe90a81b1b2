using System.Globalization;
using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Postgres.Feeds;

/// <summary>
/// A number of the sequence is taken before its transaction ends, so numbers alone would let a reader pass by what commits later. In the order of (xid, seq),
/// below the oldest running transaction, nothing can appear behind a reader.
/// </summary>
internal sealed class PostgresPostLogStore(PostgresDatabase database) : IPostLogStore
{
    internal const string ReadSql =
        """
        SELECT l.xid::text::bigint, l.seq, l.post_id, l.author_id, l.op, l.at FROM post_log l
        WHERE (l.xid, l.seq) > ($1::text::xid8, $2) AND l.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY l.xid, l.seq LIMIT $3
        """;

    public async Task<IReadOnlyList<PostLogEntry>> ReadAsync(LogPosition after, int limit, CancellationToken cancellationToken)
    {
        var entries = new List<PostLogEntry>();
        await using var command = database.Keyed.CreateCommand(ReadSql).With(Text(after.Xid), after.Seq, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            entries.Add(new(
                new(rows.GetInt64(0), rows.GetInt64(1)), new(rows.GetInt64(2)), new(rows.GetInt64(3)), (PostOp)rows.GetInt16(4), PostRows.Time(rows, 5)));
        }

        return entries;
    }

    public async Task<LogPosition> HeadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Keyed.CreateCommand(
            "SELECT l.xid::text::bigint, l.seq FROM post_log l WHERE l.xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY l.xid DESC, l.seq DESC LIMIT 1");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? new(rows.GetInt64(0), rows.GetInt64(1)) : default;
    }

    public LogPosition? Take(WriteTx tx, string name, string owner, DateTimeOffset until)
    {
        using var command = PostgresTx.Of(tx).Use(
            """
            INSERT INTO post_log_cursor AS c (name, xid, seq, owner, until) VALUES ($1, '0', 0, $2, $3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE c.owner = excluded.owner OR c.until < $4
            RETURNING c.xid::text::bigint, c.seq
            """,
            name, owner, until, tx.Now);
        using var row = command.ExecuteReader();
        return row.Read() ? new LogPosition(row.GetInt64(0), row.GetInt64(1)) : null;
    }

    public bool Advance(WriteTx tx, string name, string owner, LogPosition position, DateTimeOffset until) => PostgresTx.Of(tx).Run(
        "UPDATE post_log_cursor SET xid = $3::text::xid8, seq = $4, until = $5 WHERE name = $1 AND owner = $2",
        name, owner, Text(position.Xid), position.Seq, until) == 1;

    public int Prune(WriteTx tx, DateTimeOffset before, IReadOnlyCollection<string> readers, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        using (var cursors = postgres.Use("SELECT count(*) FROM post_log_cursor WHERE name = ANY($1)", [readers.ToArray()]))
        {
            if ((long)cursors.ExecuteScalar()! < readers.Count)
            {
                // One of them has read nothing yet.
                return 0;
            }
        }

        var count = postgres.Run(
            """
            DELETE FROM post_log l USING (
                SELECT o.xid, o.seq FROM (SELECT xid, seq, at FROM post_log ORDER BY xid, seq LIMIT $3) o
                WHERE o.at < $2 AND NOT EXISTS (SELECT FROM post_log_cursor c WHERE c.name = ANY($1) AND (c.xid, c.seq) < (o.xid, o.seq))) old
            WHERE l.xid = old.xid AND l.seq = old.seq
            """,
            readers.ToArray(), before, limit);
        if (count > 0)
        {
            // What stands below the beginning of the log no longer hears from it all that came since.
            postgres.Run("DELETE FROM timeline_keep k WHERE NOT EXISTS (SELECT FROM post_log l WHERE (l.xid, l.seq) <= (k.xid, k.seq))");
        }

        return count;
    }

    private static string Text(long xid) => xid.ToString(CultureInfo.InvariantCulture);
}
