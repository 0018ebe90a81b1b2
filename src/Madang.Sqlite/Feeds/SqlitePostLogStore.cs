using Madang.Feeds.Posts;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

/// <summary>One process owns the file, so a reader is always its own and no lease is written.</summary>
internal sealed class SqlitePostLogStore(SqliteDatabase database) : IPostLogStore
{
    public Task<IReadOnlyList<PostLogEntry>> ReadAsync(LogPosition after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<PostLogEntry>>(
            connection =>
            {
                var entries = new List<PostLogEntry>();
                using var rows = connection.Use("SELECT seq, post_id, author_id, op, at FROM post_log WHERE seq > ?1 ORDER BY seq LIMIT ?2");
                rows.Bind(1, after.Seq).Bind(2, limit);
                while (rows.Step())
                {
                    entries.Add(new(new(0, rows.Int64(0)), new(rows.Int64(1)), new(rows.Int64(2)), (PostOp)rows.Int32(3), rows.Time(4)));
                }

                return entries;
            },
            cancellationToken);

    public Task<LogPosition> HeadAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var row = connection.Use("SELECT seq FROM post_log ORDER BY seq DESC LIMIT 1");
            return new LogPosition(0, row.Scalar() ?? 0);
        },
        cancellationToken);

    public LogPosition? Take(WriteTx tx, string name, string owner, DateTimeOffset until)
    {
        using var row = SqliteTx.Of(tx).Use("SELECT seq FROM post_log_cursor WHERE name = ?1");
        return new LogPosition(0, row.Bind(1, name).Scalar() ?? 0);
    }

    public bool Advance(WriteTx tx, string name, string owner, LogPosition position, DateTimeOffset until)
    {
        using var put = SqliteTx.Of(tx).Use(
            "INSERT INTO post_log_cursor (name, seq) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)");
        put.Bind(1, name).Bind(2, position.Seq).Run();
        return true;
    }

    public int Prune(WriteTx tx, DateTimeOffset before, IReadOnlyCollection<string> readers, int limit)
    {
        var sqlite = SqliteTx.Of(tx);
        var read = long.MaxValue;
        foreach (var reader in readers)
        {
            using var row = sqlite.Use("SELECT seq FROM post_log_cursor WHERE name = ?1");
            read = Math.Min(read, row.Bind(1, reader).Scalar() ?? 0);
        }

        using var delete = sqlite.Use(
            "DELETE FROM post_log WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM post_log WHERE seq <= ?1 ORDER BY seq LIMIT ?3) WHERE at < ?2)");
        var count = delete.Bind(1, read).Bind(2, before).Bind(3, limit).Run();
        if (count > 0)
        {
            // What stands below the beginning of the log no longer hears from it all that came since.
            using var forget = sqlite.Use("DELETE FROM timeline_keep AS k WHERE NOT EXISTS (SELECT 1 FROM post_log l WHERE l.seq <= k.seq)");
            forget.Run();
        }

        return count;
    }
}
