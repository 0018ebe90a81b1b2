using Madang.Jobs;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Jobs;

internal sealed class PostgresJobArchive(PostgresDatabase database) : IJobArchive
{
    private const int FoldLimit = 500;
    private const string Columns = PostgresJobStore.Columns;

    public async Task<Job?> FindAsync(JobId id, CancellationToken cancellationToken)
    {
        await using var find = database.Source.CreateCommand($"SELECT {Columns} FROM job WHERE id = $1").With(id.Value);
        return await ReadAllAsync(find, PostgresJobStore.Read, cancellationToken) is [var job] ? job : null;
    }

    public async Task<IReadOnlyList<Job>> ListAsync(string? queue, JobState? state, JobId? before, int limit, CancellationToken cancellationToken)
    {
        // One text per combination, so that each gets the plan it deserves.
        await using var list = database.Source.CreateCommand(
            $"""
            SELECT {Columns} FROM job
            WHERE id < $1 {(queue is null ? "" : "AND queue = $3")} {(state is { } s ? $"AND state = {s:D}" : "")}
            ORDER BY id DESC LIMIT $2
            """).With(before?.Value ?? long.MaxValue, (long)limit);
        return await ReadAllAsync(queue is null ? list : list.With(queue), PostgresJobStore.Read, cancellationToken);
    }

    public async Task<IReadOnlyList<QueueCount>> CountsAsync(CancellationToken cancellationToken)
    {
        await using var read = database.Source.CreateCommand(
            """
            SELECT queue, state, sum(n)::bigint FROM (SELECT queue, state, n FROM job_count UNION ALL SELECT queue, state, n FROM job_count_delta) AS counted
            GROUP BY queue, state HAVING sum(n) <> 0 ORDER BY queue, state
            """);
        return await ReadAllAsync(read, row => new QueueCount(row.GetString(0), (JobState)row.GetInt16(1), row.GetInt64(2)), cancellationToken);
    }

    public IReadOnlyList<Job> Dead(WriteTx tx, string queue, JobId? after, int limit)
    {
        using var find = PostgresTx.Of(tx).Use(
            $"SELECT {Columns} FROM job WHERE state = 4 AND queue = $1 AND id > $2 ORDER BY id LIMIT $3 FOR UPDATE", queue, after?.Value ?? 0, (long)limit);
        return PostgresJobStore.ReadAll(find);
    }

    public int Prune(WriteTx tx, JobState state, DateTimeOffset finishedBefore, int limit)
    {
        using var prune = PostgresTx.Of(tx).Use(
            $"""
            WITH pruned AS (
                DELETE FROM job WHERE id = ANY(ARRAY(
                    SELECT id FROM job WHERE state = {state:D} AND state >= 3 AND finished_at < $1 ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED))
                RETURNING queue),
            counted AS (
                INSERT INTO job_count_delta (queue, state, n) SELECT queue, {state:D}, -count(*) FROM pruned GROUP BY queue)
            SELECT count(*) FROM pruned
            """,
            finishedBefore, (long)limit);
        return (int)(long)prune.ExecuteScalar()!;
    }

    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        while (await database.WriteAsync(Fold, Lane.Background, cancellationToken) == FoldLimit)
        {
        }
    }

    private static int Fold(WriteTx tx)
    {
        // Counts are written in the order of their key, so that two nodes that fold at once cannot lock each other out.
        using var fold = PostgresTx.Of(tx).Use(
            """
            WITH gone AS (
                DELETE FROM job_count_delta WHERE id = ANY(ARRAY(SELECT id FROM job_count_delta ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED))
                RETURNING queue, state, n),
            folded AS (
                INSERT INTO job_count (queue, state, n) SELECT queue, state, sum(n) FROM gone GROUP BY queue, state ORDER BY queue, state
                ON CONFLICT (queue, state) DO UPDATE SET n = job_count.n + excluded.n)
            SELECT count(*)::integer FROM gone
            """,
            FoldLimit);
        return (int)fold.ExecuteScalar()!;
    }

    private static async Task<List<T>> ReadAllAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        List<T> all = [];
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            all.Add(read(rows));
        }

        return all;
    }
}
