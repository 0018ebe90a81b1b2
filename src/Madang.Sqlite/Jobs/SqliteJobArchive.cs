using System.Globalization;
using Madang.Jobs;
using Madang.Storage;

namespace Madang.Sqlite.Jobs;

internal sealed class SqliteJobArchive(SqliteDatabase database) : IJobArchive
{
    private const string Columns = SqliteJobStore.Columns;

    public Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken) => database.ReadAsync(
        connection =>
        {
            using var find = connection.Use($"SELECT {Columns} FROM job WHERE id = ?1");
            return find.Bind(1, id.Value).Step() ? SqliteJobStore.Read(find) : null;
        },
        cancellationToken);

    public Task<IReadOnlyList<Job>> ListAsync(string? queue, JobState? state, JobId? before, int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<Job>>(
        connection =>
        {
            // Few are dead or running: those are sorted. All else is met on the way down the ids.
            var index = state switch
            {
                JobState.Dead => "INDEXED BY job_dead",
                JobState.Running => "INDEXED BY job_lease",
                _ => "NOT INDEXED",
            };
            using var list = connection.Use($"""
                SELECT {Columns} FROM job {index}
                WHERE id < ?1 AND {(queue is null ? "queue > ''" : "queue = ?3")} {(state is { } s ? $"AND state = {Number(s)}" : "")}
                    {(state == JobState.Running ? "AND lease_until > 0" : "")}
                ORDER BY id DESC LIMIT ?2
                """);
            list.Bind(1, before?.Value ?? long.MaxValue).Bind(2, (long)limit);
            return SqliteJobStore.ReadAll(queue is null ? list : list.Bind(3, queue));
        },
        cancellationToken);

    public Task<IReadOnlyList<QueueCount>> CountsAsync(CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<QueueCount>>(
        connection =>
        {
            List<QueueCount> counts = [];
            using var read = connection.Use("SELECT queue, state, n FROM job_count WHERE n <> 0 ORDER BY queue, state");
            while (read.Step())
            {
                counts.Add(new(read.Text(0), (JobState)read.Int32(1), read.Int64(2)));
            }

            return counts;
        },
        cancellationToken);

    public IReadOnlyList<Job> Dead(WriteTx tx, string queue, JobId? after, int limit)
    {
        using var find = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM job INDEXED BY job_dead WHERE state = 4 AND queue = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
        return SqliteJobStore.ReadAll(find.Bind(1, queue).Bind(2, after?.Value ?? 0).Bind(3, (long)limit));
    }

    public int Prune(WriteTx tx, JobState state, DateTimeOffset finishedBefore, int limit)
    {
        Dictionary<string, int> pruned = [];
        var sqlite = SqliteTx.Of(tx);
        using (var prune = sqlite.Use($"""
            DELETE FROM job WHERE id IN
                (SELECT id FROM job INDEXED BY job_finished WHERE state = {Number(state)} AND state >= 3 AND finished_at < ?1 ORDER BY finished_at LIMIT ?2)
            RETURNING queue
            """))
        {
            prune.Bind(1, finishedBefore).Bind(2, (long)limit);
            while (prune.Step())
            {
                var queue = prune.Text(0);
                pruned[queue] = pruned.GetValueOrDefault(queue) + 1;
            }
        }

        foreach (var (queue, count) in pruned)
        {
            SqliteJobStore.Count(sqlite, queue, state, -count);
        }

        return pruned.Values.Sum();
    }

    /// <summary>Nothing to fold: the one writer changes the counts in place.</summary>
    public Task FoldAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A literal, since a partial index is only chosen for a state that the planner can see.
    private static string Number(JobState state) => ((int)state).ToString(CultureInfo.InvariantCulture);
}
