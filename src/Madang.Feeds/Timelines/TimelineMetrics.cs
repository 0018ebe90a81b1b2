using System.Diagnostics.Metrics;

namespace Madang.Feeds.Timelines;

/// <summary>The meter <c>Madang.Feeds.Timelines</c>.</summary>
internal sealed class TimelineMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Histogram<double> _delivery;
    private readonly Counter<long> _reads;
    private readonly Counter<long> _refills;
    private readonly Counter<long> _signals;
    private readonly Counter<long> _audited;
    private readonly Counter<long> _differences;

    public TimelineMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Madang.Feeds.Timelines");
        _delivery = _meter.CreateHistogram<double>("madang.feeds.fanout.duration", "s", "From a post's commit to its last ring; reads show it from the commit on");
        _reads = _meter.CreateCounter<long>("madang.feeds.reads", "{page}", "Pages of timelines, by where their ids came from");
        _refills = _meter.CreateCounter<long>("madang.feeds.refills", "{round}", "Further rounds of pages that filters had left short");
        _signals = _meter.CreateCounter<long>("madang.feeds.signals", "{signal}", "Connected readers who were told of new posts");
        _audited = _meter.CreateCounter<long>("madang.feeds.audits", "{timeline}", "Timelines in memory that were compared with the database");
        _differences = _meter.CreateCounter<long>("madang.feeds.audit.differences", "{post}", "Posts that a timeline in memory lacked; must be 0");
    }

    public void Delivered(TimeSpan took) => _delivery.Record(took.TotalSeconds);

    /// <param name="source">memory, mixed or database.</param>
    public void Read(string source, int rounds)
    {
        _reads.Add(1, new KeyValuePair<string, object?>("source", source));
        if (rounds > 1)
        {
            _refills.Add(rounds - 1);
        }
    }

    public void Signalled() => _signals.Add(1);

    public void Audited(int differences)
    {
        _audited.Add(1);
        _differences.Add(differences);
    }

    public void Watch(WarmTimelines timelines)
    {
        _ = _meter.CreateObservableCounter("madang.feeds.deliveries", () => timelines.Shards.Sum(shard => shard.Deliveries), "{id}", "Ids put into rings");
        _ = _meter.CreateObservableGauge("madang.feeds.timelines", () => timelines.Count, "{timeline}", "Timelines in memory");
        _ = _meter.CreateObservableGauge("madang.feeds.timelines.size", () => timelines.Bytes, "By", "Memory of the timelines, as of the last sweep");
        _ = _meter.CreateObservableGauge("madang.feeds.pending", () => timelines.Pending.Count, "{post}", "Posts that are not in every ring yet");
        _ = _meter.CreateObservableGauge(
            "madang.feeds.pulled.authors", () => timelines.Shards.Sum(shard => shard.Pulled.Length), "{author}", "Authors who are pulled, counted in each shard");
    }

    public void Dispose() => _meter.Dispose();
}
