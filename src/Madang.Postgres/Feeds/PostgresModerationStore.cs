using Madang.Api;
using Madang.Feeds;
using Madang.Feeds.Moderation;
using Madang.Postgres.Accounts;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Feeds;

internal sealed class PostgresModerationStore(PostgresDatabase database) : IModerationStore
{
    private const string Columns = "id, reporter_id, post_id, about_id, reason, text, excerpt, state, created_at, closed_by, closed_at, note";

    public Report? FindOpen(WriteTx tx, UserId reporter, PostId post, UserId about)
    {
        // Two of one person's at the same moment: the second waits here for the first.
        PostgresTx.Of(tx).Run("SELECT pg_advisory_xact_lock(hashtextextended('report', $1))", reporter.Value);
        using var select = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM report WHERE reporter_id = $1 AND post_id = $2 AND about_id = $3 AND state = 1", reporter.Value, post.Value, about.Value);
        return select.ReadAll(Read) is [var one] ? one : null;
    }

    public int CountOpen(WriteTx tx, UserId reporter)
    {
        using var count = PostgresTx.Of(tx).Use("SELECT count(*) FROM report WHERE reporter_id = $1 AND state = 1", reporter.Value);
        return (int)(long)count.ExecuteScalar()!;
    }

    public void Insert(WriteTx tx, Report report) => PostgresTx.Of(tx).Run(
        "INSERT INTO report (id, reporter_id, post_id, about_id, reason, text, excerpt, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        report.Id.Value, report.Reporter.Value, report.Post.Value, report.About.Value, (short)report.Reason, report.Text, report.Excerpt, (short)report.State,
        report.CreatedAt);

    public Report? Lock(WriteTx tx, ReportId id)
    {
        using var select = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM report WHERE id = $1 FOR UPDATE", id.Value);
        return select.ReadAll(Read) is [var one] ? one : null;
    }

    public void Close(WriteTx tx, Report report) => PostgresTx.Of(tx).Run(
        "UPDATE report SET state = $2, closed_by = $3, closed_at = $4, note = $5 WHERE id = $1",
        report.Id.Value, (short)report.State, report.ClosedBy.Value, CommandParameters.Time(report.ClosedAt), report.Note);

    public void Log(WriteTx tx, ModerationEntry entry) => PostgresTx.Of(tx).Run(
        "INSERT INTO moderation_log (id, by_id, act, post_id, user_id, report_id, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        entry.Id, entry.By.Value, (short)entry.Act, entry.Post.Value, entry.User.Value, entry.Report.Value, entry.Note, entry.At);

    public async Task<Report?> FindAsync(ReportId id, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand($"SELECT {Columns} FROM report WHERE id = $1").With(id.Value);
        return await select.ReadAllAsync(Read, cancellationToken) is [var one] ? one : null;
    }

    public async Task<IReadOnlyList<Report>> OpenAsync(long? after, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM report WHERE state = 1 AND id > $1 ORDER BY id LIMIT $2").With(after ?? 0, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<Report>> ClosedAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            $"SELECT {Columns} FROM report WHERE state <> 1 AND id < $1 ORDER BY id DESC LIMIT $2").With(before ?? long.MaxValue, (long)limit);
        return await select.ReadAllAsync(Read, cancellationToken);
    }

    public async Task<IReadOnlyList<ModerationEntry>> LogAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        await using var select = database.Source.CreateCommand(
            "SELECT id, by_id, act, post_id, user_id, report_id, note, at FROM moderation_log WHERE id < $1 ORDER BY id DESC LIMIT $2")
            .With(before ?? long.MaxValue, (long)limit);
        return await select.ReadAllAsync(
            row => new ModerationEntry(
                row.GetInt64(0), new(row.GetInt64(1)), (ModerationAct)row.GetInt16(2), new(row.GetInt64(3)), new(row.GetInt64(4)), new(row.GetInt64(5)),
                row.GetString(6), row.GetDateTime(7)),
            cancellationToken);
    }

    public int Prune(WriteTx tx, DateTimeOffset before, int limit) => PostgresTx.Of(tx).Run(
        "DELETE FROM report WHERE id IN (SELECT id FROM report WHERE closed_at < $1 ORDER BY closed_at LIMIT $2)", before, (long)limit);

    private static Report Read(NpgsqlDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), new(row.GetInt64(2)), new(row.GetInt64(3)), (ReportReason)row.GetInt16(4), row.GetString(5),
        row.GetString(6), (ReportState)row.GetInt16(7), row.GetDateTime(8))
    {
        ClosedBy = new(row.GetInt64(9)),
        ClosedAt = row.IsDBNull(10) ? null : row.GetDateTime(10),
        Note = row.GetString(11),
    };
}
