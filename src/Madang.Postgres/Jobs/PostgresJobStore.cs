using Madang.Jobs;
using Madang.Storage;
using Npgsql;

namespace Madang.Postgres.Jobs;

internal sealed class PostgresJobStore : IJobStore
{
    internal const string Columns =
        "id, queue, state, priority, run_at, attempt, max_attempts, fence, deadline, unique_key, payload, node, lease_until, cancel_requested, reason, created_at, started_at, finished_at";

    // The three that a runner asks again and again; a test reads their plans.
    internal const string ClaimSql =
        $"""
        UPDATE job SET state = 2, attempt = attempt + 1, fence = fence + 1, node = $1, lease_until = $2, started_at = $3
        WHERE id = ANY(ARRAY(
            SELECT id FROM job WHERE queue = $4 AND state = 1 AND priority = $5 AND run_at <= $3 ORDER BY run_at, id LIMIT $6 FOR UPDATE SKIP LOCKED))
        RETURNING {Columns}
        """;

    internal const string NextSql =
        """
        SELECT min(next.run_at) FROM (VALUES (1::smallint), (2::smallint), (3::smallint)) AS level (priority)
        CROSS JOIN LATERAL (
            SELECT run_at FROM job WHERE queue = $1 AND state = 1 AND job.priority = level.priority ORDER BY run_at LIMIT 1) AS next
        """;

    internal const string EndedSql = $"SELECT {Columns} FROM job WHERE state = 2 AND lease_until < $1 ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED";

    // The job with our unique key may end between our insert and our look at it; the next insert then succeeds.
    private const int InsertTries = 5;

    private static readonly JobPriority[] Priorities = [JobPriority.High, JobPriority.Normal, JobPriority.Low];

    public Enqueued Insert(WriteTx tx, Job job)
    {
        var postgres = PostgresTx.Of(tx);
        for (var i = 0; i < InsertTries; i++)
        {
            if (postgres.Run(
                """
                WITH added AS (
                    INSERT INTO job (id, queue, state, priority, run_at, attempt, max_attempts, fence, deadline, unique_key, payload, cancel_requested, created_at)
                    VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, false, $11)
                    ON CONFLICT (queue, unique_key) WHERE unique_key IS NOT NULL AND state <= 2 DO NOTHING RETURNING queue)
                INSERT INTO job_count_delta (queue, state, n) SELECT queue, 1, 1 FROM added
                """,
                job.Id.Value, job.Queue, (short)job.Priority, job.RunAt, job.Attempt, job.MaxAttempts, job.Fence, job.Deadline, job.UniqueKey, job.Payload,
                job.CreatedAt) == 1)
            {
                return new(job.Id, true);
            }

            using var find = postgres.Use("SELECT id FROM job WHERE queue = $1 AND unique_key = $2 AND state <= 2", job.Queue, job.UniqueKey);
            if (find.ExecuteScalar() is long alive)
            {
                return new(new(alive), false);
            }
        }

        throw new InvalidOperationException($"The unique key '{job.UniqueKey}' of queue '{job.Queue}' changes hands too fast.");
    }

    public IReadOnlyList<Job> Claim(WriteTx tx, string queue, int limit, int node, DateTimeOffset leaseUntil)
    {
        var postgres = PostgresTx.Of(tx);
        List<Job> claimed = [];
        foreach (var priority in Priorities)
        {
            if (claimed.Count == limit)
            {
                break;
            }

            using var claim = postgres.Use(
                ClaimSql,
                node, leaseUntil, tx.Now, queue, (short)priority, (long)(limit - claimed.Count));

            // RETURNING answers in any order.
            claimed.AddRange(ReadAll(claim).OrderBy(job => job.RunAt).ThenBy(job => job.Id.Value));
        }

        if (claimed.Count > 0)
        {
            Count(postgres, queue, (JobState.Waiting, -claimed.Count), (JobState.Running, claimed.Count));
        }

        return claimed;
    }

    public DateTimeOffset? NextRunAt(WriteTx tx, string queue)
    {
        using var find = PostgresTx.Of(tx).Use(NextSql, queue);
        return find.ExecuteScalar() is DateTime next ? next : null;
    }

    public IReadOnlyDictionary<JobId, bool> Renew(WriteTx tx, IReadOnlyList<Job> held, DateTimeOffset until)
    {
        // Rows are locked in ascending id order, as everywhere.
        var ordered = held.OrderBy(job => job.Id.Value).ToArray();
        using var renew = PostgresTx.Of(tx).Use(
            """
            WITH kept AS (
                SELECT job.id FROM job JOIN unnest($1::bigint[], $2::bigint[]) AS mine (id, fence) ON job.id = mine.id AND job.fence = mine.fence
                WHERE job.state = 2 ORDER BY job.id FOR UPDATE OF job)
            UPDATE job SET lease_until = $3 FROM kept WHERE job.id = kept.id RETURNING job.id, job.cancel_requested
            """,
            ordered.Select(job => job.Id.Value).ToArray(), ordered.Select(job => job.Fence).ToArray(), until);
        Dictionary<JobId, bool> kept = [];
        using var rows = renew.ExecuteReader();
        while (rows.Read())
        {
            kept[new(rows.GetInt64(0))] = rows.GetBoolean(1);
        }

        return kept;
    }

    public IReadOnlyList<Job> Abandoned(WriteTx tx, int? node, int limit)
    {
        var postgres = PostgresTx.Of(tx);
        using var find = node is { } mine
            ? postgres.Use($"SELECT {Columns} FROM job WHERE state = 2 AND node = $1 ORDER BY lease_until LIMIT $2 FOR UPDATE SKIP LOCKED", mine, (long)limit)
            : postgres.Use(EndedSql, tx.Now, (long)limit);
        return ReadAll(find);
    }

    public Job? Lock(WriteTx tx, JobId id)
    {
        using var find = PostgresTx.Of(tx).Use($"SELECT {Columns} FROM job WHERE id = $1 FOR UPDATE", id.Value);
        return ReadAll(find) is [var job] ? job : null;
    }

    public bool Put(WriteTx tx, Job before, Job after)
    {
        var postgres = PostgresTx.Of(tx);

        // A violated index would end the transaction, so the key is looked for first; two replays at the same instant can still meet, and one then fails.
        if (postgres.Run(
            """
            UPDATE job SET state = $1, run_at = $2, attempt = $3, deadline = $4, node = $5, lease_until = $6, cancel_requested = $7, reason = $8,
                started_at = $9, finished_at = $10
            WHERE id = $11 AND state = $12 AND fence = $13 AND (unique_key IS NULL OR $1 > 2 OR $12 <= 2 OR NOT EXISTS (
                SELECT 1 FROM job AS other WHERE other.queue = job.queue AND other.unique_key = job.unique_key AND other.unique_key IS NOT NULL AND other.state <= 2))
            """,
            (short)after.State, after.RunAt, after.Attempt, after.Deadline, after.Node, after.LeaseUntil, after.CancelRequested, after.Reason, after.StartedAt,
            after.FinishedAt, before.Id.Value, (short)before.State, before.Fence) == 0)
        {
            return false;
        }

        if (before.State != after.State)
        {
            Count(postgres, before.Queue, (before.State, -1), (after.State, 1));
        }

        return true;
    }

    internal static void Count(PostgresTx tx, string queue, params (JobState State, int Change)[] changes) => tx.Run(
        "INSERT INTO job_count_delta (queue, state, n) SELECT $1, state, n FROM unnest($2::smallint[], $3::bigint[]) AS change (state, n)",
        queue, changes.Select(change => (short)change.State).ToArray(), changes.Select(change => (long)change.Change).ToArray());

    internal static List<Job> ReadAll(NpgsqlCommand command)
    {
        List<Job> jobs = [];
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            jobs.Add(Read(rows));
        }

        return jobs;
    }

    internal static Job Read(NpgsqlDataReader row) => new()
    {
        Id = new(row.GetInt64(0)),
        Queue = row.GetString(1),
        State = (JobState)row.GetInt16(2),
        Priority = (JobPriority)row.GetInt16(3),
        RunAt = row.GetDateTime(4),
        Attempt = row.GetInt32(5),
        MaxAttempts = row.GetInt32(6),
        Fence = row.GetInt64(7),
        Deadline = Time(row, 8),
        UniqueKey = row.IsDBNull(9) ? null : row.GetString(9),
        Payload = row.GetString(10),
        Node = row.IsDBNull(11) ? null : row.GetInt32(11),
        LeaseUntil = Time(row, 12),
        CancelRequested = row.GetBoolean(13),
        Reason = row.IsDBNull(14) ? null : row.GetString(14),
        CreatedAt = row.GetDateTime(15),
        StartedAt = Time(row, 16),
        FinishedAt = Time(row, 17),
    };

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);
}
