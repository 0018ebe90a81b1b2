using Madang.Jobs;
using Madang.Storage;

namespace Madang.Sqlite.Jobs;

internal sealed class SqliteJobStore : IJobStore
{
    internal const string Columns =
        "id, queue, state, priority, run_at, attempt, max_attempts, fence, deadline, unique_key, payload, node, lease_until, cancel_requested, reason, created_at, started_at, finished_at";

    // The three that a runner asks again and again; a test reads their plans.
    internal const string ClaimSql =
        $"""
        UPDATE job SET state = 2, attempt = attempt + 1, fence = fence + 1, node = ?1, lease_until = ?2, started_at = ?3
        WHERE id IN (SELECT id FROM job WHERE queue = ?4 AND state = 1 AND priority = ?5 AND run_at <= ?3 ORDER BY run_at, id LIMIT ?6)
        RETURNING {Columns}
        """;

    internal const string NextSql = "SELECT run_at FROM job WHERE queue = ?1 AND state = 1 AND priority = ?2 ORDER BY run_at LIMIT 1";
    internal const string EndedSql = $"SELECT {Columns} FROM job INDEXED BY job_lease WHERE state = 2 AND lease_until < ?1 ORDER BY lease_until LIMIT ?2";

    private static readonly JobPriority[] Priorities = [JobPriority.High, JobPriority.Normal, JobPriority.Low];

    public Enqueued Insert(WriteTx tx, Job job)
    {
        var sqlite = SqliteTx.Of(tx);
        using (var insert = sqlite.Use("""
            INSERT INTO job (id, queue, state, priority, run_at, attempt, max_attempts, fence, deadline, unique_key, payload, cancel_requested, created_at)
            VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11) ON CONFLICT DO NOTHING
            """))
        {
            insert.Bind(1, job.Id.Value).Bind(2, job.Queue).Bind(3, (long)job.Priority).Bind(4, job.RunAt).Bind(5, (long)job.Attempt)
                .Bind(6, (long)job.MaxAttempts).Bind(7, job.Fence).Bind(8, job.Deadline).Bind(9, job.UniqueKey).Bind(10, job.Payload).Bind(11, job.CreatedAt);
            if (insert.Run() == 1)
            {
                Count(sqlite, job.Queue, JobState.Waiting, 1);
                return new(job.Id, true);
            }
        }

        using var find = sqlite.Use("SELECT id FROM job WHERE queue = ?1 AND unique_key = ?2 AND state <= 2");
        var alive = find.Bind(1, job.Queue).Bind(2, job.UniqueKey).Scalar() ?? throw new InvalidOperationException($"The id {job.Id} was given twice.");
        return new(new(alive), false);
    }

    public IReadOnlyList<Job> Claim(WriteTx tx, string queue, int limit, int node, DateTimeOffset leaseUntil)
    {
        var sqlite = SqliteTx.Of(tx);
        List<Job> claimed = [];
        foreach (var priority in Priorities)
        {
            if (claimed.Count == limit)
            {
                break;
            }

            var first = claimed.Count;
            using var claim = sqlite.Use(ClaimSql);
            claim.Bind(1, (long)node).Bind(2, leaseUntil).Bind(3, tx.Now).Bind(4, queue).Bind(5, (long)priority).Bind(6, (long)(limit - claimed.Count));
            while (claim.Step())
            {
                claimed.Add(Read(claim));
            }

            // RETURNING answers in any order.
            claimed.Sort(first, claimed.Count - first, Comparer<Job>.Create((a, b) => (a.RunAt, a.Id.Value).CompareTo((b.RunAt, b.Id.Value))));
        }

        if (claimed.Count > 0)
        {
            Count(sqlite, queue, JobState.Waiting, -claimed.Count);
            Count(sqlite, queue, JobState.Running, claimed.Count);
        }

        return claimed;
    }

    public DateTimeOffset? NextRunAt(WriteTx tx, string queue)
    {
        DateTimeOffset? next = null;
        foreach (var priority in Priorities)
        {
            using var find = SqliteTx.Of(tx).Use(NextSql);
            if (find.Bind(1, queue).Bind(2, (long)priority).Step() && !(next <= find.Time(0)))
            {
                next = find.Time(0);
            }
        }

        return next;
    }

    public IReadOnlyDictionary<JobId, bool> Renew(WriteTx tx, IReadOnlyList<Job> held, DateTimeOffset until)
    {
        Dictionary<JobId, bool> kept = [];
        foreach (var job in held)
        {
            using var renew = SqliteTx.Of(tx).Use("UPDATE job SET lease_until = ?1 WHERE id = ?2 AND state = 2 AND fence = ?3 RETURNING cancel_requested");
            renew.Bind(1, until).Bind(2, job.Id.Value).Bind(3, job.Fence);
            while (renew.Step())
            {
                kept[job.Id] = renew.Bool(0);
            }
        }

        return kept;
    }

    public IReadOnlyList<Job> Abandoned(WriteTx tx, int? node, int limit)
    {
        using var find = SqliteTx.Of(tx).Use(node is null
            ? EndedSql
            : $"SELECT {Columns} FROM job INDEXED BY job_lease WHERE state = 2 AND lease_until > 0 AND node = ?1 ORDER BY lease_until LIMIT ?2");
        return ReadAll(find.Bind(1, node ?? tx.Now.ToUnixTimeMilliseconds()).Bind(2, (long)limit));
    }

    public Job? Lock(WriteTx tx, JobId id)
    {
        using var find = SqliteTx.Of(tx).Use($"SELECT {Columns} FROM job WHERE id = ?1");
        return find.Bind(1, id.Value).Step() ? Read(find) : null;
    }

    public bool Put(WriteTx tx, Job before, Job after)
    {
        var sqlite = SqliteTx.Of(tx);

        // OR IGNORE: a second living job with the same unique key changes nothing.
        using var put = sqlite.Use("""
            UPDATE OR IGNORE job SET state = ?1, run_at = ?2, attempt = ?3, deadline = ?4, node = ?5, lease_until = ?6, cancel_requested = ?7, reason = ?8,
                started_at = ?9, finished_at = ?10
            WHERE id = ?11 AND state = ?12 AND fence = ?13
            """);
        put.Bind(1, (long)after.State).Bind(2, after.RunAt).Bind(3, (long)after.Attempt).Bind(4, after.Deadline).Bind(5, after.Node).Bind(6, after.LeaseUntil)
            .Bind(7, after.CancelRequested).Bind(8, after.Reason).Bind(9, after.StartedAt).Bind(10, after.FinishedAt)
            .Bind(11, before.Id.Value).Bind(12, (long)before.State).Bind(13, before.Fence);
        if (put.Run() == 0)
        {
            return false;
        }

        if (before.State != after.State)
        {
            Count(sqlite, before.Queue, before.State, -1);
            Count(sqlite, before.Queue, after.State, 1);
        }

        return true;
    }

    internal static void Count(SqliteTx tx, string queue, JobState state, int change)
    {
        using var count = tx.Use("INSERT INTO job_count (queue, state, n) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET n = n + excluded.n");
        count.Bind(1, queue).Bind(2, (long)state).Bind(3, (long)change).Run();
    }

    internal static List<Job> ReadAll(Statement rows)
    {
        List<Job> jobs = [];
        while (rows.Step())
        {
            jobs.Add(Read(rows));
        }

        return jobs;
    }

    internal static Job Read(Statement row) => new()
    {
        Id = new(row.Int64(0)),
        Queue = row.Text(1),
        State = (JobState)row.Int32(2),
        Priority = (JobPriority)row.Int32(3),
        RunAt = row.Time(4),
        Attempt = row.Int32(5),
        MaxAttempts = row.Int32(6),
        Fence = row.Int64(7),
        Deadline = row.TimeOrNull(8),
        UniqueKey = row.TextOrNull(9),
        Payload = row.Text(10),
        Node = (int?)row.Int64OrNull(11),
        LeaseUntil = row.TimeOrNull(12),
        CancelRequested = row.Bool(13),
        Reason = row.TextOrNull(14),
        CreatedAt = row.Time(15),
        StartedAt = row.TimeOrNull(16),
        FinishedAt = row.TimeOrNull(17),
    };
}
