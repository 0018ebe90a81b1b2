using Madang.Jobs.Scheduling;
using Madang.Storage;

namespace Madang.Postgres.Jobs;

internal sealed class PostgresScheduleStore : IScheduleStore
{
    public void Declare(WriteTx tx, string name, string timing, DateTimeOffset nextAt) => PostgresTx.Of(tx).Run(
        """
        INSERT INTO job_schedule (name, timing, next_at) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET timing = excluded.timing, next_at = excluded.next_at WHERE job_schedule.timing <> excluded.timing
        """,
        name, timing, nextAt);

    public IReadOnlyList<(string Name, DateTimeOffset At)> Due(WriteTx tx, IReadOnlyCollection<string> names)
    {
        // Waits for another runner instead of skipping its rows: after its commit next_at is checked again, and the row is no longer due.
        using var find = PostgresTx.Of(tx).Use(
            "SELECT name, next_at FROM job_schedule WHERE name = ANY($1) AND next_at <= $2 ORDER BY name FOR UPDATE", names.ToArray(), tx.Now);
        List<(string, DateTimeOffset)> due = [];
        using var rows = find.ExecuteReader();
        while (rows.Read())
        {
            due.Add((rows.GetString(0), rows.GetDateTime(1)));
        }

        return due;
    }

    public void Advance(WriteTx tx, string name, DateTimeOffset nextAt) =>
        PostgresTx.Of(tx).Run("UPDATE job_schedule SET next_at = $1 WHERE name = $2", nextAt, name);

    public DateTimeOffset? NextAt(WriteTx tx, IReadOnlyCollection<string> names)
    {
        using var find = PostgresTx.Of(tx).Use("SELECT min(next_at) FROM job_schedule WHERE name = ANY($1)", [names.ToArray()]);
        return find.ExecuteScalar() is DateTime next ? next : null;
    }
}
