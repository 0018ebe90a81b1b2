using Madang.Storage;

namespace Madang.Jobs.Scheduling;

/// <summary>
/// A job that repeats; register it as a service. It fires once across all nodes, and once (not many times) for what was missed while nothing ran.
/// A firing is left out while the job of the one before waits or runs.
/// </summary>
public sealed class JobSchedule
{
    private readonly Cron _cron;
    private readonly TimeZoneInfo _zone;

    /// <param name="name">Unique in the whole program; the database remembers the next time under it.</param>
    /// <param name="zone">An IANA name: a change to or from summer time is handled as <see cref="Cron"/> says.</param>
    /// <exception cref="FormatException">The cron expression is not valid.</exception>
    /// <exception cref="TimeZoneNotFoundException">There is no such zone here.</exception>
    public JobSchedule(string name, string cron, string zone, NewJob job)
    {
        (Name, Timing) = (name, $"{cron} {zone}");
        (_cron, _zone) = (Cron.Parse(cron), TimeZoneInfo.FindSystemTimeZoneById(zone));
        Job = job with { UniqueKey = job.UniqueKey ?? $"schedule:{name}" };
        Job.Check();
    }

    public string Name { get; }

    public NewJob Job { get; }

    /// <summary>Expression and zone; when it changes, the stored next time is worked out anew.</summary>
    internal string Timing { get; }

    internal DateTimeOffset Next(DateTimeOffset after) =>
        _cron.Next(after, _zone) ?? throw new InvalidOperationException($"The schedule '{Name}' ({Timing}) never fires again.");
}

/// <summary>Turns what is due into jobs, inside the runner's transaction.</summary>
internal sealed class Schedules(IEnumerable<JobSchedule> schedules, IScheduleStore store, JobQueue jobs)
{
    private readonly Dictionary<string, JobSchedule> _schedules = schedules.ToDictionary(schedule => schedule.Name, StringComparer.Ordinal);

    public void Declare(WriteTx tx)
    {
        foreach (var schedule in _schedules.Values)
        {
            store.Declare(tx, schedule.Name, schedule.Timing, schedule.Next(tx.Now));
        }
    }

    /// <summary>Enqueues what is due; when the next one is.</summary>
    public DateTimeOffset? Fire(WriteTx tx)
    {
        if (_schedules.Count == 0)
        {
            return null;
        }

        foreach (var (name, at) in store.Due(tx, _schedules.Keys))
        {
            var schedule = _schedules[name];
            jobs.Enqueue(tx, schedule.Job with { RunAt = at });
            store.Advance(tx, name, schedule.Next(tx.Now));
        }

        return store.NextAt(tx, _schedules.Keys);
    }
}
