using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Madang.Jobs;

/// <summary>Meter <c>Madang.Jobs</c>.</summary>
internal sealed class JobMetrics
{
    private readonly Counter<long> _enqueued;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _delay;
    private volatile IReadOnlyList<QueueCount> _counts = [];

    public JobMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Madang.Jobs");
        _enqueued = meter.CreateCounter<long>("madang.jobs.enqueued", "{job}", "Jobs enqueued on this node.");
        _attempts = meter.CreateCounter<long>("madang.jobs.attempts", "{attempt}", "Attempts that ended on this node, by queue and the state they left the job in.");
        _duration = meter.CreateHistogram<double>("madang.jobs.duration", "s", "How long an attempt ran.");
        _delay = meter.CreateHistogram<double>("madang.jobs.delay", "s", "From run_at to the start of the attempt.");
        meter.CreateObservableGauge("madang.jobs.count", Counts, "{job}", "Jobs by queue and state, at most 10 s old.");
    }

    public void Enqueued(string queue) => _enqueued.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public void Started(Job job) => _delay.Record((job.StartedAt - job.RunAt)?.TotalSeconds ?? 0, new KeyValuePair<string, object?>("queue", job.Queue));

    public void Ended(Job after, TimeSpan duration)
    {
        _attempts.Add(1, new TagList { { "queue", after.Queue }, { "state", Word(after.State) } });
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("queue", after.Queue));
    }

    /// <summary>What the gauge tells until the next call: a scrape must not wait for the database.</summary>
    public void Counted(IReadOnlyList<QueueCount> counts) => _counts = counts;

    private IEnumerable<Measurement<long>> Counts() =>
        _counts.Select(count => new Measurement<long>(count.Count, new TagList { { "queue", count.Queue }, { "state", Word(count.State) } }));

    private static string Word(JobState state) => state switch
    {
        JobState.Waiting => "waiting",
        JobState.Running => "running",
        JobState.Done => "done",
        JobState.Dead => "dead",
        _ => "canceled",
    };
}
