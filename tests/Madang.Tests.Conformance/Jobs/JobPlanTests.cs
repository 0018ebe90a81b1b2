using System.Diagnostics;
using Madang.Jobs;
using Madang.Postgres;
using Madang.Postgres.Jobs;
using Madang.Sqlite;
using Madang.Sqlite.Jobs;
using Madang.Storage;

namespace Madang.Tests.Conformance.Jobs;

/// <summary>
/// With a long queue the runner's statements still touch only what they answer. Plans and counted rows are compared, not seconds. (Seen to fail: without the
/// index job_ready SQLite's claim scans and steps through every waiting job.)
/// </summary>
public sealed class JobPlanTests
{
    private const int Waiting = 200_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SQLite_claims_from_a_long_queue_without_a_scan()
    {
        await using var test = await TestDatabase.SqliteAsync();
        await test.Database.WriteAsync(
            tx =>
            {
                using var fill = SqliteTx.Of(tx).Use($"""
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Waiting})
                    INSERT INTO job (id, queue, state, priority, run_at, attempt, max_attempts, fence, payload, cancel_requested, created_at)
                    SELECT i, 'mail', 1, 1 + i % 3, ?1 + CASE WHEN i % 3 = 0 THEN 86400000 + i ELSE i - {Waiting} END, 0, 10, 0, '', 0, ?1 FROM n
                    """);
                return fill.Bind(1, tx.Now).Run();
            },
            cancellationToken: Token);

        var plans = await test.Database.WriteAsync(
            tx =>
            {
                List<string> steps = [];
                foreach (var sql in new[] { SqliteJobStore.ClaimSql, SqliteJobStore.NextSql, SqliteJobStore.EndedSql })
                {
                    using var explain = SqliteTx.Of(tx).Use("EXPLAIN QUERY PLAN " + sql);
                    while (explain.Step())
                    {
                        steps.Add(explain.Text(3));
                    }
                }

                return steps;
            },
            cancellationToken: Token);
        Assert.DoesNotContain(plans, step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.Contains(plans, step => step.Contains("job_ready (queue=? AND priority=? AND run_at<?)", StringComparison.Ordinal));
        await ClaimsAsync(test);
    }

    [Fact]
    public async Task PostgreSQL_claims_from_a_long_queue_without_a_scan()
    {
        await using var test = await TestDatabase.PostgresAsync();
        await test.Database.WriteAsync(
            tx => PostgresTx.Of(tx).Run(
                $"""
                INSERT INTO job (id, queue, state, priority, run_at, attempt, max_attempts, fence, payload, cancel_requested, created_at)
                SELECT i, 'mail', 1, 1 + i % 3, $1 + CASE WHEN i % 3 = 0 THEN interval '1 day' + i * interval '1 ms' ELSE (i - {Waiting}) * interval '1 ms' END,
                    0, 10, 0, '', false, $1 FROM generate_series(1, {Waiting}) AS i
                """,
                tx.Now),
            cancellationToken: Token);

        var plan = await test.Database.WriteAsync(
            tx => string.Join('\n', Explain(tx, PostgresJobStore.ClaimSql, 1, tx.Now, tx.Now, "mail", (short)1, 32L)
                .Concat(Explain(tx, PostgresJobStore.NextSql, "mail")).Concat(Explain(tx, PostgresJobStore.EndedSql, tx.Now, 50L))),
            cancellationToken: Token);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
        Assert.Contains("Scan using job_ready", plan, StringComparison.Ordinal);
        Assert.Contains("Scan using job_lease", plan, StringComparison.Ordinal);
        await ClaimsAsync(test);
    }

    private static async Task ClaimsAsync(TestDatabase test)
    {
        // The figure for a person's eye; what decides is the plan.
        var watch = Stopwatch.StartNew();
        var claimed = await test.Database.WriteAsync(tx => test.Store<IJobStore>().Claim(tx, "mail", 32, 1, tx.Now.AddSeconds(30)), cancellationToken: Token);
        var next = await test.Database.WriteAsync(tx => test.Store<IJobStore>().NextRunAt(tx, "mail"), cancellationToken: Token);
        TestContext.Current.SendDiagnosticMessage($"claimed {claimed.Count} of {Waiting} in {watch.ElapsedMilliseconds} ms");
        Assert.Equal(32, claimed.Count);
        Assert.All(claimed, job => Assert.Equal(JobPriority.Normal, job.Priority)); // all of high priority is for tomorrow
        Assert.True(next <= test.Time.GetUtcNow());
    }

    private static List<string> Explain(WriteTx tx, string sql, params object[] parameters)
    {
        using var explain = PostgresTx.Of(tx).Use("EXPLAIN " + sql, parameters);
        List<string> lines = [];
        using var rows = explain.ExecuteReader();
        while (rows.Read())
        {
            lines.Add(rows.GetString(0));
        }

        return lines;
    }
}
