using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Moderation;
using Madang.Storage;

namespace Madang.Sqlite.Feeds;

internal sealed class SqliteModerationStore(SqliteDatabase database) : IModerationStore
{
    private const string Columns = "id, reporter_id, post_id, about_id, reason, text, excerpt, state, created_at, closed_by, closed_at, note";

    public Report? FindOpen(WriteTx tx, UserId reporter, PostId post, UserId about)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM report WHERE reporter_id = ?1 AND post_id = ?2 AND about_id = ?3 AND state = 1");
        return select.Bind(1, reporter.Value).Bind(2, post.Value).Bind(3, about.Value).Step() ? Read(select) : null;
    }

    public int CountOpen(WriteTx tx, UserId reporter)
    {
        using var count = SqliteTx.Of(tx).Use("SELECT count(*) FROM report WHERE reporter_id = ?1 AND state = 1");
        return (int)(count.Bind(1, reporter.Value).Scalar() ?? 0);
    }

    public void Insert(WriteTx tx, Report report)
    {
        using var insert = SqliteTx.Of(tx).Use(
            "INSERT INTO report (id, reporter_id, post_id, about_id, reason, text, excerpt, state, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        insert.Bind(1, report.Id.Value).Bind(2, report.Reporter.Value).Bind(3, report.Post.Value).Bind(4, report.About.Value).Bind(5, (long)report.Reason)
            .Bind(6, report.Text).Bind(7, report.Excerpt).Bind(8, (long)report.State).Bind(9, report.CreatedAt).Run();
    }

    // The one writer is the lock.
    public Report? Lock(WriteTx tx, ReportId id)
    {
        using var select = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM report WHERE id = ?1");
        return select.Bind(1, id.Value).Step() ? Read(select) : null;
    }

    public void Close(WriteTx tx, Report report)
    {
        using var update = SqliteTx.Of(tx).Use("UPDATE report SET state = ?2, closed_by = ?3, closed_at = ?4, note = ?5 WHERE id = ?1");
        update.Bind(1, report.Id.Value).Bind(2, (long)report.State).Bind(3, report.ClosedBy.Value).Bind(4, report.ClosedAt).Bind(5, report.Note).Run();
    }

    public void Log(WriteTx tx, ModerationEntry entry)
    {
        using var insert = SqliteTx.Of(tx).Use(
            "INSERT INTO moderation_log (id, by_id, act, post_id, user_id, report_id, note, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        insert.Bind(1, entry.Id).Bind(2, entry.By.Value).Bind(3, (long)entry.Act).Bind(4, entry.Post.Value).Bind(5, entry.User.Value)
            .Bind(6, entry.Report.Value).Bind(7, entry.Note).Bind(8, entry.At).Run();
    }

    public Task<Report?> FindAsync(ReportId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var select = connection.Use($"SELECT {Columns} FROM report WHERE id = ?1");
            return select.Bind(1, id.Value).Step() ? Read(select) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Report>> OpenAsync(long? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync($"SELECT {Columns} FROM report WHERE state = 1 AND id > ?1 ORDER BY id LIMIT ?2", after ?? 0, limit, Read, cancellationToken);

    public Task<IReadOnlyList<Report>> ClosedAsync(long? before, int limit, CancellationToken cancellationToken) =>
        ReadAsync($"SELECT {Columns} FROM report WHERE state <> 1 AND id < ?1 ORDER BY id DESC LIMIT ?2", before ?? long.MaxValue, limit, Read, cancellationToken);

    public Task<IReadOnlyList<ModerationEntry>> LogAsync(long? before, int limit, CancellationToken cancellationToken) => ReadAsync(
        "SELECT id, by_id, act, post_id, user_id, report_id, note, at FROM moderation_log WHERE id < ?1 ORDER BY id DESC LIMIT ?2", before ?? long.MaxValue, limit,
        row => new ModerationEntry(
            row.Int64(0), new(row.Int64(1)), (ModerationAct)row.Int32(2), new(row.Int64(3)), new(row.Int64(4)), new(row.Int64(5)), row.Text(6), row.Time(7)),
        cancellationToken);

    public int Prune(WriteTx tx, DateTimeOffset before, int limit)
    {
        using var delete = SqliteTx.Of(tx).Use("DELETE FROM report WHERE id IN (SELECT id FROM report WHERE closed_at < ?1 ORDER BY closed_at LIMIT ?2)");
        return delete.Bind(1, before).Bind(2, limit).Run();
    }

    private Task<IReadOnlyList<T>> ReadAsync<T>(string sql, long edge, int limit, Func<Statement, T> read, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<T>>(
            connection =>
            {
                using var select = connection.Use(sql);
                _ = select.Bind(1, edge).Bind(2, limit);
                var rows = new List<T>();
                while (select.Step())
                {
                    rows.Add(read(select));
                }

                return rows;
            },
            cancellationToken);

    private static Report Read(Statement row) => new(
        new(row.Int64(0)), new(row.Int64(1)), new(row.Int64(2)), new(row.Int64(3)), (ReportReason)row.Int32(4), row.Text(5), row.Text(6),
        (ReportState)row.Int32(7), row.Time(8))
    {
        ClosedBy = new(row.Int64(9)),
        ClosedAt = row.TimeOrNull(10),
        Note = row.Text(11),
    };
}
