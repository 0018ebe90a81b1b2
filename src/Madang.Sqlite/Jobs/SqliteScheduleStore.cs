using Madang.Jobs.Scheduling;
using Madang.Storage;

namespace Madang.Sqlite.Jobs;

internal sealed class SqliteScheduleStore : IScheduleStore
{
    public void Declare(WriteTx tx, string name, string timing, DateTimeOffset nextAt)
    {
        using var declare = SqliteTx.Of(tx).Use("""
            INSERT INTO job_schedule (name, timing, next_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET timing = excluded.timing, next_at = excluded.next_at WHERE timing <> excluded.timing
            """);
        declare.Bind(1, name).Bind(2, timing).Bind(3, nextAt).Run();
    }

    public IReadOnlyList<(string Name, DateTimeOffset At)> Due(WriteTx tx, IReadOnlyCollection<string> names) =>
        [.. Times(tx, names).Where(schedule => schedule.At <= tx.Now)];

    public void Advance(WriteTx tx, string name, DateTimeOffset nextAt)
    {
        using var advance = SqliteTx.Of(tx).Use("UPDATE job_schedule SET next_at = ?1 WHERE name = ?2");
        advance.Bind(1, nextAt).Bind(2, name).Run();
    }

    public DateTimeOffset? NextAt(WriteTx tx, IReadOnlyCollection<string> names)
    {
        var times = Times(tx, names);
        return times.Count == 0 ? null : times.Min(schedule => schedule.At);
    }

    // A handful of rows: reading each by its name is less than a list parameter would cost.
    private static List<(string Name, DateTimeOffset At)> Times(WriteTx tx, IReadOnlyCollection<string> names)
    {
        List<(string, DateTimeOffset)> times = [];
        foreach (var name in names)
        {
            using var find = SqliteTx.Of(tx).Use("SELECT next_at FROM job_schedule WHERE name = ?1");
            if (find.Bind(1, name).Step())
            {
                times.Add((name, find.Time(0)));
            }
        }

        return times;
    }
}
